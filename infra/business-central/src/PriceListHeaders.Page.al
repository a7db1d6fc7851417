page 50105 "Couplet Price List Headers"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Price List Headers', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'priceListHeader';
    EntitySetName = 'priceListHeaders';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Price List Header";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(description; Rec.Description) { }
                field(sourceGroup; Rec."Source Group") { }
                field(sourceType; Rec."Source Type") { }
                field(sourceNumber; Rec."Source No.") { }
                field(sourceID; Rec."Source ID") { }
                field(priceType; Rec."Price Type") { }
                field(amountType; Rec."Amount Type") { }
                field(currencyCode; Rec."Currency Code") { }
                field(startingDate; Rec."Starting Date") { }
                field(endingDate; Rec."Ending Date") { }
                field(priceIncludesVAT; Rec."Price Includes VAT") { }
                field(status; Rec.Status) { }
                field(allowUpdatingDefaults; Rec."Allow Updating Defaults") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
