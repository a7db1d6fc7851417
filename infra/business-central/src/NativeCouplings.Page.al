page 50140 "Couplet Native Couplings"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Couplings', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeCoupling';
    EntitySetName = 'nativeCouplings';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "CRM Integration Record";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(salesId; Rec."CRM ID") { }
                field(recordId; Rec."Integration ID") { }
                field(tableId; Rec."Table ID") { }
                field(skipped; Rec.Skipped) { }
                field(archivedSalesOrder; Rec."Archived Sales Order") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
