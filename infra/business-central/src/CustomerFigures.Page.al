page 50125 "Couplet Customer Figures"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Customer Figures', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'customerFigure';
    EntitySetName = 'customerFigures';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Customer;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(displayName; Rec.Name) { }
                field(balanceLCY; Rec."Balance (LCY)") { }
                field(outstandingOrdersLCY; Rec."Outstanding Orders (LCY)") { }
                field(shippedNotInvoicedLCY; Rec."Shipped Not Invoiced (LCY)") { }
                field(outstandingInvoicesLCY; Rec."Outstanding Invoices (LCY)") { }
                field(totalLCY; TotalLCY) { Caption = 'Total LCY', Locked = true; }
                field(creditLimitLCY; Rec."Credit Limit (LCY)") { }
                field(overdueLCY; OverdueLCY) { Caption = 'Overdue LCY', Locked = true; }
                field(overdueAsOf; OverdueAsOf) { Caption = 'Overdue As Of', Locked = true; }
                field(salesLCY; SalesLCY) { Caption = 'Sales LCY', Locked = true; }
                field(invoicedPrepaymentLCY; InvoicedPrepaymentLCY) { Caption = 'Invoiced Prepayment LCY', Locked = true; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        TotalLCY := Rec.GetTotalAmountLCY();
        OverdueLCY := Rec.CalcOverdueBalance();
        OverdueAsOf := WorkDate();
        SalesLCY := Rec.GetSalesLCY();
        InvoicedPrepaymentLCY := Rec.GetInvoicedPrepmtAmountLCY();
    end;

    var
        TotalLCY: Decimal;
        OverdueLCY: Decimal;
        OverdueAsOf: Date;
        SalesLCY: Decimal;
        InvoicedPrepaymentLCY: Decimal;
}
