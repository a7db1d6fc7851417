page 50101 "Couplet Resource Units"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Resource Units Of Measure', Locked = true;
    DelayedInsert = true;
    EntityName = 'resourceUnitOfMeasure';
    EntitySetName = 'resourceUnitsOfMeasure';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Resource Unit of Measure";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(resourceNumber; Rec."Resource No.") { }
                field(code; Rec.Code) { }
                field(quantityPerUnitOfMeasure; Rec."Qty. per Unit of Measure") { }
                field(relatedToBaseUnitOfMeasure; Rec."Related to Base Unit of Meas.") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;
}
