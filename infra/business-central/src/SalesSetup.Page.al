page 50108 "Couplet Sales Setup"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Receivables Setup', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesReceivablesSetup';
    EntitySetName = 'salesReceivablesSetup';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales & Receivables Setup";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(allowEditingActivePrice; Rec."Allow Editing Active Price") { }
                field(defaultPriceListCode; Rec."Default Price List Code") { }
                field(stockoutWarning; Rec."Stockout Warning") { }
                field(creditWarnings; Rec."Credit Warnings") { }
                field(calcInvDiscount; Rec."Calc. Inv. Discount") { }
                field(archiveQuotes; Rec."Archive Quotes") { }
                field(archiveOrders; Rec."Archive Orders") { }
                field(orderNos; Rec."Order Nos.") { }
                field(quoteNos; Rec."Quote Nos.") { }
                field(customerNos; Rec."Customer Nos.") { }
                field(defaultPostingDate; Rec."Default Posting Date") { }
                field(writeInProductType; Rec."Write-in Product Type") { }
                field(writeInProductNumber; Rec."Write-in Product No.") { }
                field(freightGLAccNumber; Rec."Freight G/L Acc. No.") { }
                field(extDocNumberMandatory; Rec."Ext. Doc. No. Mandatory") { }
                field(priceCalculationMethod; Rec."Price Calculation Method") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
