page 50132 "Couplet Sales Order Lines"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Order Lines', Locked = true;
    DelayedInsert = true;
    EntityName = 'salesOrderLine';
    EntitySetName = 'salesOrderLines';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Line";
    SourceTableView = where("Document Type" = const(Order));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(documentId; DocumentId)
                {
                    Caption = 'Document Id', Locked = true;

                    trigger OnValidate()
                    begin
                        FindDocument();
                    end;
                }
                field(documentNumber; Rec."Document No.") { Editable = false; }
                field(sequence; Rec."Line No.") { }
                field(type; Rec.Type) { }
                field(lineType; LineType)
                {
                    Caption = 'Line Type', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate(Type, DocumentIds.TypeOfLine(LineType));
                    end;
                }
                field(itemId; ItemId)
                {
                    Caption = 'Item Id', Locked = true;

                    trigger OnValidate()
                    begin
                        if Rec.Type <> Rec.Type::Item then
                            Rec.Validate(Type, Rec.Type::Item);
                        Rec.Validate("No.", DocumentIds.LineObjectNo(Rec.Type, ItemId));
                    end;
                }
                field(lineObjectId; LineObjectId)
                {
                    Caption = 'Line Object Id', Locked = true;

                    trigger OnValidate()
                    begin
                        if Rec.Type = Rec.Type::" " then
                            Rec.Validate(Type, DocumentIds.TypeOfLineObject(LineObjectId));
                        Rec.Validate("No.", DocumentIds.LineObjectNo(Rec.Type, LineObjectId));
                    end;
                }
                field(lineObjectNumber; Rec."No.") { }
                field(description; Rec.Description) { }
                field(description2; Rec."Description 2") { }
                field(unitOfMeasureId; UnitOfMeasureId)
                {
                    Caption = 'Unit Of Measure Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Unit of Measure Code", DocumentIds.UnitOfMeasureCode(UnitOfMeasureId));
                    end;
                }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(quantity; Rec.Quantity) { }
                field(unitPrice; Rec."Unit Price") { }
                field(discountPercent; Rec."Line Discount %") { }
                field(discountAmount; Rec."Line Discount Amount") { }
                field(taxPercent; Rec."VAT %") { Editable = false; }
                field(netAmount; Rec.Amount) { Editable = false; }
                field(netAmountIncludingTax; Rec."Amount Including VAT") { Editable = false; }
                field(lineAmount; Rec."Line Amount") { Editable = false; }
                field(invoiceDiscountAllocation; Rec."Inv. Discount Amount") { Editable = false; }
                field(netTaxAmount; NetTaxAmount) { Caption = 'Net Tax Amount', Locked = true; Editable = false; }
                field(locationCode; Rec."Location Code") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(attachedToLineNumber; Rec."Attached to Line No.") { }
                field(requestedDeliveryDate; Rec."Requested Delivery Date") { }
                field(promisedDeliveryDate; Rec."Promised Delivery Date") { }
                field(shippedQuantity; Rec."Quantity Shipped") { Editable = false; }
                field(invoicedQuantity; Rec."Quantity Invoiced") { Editable = false; }
                field(reservedQuantity; Rec."Reserved Quantity") { Editable = false; }
                field(quantityToAssembleToOrder; Rec."Qty. to Assemble to Order") { Editable = false; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Rec."Document Type" := Rec."Document Type"::Order;
    end;

    trigger OnAfterGetRecord()
    var
        SalesHeader: Record "Sales Header";
    begin
        Clear(DocumentId);
        if SalesHeader.Get(Rec."Document Type", Rec."Document No.") then
            DocumentId := SalesHeader.SystemId;
        LineType := DocumentIds.LineType(Rec.Type);
        LineObjectId := DocumentIds.LineObjectId(Rec.Type, Rec."No.");
        Clear(ItemId);
        if Rec.Type = Rec.Type::Item then
            ItemId := LineObjectId;
        UnitOfMeasureId := DocumentIds.UnitOfMeasureId(Rec."Unit of Measure Code");
        NetTaxAmount := Rec."Amount Including VAT" - Rec.Amount;
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        SalesLine: Record "Sales Line";
    begin
        if Rec."Line No." = 0 then begin
            SalesLine.SetRange("Document Type", Rec."Document Type");
            SalesLine.SetRange("Document No.", Rec."Document No.");
            if SalesLine.FindLast() then;
            Rec."Line No." := SalesLine."Line No." + 10000;
        end;
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;

    local procedure FindDocument()
    var
        SalesHeader: Record "Sales Header";
    begin
        SalesHeader.GetBySystemId(DocumentId);
        Rec."Document Type" := SalesHeader."Document Type";
        Rec."Document No." := SalesHeader."No.";
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
