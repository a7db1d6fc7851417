page 50127 "Couplet Vendor Templates"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Vendor Templates', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'vendorTemplate';
    EntitySetName = 'vendorTemplates';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Vendor Templ.";

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
                field(vendorPostingGroup; Rec."Vendor Posting Group") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
