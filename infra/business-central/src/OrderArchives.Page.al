page 50136 "Couplet Order Archives"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Order Archives', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesOrderArchive';
    EntitySetName = 'salesOrderArchives';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Header Archive";
    SourceTableView = where("Document Type" = const(Order));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(occurrence; Rec."Doc. No. Occurrence") { }
                field(version; Rec."Version No.") { }
                field(archivedDate; Rec."Date Archived") { }
                field(customerNumber; Rec."Sell-to Customer No.") { }
                field(externalDocumentNumber; Rec."External Document No.") { }
                field(yourReference; Rec."Your Reference") { }
                field(orderDate; Rec."Document Date") { }
                field(postingDate; Rec."Posting Date") { }
                field(documentStatus; Rec.Status) { }
                field(currencyCode; Rec."Currency Code") { }
                field(salesperson; Rec."Salesperson Code") { }
                field(requestedDeliveryDate; Rec."Requested Delivery Date") { }
                field(promisedDeliveryDate; Rec."Promised Delivery Date") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(paymentDiscountPercent; Rec."Payment Discount %") { }
                field(quoteNumber; Rec."Sales Quote No.") { }
                field(opportunityNumber; Rec."Opportunity No.") { }
                field(pricesIncludeTax; Rec."Prices Including VAT") { }
                field(totalAmountExcludingTax; Rec.Amount) { }
                field(totalAmountIncludingTax; Rec."Amount Including VAT") { }
                field(sourceDocumentExists; Rec."Source Doc. Exists") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
                part(salesOrderArchiveLines; "Couplet Order Archive Lines")
                {
                    Caption = 'Sales Order Archive Lines', Locked = true;
                    EntityName = 'salesOrderArchiveLine';
                    EntitySetName = 'salesOrderArchiveLines';
                    SubPageLink = "Document Type" = field("Document Type"), "Document No." = field("No."), "Doc. No. Occurrence" = field("Doc. No. Occurrence"), "Version No." = field("Version No.");
                }
            }
        }
    }
}
