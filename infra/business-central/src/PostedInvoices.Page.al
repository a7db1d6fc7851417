page 50134 "Couplet Posted Invoices"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Invoices', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesInvoice';
    EntitySetName = 'salesInvoices';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Invoice Header";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(customerId; CustomerId) { Caption = 'Customer Id', Locked = true; }
                field(customerNumber; Rec."Sell-to Customer No.") { }
                field(customerName; Rec."Sell-to Customer Name") { }
                field(sellToContactNumber; Rec."Sell-to Contact No.") { }
                field(sellToAddressLine1; Rec."Sell-to Address") { }
                field(sellToAddressLine2; Rec."Sell-to Address 2") { }
                field(sellToCity; Rec."Sell-to City") { }
                field(sellToCountry; Rec."Sell-to Country/Region Code") { }
                field(sellToState; Rec."Sell-to County") { }
                field(sellToPostCode; Rec."Sell-to Post Code") { }
                field(phoneNumber; Rec."Sell-to Phone No.") { }
                field(email; Rec."Sell-to E-Mail") { }
                field(billToCustomerId; BillToCustomerId) { Caption = 'Bill To Customer Id', Locked = true; }
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
                field(dueDate; Rec."Due Date") { }
                field(shipmentDate; Rec."Shipment Date") { }
                field(currencyId; CurrencyId) { Caption = 'Currency Id', Locked = true; }
                field(currencyCode; Rec."Currency Code") { }
                field(pricesIncludeTax; Rec."Prices Including VAT") { }
                field(paymentTermsId; PaymentTermsId) { Caption = 'Payment Terms Id', Locked = true; }
                field(paymentTermsCode; Rec."Payment Terms Code") { }
                field(shipmentMethodId; ShipmentMethodId) { Caption = 'Shipment Method Id', Locked = true; }
                field(shipmentMethodCode; Rec."Shipment Method Code") { }
                field(shippingAgentCode; Rec."Shipping Agent Code") { }
                field(salesperson; Rec."Salesperson Code") { }
                field(paymentDiscountPercent; Rec."Payment Discount %") { }
                field(opportunityNumber; Rec."Opportunity No.") { }
                field(quoteNumber; Rec."Quote No.") { }
                field(workDescription; WorkDescription) { Caption = 'Work Description', Locked = true; }
                field(discountAmount; Rec."Invoice Discount Amount") { }
                field(totalAmountExcludingTax; Rec.Amount) { }
                field(totalAmountIncludingTax; Rec."Amount Including VAT") { }
                field(invoiceDate; Rec."Document Date") { }
                field(orderNumber; Rec."Order No.") { }
                field(prepaymentInvoice; Rec."Prepayment Invoice") { }
                field(prepaymentOrderNumber; Rec."Prepayment Order No.") { }
                field(remainingAmount; Rec."Remaining Amount") { }
                field(closed; Rec.Closed) { }
                field(cancelled; Rec.Cancelled) { }
                field(corrective; Rec.Corrective) { }
                field(customerPurchaseOrderReference; Rec."Your Reference") { }
                field(shortcutDimension1Code; Rec."Shortcut Dimension 1 Code") { }
                field(shortcutDimension2Code; Rec."Shortcut Dimension 2 Code") { }
                field(totalTaxAmount; TotalTaxAmount) { Caption = 'Total Tax Amount', Locked = true; }
                field(status; DocumentState) { Caption = 'Status', Locked = true; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
                part(salesInvoiceLines; "Couplet Posted Invoice Lines")
                {
                    Caption = 'Sales Invoice Lines', Locked = true;
                    EntityName = 'salesInvoiceLine';
                    EntitySetName = 'salesInvoiceLines';
                    SubPageLink = "Document No." = field("No.");
                }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        WorkDescription := Rec.GetWorkDescription();
        CustomerId := DocumentIds.CustomerId(Rec."Sell-to Customer No.");
        BillToCustomerId := DocumentIds.CustomerId(Rec."Bill-to Customer No.");
        CurrencyId := DocumentIds.CurrencyId(Rec."Currency Code");
        PaymentTermsId := DocumentIds.PaymentTermsId(Rec."Payment Terms Code");
        ShipmentMethodId := DocumentIds.ShipmentMethodId(Rec."Shipment Method Code");
        Rec.CalcFields(Amount, "Amount Including VAT");
        TotalTaxAmount := Rec."Amount Including VAT" - Rec.Amount;
        Rec.CalcFields(Cancelled, Corrective, Closed);
        case true of
            Rec.Cancelled:
                DocumentState := DocumentState::Canceled;
            Rec.Corrective:
                DocumentState := DocumentState::Corrective;
            Rec.Closed:
                DocumentState := DocumentState::Paid;
            else
                DocumentState := DocumentState::Open;
        end;
    end;

    var
        WorkDescription: Text;
        DocumentIds: Codeunit "Couplet Document Ids";
        CustomerId: Guid;
        BillToCustomerId: Guid;
        CurrencyId: Guid;
        PaymentTermsId: Guid;
        ShipmentMethodId: Guid;
        TotalTaxAmount: Decimal;
        DocumentState: Enum "Invoice Entity Aggregate Status";
}
