page 50145 "Couplet Native Sales"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Sales Connection', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeSalesSetup';
    EntitySetName = 'nativeSalesSetups';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "CRM Connection Setup";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(serverAddress; Rec."Server Address") { }
                field(isEnabled; Rec."Is Enabled") { }
                field(salesOrderIntegrationEnabled; Rec."Is S.Order Integration Enabled") { }
                field(autoCreateSalesOrders; Rec."Auto Create Sales Orders") { }
                field(autoProcessSalesQuotes; Rec."Auto Process Sales Quotes") { }
                field(bidirectionalSalesOrders; Rec."Bidirectional Sales Order Int.") { }
                field(itemAvailabilityEnabled; Rec."Item Availability Enabled") { }
                field(unitGroupMappingEnabled; Rec."Unit Group Mapping Enabled") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
