page 50141 "Couplet Native Options"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Option Couplings', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeOption';
    EntitySetName = 'nativeOptions';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "CRM Option Mapping";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(recordId; CoupledId) { Caption = 'Record Id', Locked = true; }
                field(tableId; Rec."Table ID") { }
                field(optionValue; Rec."Option Value") { }
                field(optionValueCaption; Rec."Option Value Caption") { }
                field(skipped; Rec.Skipped) { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        CoupledId := Names.RecordSystemId(Rec."Record ID");
    end;

    var
        Names: Codeunit "Couplet Native Names";
        CoupledId: Guid;
}
