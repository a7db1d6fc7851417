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
                field(lineType; LineType) { Caption = 'Line Type', Locked = true; }
                field(itemId; ItemId) { Caption = 'Item Id', Locked = true; }
                field(lineObjectId; LineObjectId) { Caption = 'Line Object Id', Locked = true; }
                field(lineObjectNumber; Rec."No.") { }
                field(description; Rec.Description) { }
                field(unitOfMeasureId; UnitOfMeasureId) { Caption = 'Unit Of Measure Id', Locked = true; }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(quantity; Rec.Quantity) { }
                field(unitPrice; Rec."Unit Price") { }
                field(discountPercent; Rec."Line Discount %") { }
                field(discountAmount; Rec."Line Discount Amount") { }
                field(netAmount; Rec.Amount) { }
                field(netAmountIncludingTax; Rec."Amount Including VAT") { }
                field(lineAmount; Rec."Line Amount") { }
                field(invoiceDiscountAllocation; Rec."Inv. Discount Amount") { }
                field(netTaxAmount; NetTaxAmount) { Caption = 'Net Tax Amount', Locked = true; }
                field(shippedQuantity; Rec."Quantity Shipped") { }
                field(invoicedQuantity; Rec."Quantity Invoiced") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(attachedToLineNumber; Rec."Attached to Line No.") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        LineType := DocumentIds.LineType(Rec.Type);
        LineObjectId := DocumentIds.LineObjectId(Rec.Type, Rec."No.");
        Clear(ItemId);
        if Rec.Type = Rec.Type::Item then
            ItemId := LineObjectId;
        UnitOfMeasureId := DocumentIds.UnitOfMeasureId(Rec."Unit of Measure Code");
        NetTaxAmount := Rec."Amount Including VAT" - Rec.Amount;
    end;

    var
        LineType: Enum "Invoice Line Agg. Line Type";
        ItemId: Guid;
        LineObjectId: Guid;
        UnitOfMeasureId: Guid;
        NetTaxAmount: Decimal;
        DocumentIds: Codeunit "Couplet Document Ids";
}
