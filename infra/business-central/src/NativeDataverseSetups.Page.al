page 50144 "Couplet Native Dataverse"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Dataverse Connection', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeDataverseSetup';
    EntitySetName = 'nativeDataverseSetups';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "CDS Connection Setup";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(serverAddress; Rec."Server Address") { }
                field(isEnabled; Rec."Is Enabled") { }
                field(ownershipModel; Rec."Ownership Model") { }
                field(businessUnitId; Rec."Business Unit Id") { }
                field(businessUnitName; Rec."Business Unit Name") { }
                field(baseCurrencyCode; Rec.BaseCurrencyCode) { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
