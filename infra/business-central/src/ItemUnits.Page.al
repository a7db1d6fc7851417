page 50102 "Couplet Item Units"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Item Units Of Measure', Locked = true;
    DelayedInsert = true;
    EntityName = 'itemUnitOfMeasure';
    EntitySetName = 'itemUnitsOfMeasure';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Item Unit of Measure";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(itemNumber; Rec."Item No.") { }
                field(code; Rec.Code) { }
                field(quantityPerUnitOfMeasure; Rec."Qty. per Unit of Measure") { }
                field(quantityRoundingPrecision; Rec."Qty. Rounding Precision") { }
                field(weight; Rec.Weight) { }
                field(cubage; Rec.Cubage) { }
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
