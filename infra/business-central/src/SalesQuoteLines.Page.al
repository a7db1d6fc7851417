page 50133 "Couplet Sales Quote Lines"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Quote Lines', Locked = true;
    DelayedInsert = true;
    EntityName = 'salesQuoteLine';
    EntitySetName = 'salesQuoteLines';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Line";
    SourceTableView = where("Document Type" = const(Quote));

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
                field(lineObjectNumber; Rec."No.") { }
                field(description; Rec.Description) { }
                field(description2; Rec."Description 2") { }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(quantity; Rec.Quantity) { }
                field(unitPrice; Rec."Unit Price") { }
                field(discountPercent; Rec."Line Discount %") { }
                field(discountAmount; Rec."Line Discount Amount") { }
                field(taxPercent; Rec."VAT %") { Editable = false; }
                field(netAmount; Rec.Amount) { Editable = false; }
                field(netAmountIncludingTax; Rec."Amount Including VAT") { Editable = false; }
                field(locationCode; Rec."Location Code") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(attachedToLineNumber; Rec."Attached to Line No.") { }
                field(requestedDeliveryDate; Rec."Requested Delivery Date") { }
                field(promisedDeliveryDate; Rec."Promised Delivery Date") { }
                field(shippedQuantity; Rec."Quantity Shipped") { Editable = false; }
                field(invoicedQuantity; Rec."Quantity Invoiced") { Editable = false; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Rec."Document Type" := Rec."Document Type"::Quote;
    end;

    trigger OnAfterGetRecord()
    var
        SalesHeader: Record "Sales Header";
    begin
        Clear(DocumentId);
        if SalesHeader.Get(Rec."Document Type", Rec."Document No.") then
            DocumentId := SalesHeader.SystemId;
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
}
