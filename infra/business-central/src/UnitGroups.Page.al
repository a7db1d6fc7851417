page 50103 "Couplet Unit Groups"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Unit Groups', Locked = true;
    DelayedInsert = true;
    EntityName = 'unitGroup';
    EntitySetName = 'unitGroups';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Unit Group";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(sourceType; Rec."Source Type") { }
                field(sourceId; Rec."Source Id") { }
                field(sourceNumber; Rec."Source No.") { }
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
