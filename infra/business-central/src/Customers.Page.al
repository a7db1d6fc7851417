page 50111 "Couplet Customers"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Customers', Locked = true;
    DelayedInsert = true;
    EntityName = 'customer';
    EntitySetName = 'customers';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Customer;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(displayName; Rec.Name) { }
                field(type; Rec."Contact Type") { }
                field(addressLine1; Rec.Address) { }
                field(addressLine2; Rec."Address 2") { }
                field(city; Rec.City) { }
                field(state; Rec.County) { }
                field(country; Rec."Country/Region Code") { }
                field(postalCode; Rec."Post Code") { }
                field(phoneNumber; Rec."Phone No.") { }
                field(email; Rec."E-Mail") { }
                field(website; Rec."Home Page") { }
                field(salespersonCode; Rec."Salesperson Code") { }
                field(balanceDue; Rec."Balance Due") { Editable = false; }
                field(creditLimit; Rec."Credit Limit (LCY)") { }
                field(taxLiable; Rec."Tax Liable") { }
                field(taxAreaId; Rec."Tax Area ID") { }
                field(taxRegistrationNumber; Rec."VAT Registration No.") { }
                field(currencyId; Rec."Currency Id") { }
                field(currencyCode; Rec."Currency Code") { }
                field(paymentTermsId; Rec."Payment Terms Id") { }
                field(shipmentMethodId; Rec."Shipment Method Id") { }
                field(paymentMethodId; Rec."Payment Method Id") { }
                field(blocked; Rec.Blocked) { }
                field(contact; Rec.Contact) { }
                field(primaryContactNumber; Rec."Primary Contact No.") { }
                field(faxNumber; Rec."Fax No.") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(customerPriceGroup; Rec."Customer Price Group") { }
                field(customerPostingGroup; Rec."Customer Posting Group") { }
                field(generalBusinessPostingGroup; Rec."Gen. Bus. Posting Group") { }
                field(outstandingOrdersLCY; Rec."Outstanding Orders (LCY)") { Editable = false; }
                field(shippedNotInvoicedLCY; Rec."Shipped Not Invoiced (LCY)") { Editable = false; }
                field(outstandingInvoicesLCY; Rec."Outstanding Invoices (LCY)") { Editable = false; }
                field(balanceLCY; Rec."Balance (LCY)") { Editable = false; }
                field(balanceDueLCY; Rec."Balance Due (LCY)") { Editable = false; }
                field(creditLimitLCY; Rec."Credit Limit (LCY)") { }
                field(searchName; Rec."Search Name") { }
                field(mobilePhoneNumber; Rec."Mobile Phone No.") { }
                field(territoryCode; Rec."Territory Code") { }
                field(vatBusinessPostingGroup; Rec."VAT Bus. Posting Group") { }
                field(numberSeries; Rec."No. Series") { }
                field(billToCustomerNumber; Rec."Bill-to Customer No.") { }
                field(pricesIncludeVAT; Rec."Prices Including VAT") { }
                field(privacyBlocked; Rec."Privacy Blocked") { }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(paymentTermsCode; Rec."Payment Terms Code") { }
                field(paymentMethodCode; Rec."Payment Method Code") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        NoSeries: Codeunit "No. Series";
    begin
        if (Rec."No." = '') and (Rec."No. Series" <> '') then
            Rec."No." := NoSeries.GetNextNo(Rec."No. Series");
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;

    [ServiceEnabled]
    procedure ApplyTemplate(templateCode: Code[20])
    var
        CustomerTempl: Record "Customer Templ.";
        CustomerTemplMgt: Codeunit "Customer Templ. Mgt.";
    begin
        CustomerTempl.Get(templateCode);
        CustomerTemplMgt.ApplyCustomerTemplate(Rec, CustomerTempl);
    end;
}
