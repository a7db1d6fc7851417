page 50190 "Couplet Sales Prices"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Sales Prices', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'salesPrice';
    EntitySetName = 'salesPrices';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Sales Price";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(itemNumber; Rec."Item No.") { }
                field(salesType; Rec."Sales Type") { }
                field(salesCode; Rec."Sales Code") { }
                field(startingDate; Rec."Starting Date") { }
                field(endingDate; Rec."Ending Date") { }
                field(currencyCode; Rec."Currency Code") { }
                field(variantCode; Rec."Variant Code") { }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(minimumQuantity; Rec."Minimum Quantity") { }
                field(unitPrice; Rec."Unit Price") { }
                field(priceIncludesVAT; Rec."Price Includes VAT") { }
                field(allowInvoiceDiscount; Rec."Allow Invoice Disc.") { }
                field(allowLineDiscount; Rec."Allow Line Disc.") { }
                field(vatBusinessPostingGroupPrice; Rec."VAT Bus. Posting Gr. (Price)") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
