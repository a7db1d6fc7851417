page 50106 "Couplet Price List Lines"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Price List Lines', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'priceListLine';
    EntitySetName = 'priceListLines';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Price List Line";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(priceListCode; Rec."Price List Code") { }
                field(lineNumber; Rec."Line No.") { }
                field(sourceType; Rec."Source Type") { }
                field(sourceNumber; Rec."Source No.") { }
                field(assetType; Rec."Asset Type") { }
                field(assetNumber; Rec."Asset No.") { }
                field(assetID; Rec."Asset ID") { }
                field(variantCode; Rec."Variant Code") { }
                field(currencyCode; Rec."Currency Code") { }
                field(startingDate; Rec."Starting Date") { }
                field(endingDate; Rec."Ending Date") { }
                field(minimumQuantity; Rec."Minimum Quantity") { }
                field(unitOfMeasureCode; Rec."Unit of Measure Code") { }
                field(amountType; Rec."Amount Type") { }
                field(unitPrice; Rec."Unit Price") { }
                field(lineDiscountPercent; Rec."Line Discount %") { }
                field(priceType; Rec."Price Type") { }
                field(status; Rec.Status) { }
                field(description; Rec.Description) { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
