page 50135 "Couplet Posted Invoice Lines"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Invoice Lines', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesInvoiceLine';
    EntitySetName = 'salesInvoiceLines';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Invoice Line";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(documentId; DocumentId) { Caption = 'Document Id', Locked = true; }
                field(documentNumber; Rec."Document No.") { }
                field(sequence; Rec."Line No.") { }
                field(type; Rec.Type) { }
                field(lineType; LineType) { Caption = 'Line Type', Locked = true; }
                field(itemId; ItemId) { Caption = 'Item Id', Locked = true; }
                field(lineObjectId; LineObjectId) { Caption = 'Line Object Id', Locked = true; }
                field(lineObjectNumber; Rec."No.") { }
                field(description; Rec.Description) { }
                field(description2; Rec."Description 2") { }
                field(unitOfMeasureId; UnitOfMeasureId) { Caption = 'Unit Of Measure Id', Locked = true; }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(quantity; Rec.Quantity) { }
                field(unitPrice; Rec."Unit Price") { }
                field(discountPercent; Rec."Line Discount %") { }
                field(discountAmount; Rec."Line Discount Amount") { }
                field(taxPercent; Rec."VAT %") { }
                field(netAmount; Rec.Amount) { }
                field(netAmountIncludingTax; Rec."Amount Including VAT") { }
                field(lineAmount; Rec."Line Amount") { }
                field(invoiceDiscountAllocation; Rec."Inv. Discount Amount") { }
                field(netTaxAmount; NetTaxAmount) { Caption = 'Net Tax Amount', Locked = true; }
                field(locationCode; Rec."Location Code") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(attachedToLineNumber; Rec."Attached to Line No.") { }
                field(orderNumber; Rec."Order No.") { }
                field(orderLineNumber; Rec."Order Line No.") { }
                field(shipmentNumber; Rec."Shipment No.") { }
                field(shipmentLineNumber; Rec."Shipment Line No.") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    var
        SalesInvoiceHeader: Record "Sales Invoice Header";
    begin
        Clear(DocumentId);
        if SalesInvoiceHeader.Get(Rec."Document No.") then
            DocumentId := SalesInvoiceHeader.SystemId;
        LineType := DocumentIds.LineType(Rec.Type);
        LineObjectId := DocumentIds.LineObjectId(Rec.Type, Rec."No.");
        Clear(ItemId);
        if Rec.Type = Rec.Type::Item then
            ItemId := LineObjectId;
        UnitOfMeasureId := DocumentIds.UnitOfMeasureId(Rec."Unit of Measure Code");
        NetTaxAmount := Rec."Amount Including VAT" - Rec.Amount;
    end;

    var
        DocumentId: Guid;
        LineType: Enum "Invoice Line Agg. Line Type";
        ItemId: Guid;
        LineObjectId: Guid;
        UnitOfMeasureId: Guid;
        NetTaxAmount: Decimal;
        DocumentIds: Codeunit "Couplet Document Ids";
}
