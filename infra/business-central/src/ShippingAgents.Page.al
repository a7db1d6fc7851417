page 50107 "Couplet Shipping Agents"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Shipping Agents', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'shippingAgent';
    EntitySetName = 'shippingAgents';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Shipping Agent";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(name; Rec.Name) { }
                field(internetAddress; Rec."Internet Address") { }
                field(accountNumber; Rec."Account No.") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
