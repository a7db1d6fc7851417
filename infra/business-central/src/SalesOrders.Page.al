page 50130 "Couplet Sales Orders"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Orders', Locked = true;
    DelayedInsert = true;
    EntityName = 'salesOrder';
    EntitySetName = 'salesOrders';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Header";
    SourceTableView = where("Document Type" = const(Order));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(occurrence; Rec."Doc. No. Occurrence") { Editable = false; }
                field(customerId; CustomerId)
                {
                    Caption = 'Customer Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Sell-to Customer No.", DocumentIds.CustomerNo(CustomerId));
                    end;
                }
                field(customerNumber; Rec."Sell-to Customer No.") { }
                field(customerName; Rec."Sell-to Customer Name") { Editable = false; }
                field(sellToContactNumber; Rec."Sell-to Contact No.") { }
                field(sellToAddressLine1; Rec."Sell-to Address") { }
                field(sellToAddressLine2; Rec."Sell-to Address 2") { }
                field(sellToCity; Rec."Sell-to City") { }
                field(sellToCountry; Rec."Sell-to Country/Region Code") { }
                field(sellToState; Rec."Sell-to County") { }
                field(sellToPostCode; Rec."Sell-to Post Code") { }
                field(phoneNumber; Rec."Sell-to Phone No.") { }
                field(email; Rec."Sell-to E-Mail") { }
                field(billToCustomerId; BillToCustomerId)
                {
                    Caption = 'Bill To Customer Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Bill-to Customer No.", DocumentIds.CustomerNo(BillToCustomerId));
                    end;
                }
                field(billToCustomerNumber; Rec."Bill-to Customer No.") { }
                field(billToName; Rec."Bill-to Name") { }
                field(billToAddressLine1; Rec."Bill-to Address") { }
                field(billToAddressLine2; Rec."Bill-to Address 2") { }
                field(billToCity; Rec."Bill-to City") { }
                field(billToCountry; Rec."Bill-to Country/Region Code") { }
                field(billToState; Rec."Bill-to County") { }
                field(billToPostCode; Rec."Bill-to Post Code") { }
                field(shipToName; Rec."Ship-to Name") { }
                field(shipToContact; Rec."Ship-to Contact") { }
                field(shipToAddressLine1; Rec."Ship-to Address") { }
                field(shipToAddressLine2; Rec."Ship-to Address 2") { }
                field(shipToCity; Rec."Ship-to City") { }
                field(shipToCountry; Rec."Ship-to Country/Region Code") { }
                field(shipToState; Rec."Ship-to County") { }
                field(shipToPostCode; Rec."Ship-to Post Code") { }
                field(externalDocumentNumber; Rec."External Document No.") { }
                field(yourReference; Rec."Your Reference") { }
                field(postingDate; Rec."Posting Date") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(currencyId; CurrencyId)
                {
                    Caption = 'Currency Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Currency Code", DocumentIds.CurrencyCode(CurrencyId));
                    end;
                }
                field(currencyCode; Rec."Currency Code") { }
                field(pricesIncludeTax; Rec."Prices Including VAT") { }
                field(paymentTermsId; PaymentTermsId)
                {
                    Caption = 'Payment Terms Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Payment Terms Code", DocumentIds.PaymentTermsCode(PaymentTermsId));
                    end;
                }
                field(paymentTermsCode; Rec."Payment Terms Code") { }
                field(shipmentMethodId; ShipmentMethodId)
                {
                    Caption = 'Shipment Method Id', Locked = true;

                    trigger OnValidate()
                    begin
                        Rec.Validate("Shipment Method Code", DocumentIds.ShipmentMethodCode(ShipmentMethodId));
                    end;
                }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(salesperson; Rec."Salesperson Code") { }
                field(vatBusinessPostingGroup; Rec."VAT Bus. Posting Group") { }
                field(prepaymentPercent; Rec."Prepayment %") { }
                field(opportunityNumber; Rec."Opportunity No.") { }
                field(quoteNumber; Rec."Quote No.") { }
                field(workDescription; WorkDescription)
                {
                    Caption = 'Work Description', Locked = true;

                    trigger OnValidate()
                    begin
                        WorkDescriptionGiven := true;
                    end;
                }
                field(discountAmount; Rec."Invoice Discount Amount") { Editable = false; }
                field(totalAmountExcludingTax; Rec.Amount) { Editable = false; }
                field(totalAmountIncludingTax; Rec."Amount Including VAT") { Editable = false; }
                field(orderDate; Rec."Document Date") { }
                field(dueDate; Rec."Due Date") { }
                field(paymentDiscountPercent; Rec."Payment Discount %") { }
                field(requestedDeliveryDate; Rec."Requested Delivery Date") { }
                field(promisedDeliveryDate; Rec."Promised Delivery Date") { }
                field(documentStatus; Rec.Status) { Editable = false; }
                field(fullyShipped; Rec."Completely Shipped") { Editable = false; }
                field(fullyInvoiced; FullyInvoiced) { Caption = 'Fully Invoiced', Locked = true; Editable = false; }
                field(lastShipmentDate; Rec."Last Shipment Date") { Editable = false; }
                field(shortcutDimension1Code; Rec."Shortcut Dimension 1 Code") { }
                field(shortcutDimension2Code; Rec."Shortcut Dimension 2 Code") { }
                field(totalTaxAmount; TotalTaxAmount) { Caption = 'Total Tax Amount', Locked = true; Editable = false; }
                field(status; DocumentState) { Caption = 'Status', Locked = true; Editable = false; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
                part(salesOrderLines; "Couplet Sales Order Lines")
                {
                    Caption = 'Sales Order Lines', Locked = true;
                    EntityName = 'salesOrderLine';
                    EntitySetName = 'salesOrderLines';
                    SubPageLink = "Document Type" = field("Document Type"), "Document No." = field("No.");
                }
            }
        }
    }

    trigger OnNewRecord(BelowxRec: Boolean)
    begin
        Rec."Document Type" := Rec."Document Type"::Order;
    end;

    trigger OnAfterGetRecord()
    begin
        WorkDescription := Rec.GetWorkDescription();
        WorkDescriptionGiven := false;
        CustomerId := DocumentIds.CustomerId(Rec."Sell-to Customer No.");
        BillToCustomerId := DocumentIds.CustomerId(Rec."Bill-to Customer No.");
        CurrencyId := DocumentIds.CurrencyId(Rec."Currency Code");
        PaymentTermsId := DocumentIds.PaymentTermsId(Rec."Payment Terms Code");
        ShipmentMethodId := DocumentIds.ShipmentMethodId(Rec."Shipment Method Code");
        Rec.CalcFields(Amount, "Amount Including VAT");
        FullyInvoiced := IsInvoiced();
        TotalTaxAmount := Rec."Amount Including VAT" - Rec.Amount;
        case Rec.Status of
            Rec.Status::Open:
                DocumentState := DocumentState::Draft;
            Rec.Status::"Pending Approval":
                DocumentState := DocumentState::"In Review";
            else
                DocumentState := DocumentState::Open;
        end;
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        Sent: Record "Sales Header";
    begin
        // Inserting sets dates and number anew, so what was sent is put back afterwards.
        Sent := Rec;
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        if (Sent."Document Date" <> 0D) and (Sent."Document Date" <> Rec."Document Date") then
            Rec.Validate("Document Date", Sent."Document Date");
        if (Sent."Posting Date" <> 0D) and (Sent."Posting Date" <> Rec."Posting Date") then
            Rec.Validate("Posting Date", Sent."Posting Date");
        if (Sent."Due Date" <> 0D) and (Sent."Due Date" <> Rec."Due Date") then
            Rec.Validate("Due Date", Sent."Due Date");
        if Sent."Payment Discount %" <> Rec."Payment Discount %" then
            Rec.Validate("Payment Discount %", Sent."Payment Discount %");
        if (Sent."Shipment Date" <> 0D) and (Sent."Shipment Date" <> Rec."Shipment Date") then
            Rec.Validate("Shipment Date", Sent."Shipment Date");
        if WorkDescriptionGiven then
            Rec.SetWorkDescription(WorkDescription);
        Rec.Modify(true);
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    begin
        if WorkDescriptionGiven then
            Rec.SetWorkDescription(WorkDescription);
        exit(true);
    end;

    local procedure IsInvoiced(): Boolean
    var
        SalesLine: Record "Sales Line";
    begin
        SalesLine.SetRange("Document Type", Rec."Document Type");
        SalesLine.SetRange("Document No.", Rec."No.");
        SalesLine.SetFilter(Type, '<>%1', SalesLine.Type::" ");
        if SalesLine.IsEmpty() then
            exit(false);
        SalesLine.SetFilter("Outstanding Quantity", '<>0');
        if not SalesLine.IsEmpty() then
            exit(false);
        SalesLine.SetRange("Outstanding Quantity");
        SalesLine.SetFilter("Qty. Shipped Not Invoiced", '<>0');
        exit(SalesLine.IsEmpty());
    end;

    [ServiceEnabled]
    procedure Release()
    var
        ReleaseSalesDocument: Codeunit "Release Sales Document";
    begin
        ReleaseSalesDocument.PerformManualRelease(Rec);
    end;

    [ServiceEnabled]
    procedure Reopen()
    var
        ReleaseSalesDocument: Codeunit "Release Sales Document";
    begin
        ReleaseSalesDocument.PerformManualReopen(Rec);
    end;

    [ServiceEnabled]
    procedure Archive()
    var
        ArchiveManagement: Codeunit ArchiveManagement;
    begin
        ArchiveManagement.StoreSalesDocument(Rec, false);
    end;

    [ServiceEnabled]
    procedure SetInvoiceDiscount(amount: Decimal)
    var
        SalesCalcDiscountByType: Codeunit "Sales - Calc Discount By Type";
    begin
        SalesCalcDiscountByType.ApplyInvDiscBasedOnAmt(amount, Rec);
    end;

    var
        WorkDescription: Text;
        WorkDescriptionGiven: Boolean;
        DocumentIds: Codeunit "Couplet Document Ids";
        CustomerId: Guid;
        BillToCustomerId: Guid;
        CurrencyId: Guid;
        PaymentTermsId: Guid;
        ShipmentMethodId: Guid;
        TotalTaxAmount: Decimal;
        FullyInvoiced: Boolean;
        DocumentState: Enum "Sales Order Entity Buffer Status";
}
