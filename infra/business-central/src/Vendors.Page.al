page 50121 "Couplet Vendors"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Vendors', Locked = true;
    DelayedInsert = true;
    EntityName = 'vendor';
    EntitySetName = 'vendors';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Vendor;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(displayName; Rec.Name) { }
                field(addressLine1; Rec.Address) { }
                field(addressLine2; Rec."Address 2") { }
                field(city; Rec.City) { }
                field(state; Rec.County) { }
                field(country; Rec."Country/Region Code") { }
                field(postalCode; Rec."Post Code") { }
                field(phoneNumber; Rec."Phone No.") { }
                field(email; Rec."E-Mail") { }
                field(website; Rec."Home Page") { }
                field(taxRegistrationNumber; Rec."VAT Registration No.") { }
                field(currencyId; Rec."Currency Id") { }
                field(currencyCode; Rec."Currency Code") { }
                field(paymentTermsId; Rec."Payment Terms Id") { }
                field(paymentMethodId; Rec."Payment Method Id") { }
                field(taxLiable; Rec."Tax Liable") { }
                field(blocked; Rec.Blocked) { }
                field(balance; Rec."Balance (LCY)") { Editable = false; }
                field(searchName; Rec."Search Name") { }
                field(purchaserCode; Rec."Purchaser Code") { }
                field(contact; Rec.Contact) { }
                field(primaryContactNumber; Rec."Primary Contact No.") { }
                field(faxNumber; Rec."Fax No.") { }
                field(mobilePhoneNumber; Rec."Mobile Phone No.") { }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(paymentTermsCode; Rec."Payment Terms Code") { }
                field(paymentMethodCode; Rec."Payment Method Code") { }
                field(territoryCode; Rec."Territory Code") { }
                field(vendorPostingGroup; Rec."Vendor Posting Group") { }
                field(generalBusinessPostingGroup; Rec."Gen. Bus. Posting Group") { }
                field(vatBusinessPostingGroup; Rec."VAT Bus. Posting Group") { }
                field(numberSeries; Rec."No. Series") { }
                field(privacyBlocked; Rec."Privacy Blocked") { }
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
        VendorTempl: Record "Vendor Templ.";
        VendorTemplMgt: Codeunit "Vendor Templ. Mgt.";
    begin
        VendorTempl.Get(templateCode);
        VendorTemplMgt.ApplyVendorTemplate(Rec, VendorTempl);
    end;
}
