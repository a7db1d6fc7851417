page 50137 "Couplet Order Archive Lines"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Order Archive Lines', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesOrderArchiveLine';
    EntitySetName = 'salesOrderArchiveLines';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Line Archive";
    SourceTableView = where("Document Type" = const(Order));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(documentNumber; Rec."Document No.") { }
                field(occurrence; Rec."Doc. No. Occurrence") { }
                field(version; Rec."Version No.") { }
                field(sequence; Rec."Line No.") { }
                field(type; Rec.Type) { }
                field(lineObjectNumber; Rec."No.") { }
                field(description; Rec.Description) { }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(quantity; Rec.Quantity) { }
                field(unitPrice; Rec."Unit Price") { }
                field(discountPercent; Rec."Line Discount %") { }
                field(discountAmount; Rec."Line Discount Amount") { }
                field(netAmount; Rec.Amount) { }
                field(netAmountIncludingTax; Rec."Amount Including VAT") { }
                field(shippedQuantity; Rec."Quantity Shipped") { }
                field(invoicedQuantity; Rec."Quantity Invoiced") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(attachedToLineNumber; Rec."Attached to Line No.") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
