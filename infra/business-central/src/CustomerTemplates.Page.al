page 50126 "Couplet Customer Templates"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Customer Templates', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'customerTemplate';
    EntitySetName = 'customerTemplates';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Customer Templ.";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(description; Rec.Description) { }
                field(contactType; Rec."Contact Type") { }
                field(currencyCode; Rec."Currency Code") { }
                field(numberSeries; Rec."No. Series") { }
                field(generalBusinessPostingGroup; Rec."Gen. Bus. Posting Group") { }
                field(vatBusinessPostingGroup; Rec."VAT Bus. Posting Group") { }
                field(paymentTermsCode; Rec."Payment Terms Code") { }
                field(paymentMethodCode; Rec."Payment Method Code") { }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(territoryCode; Rec."Territory Code") { }
                field(country; Rec."Country/Region Code") { }
                field(customerPostingGroup; Rec."Customer Posting Group") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(customerPriceGroup; Rec."Customer Price Group") { }
                field(salespersonCode; Rec."Salesperson Code") { }
                field(creditLimit; Rec."Credit Limit (LCY)") { }
                field(pricesIncludeVAT; Rec."Prices Including VAT") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
