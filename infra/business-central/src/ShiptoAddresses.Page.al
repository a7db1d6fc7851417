page 50110 "Couplet Ship-to Addresses"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Ship To Addresses', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'shipToAddress';
    EntitySetName = 'shipToAddresses';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Ship-to Address";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(customerNumber; Rec."Customer No.") { }
                field(code; Rec.Code) { }
                field(name; Rec.Name) { }
                field(name2; Rec."Name 2") { }
                field(address; Rec.Address) { }
                field(address2; Rec."Address 2") { }
                field(city; Rec.City) { }
                field(contact; Rec.Contact) { }
                field(phoneNumber; Rec."Phone No.") { }
                field(county; Rec.County) { }
                field(postCode; Rec."Post Code") { }
                field(countryRegionCode; Rec."Country/Region Code") { }
                field(email; Rec."E-Mail") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(locationCode; Rec."Location Code") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
