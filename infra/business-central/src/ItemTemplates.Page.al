page 50128 "Couplet Item Templates"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Item Templates', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'itemTemplate';
    EntitySetName = 'itemTemplates';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Item Templ.";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(description; Rec.Description) { }
                field(type; Rec.Type) { }
                field(numberSeries; Rec."No. Series") { }
                field(baseUnitOfMeasureCode; Rec."Base Unit of Measure") { }
                field(generalProductPostingGroupCode; Rec."Gen. Prod. Posting Group") { }
                field(inventoryPostingGroupCode; Rec."Inventory Posting Group") { }
                field(vatProductPostingGroup; Rec."VAT Prod. Posting Group") { }
                field(taxGroupCode; Rec."Tax Group Code") { }
                field(itemCategoryCode; Rec."Item Category Code") { }
                field(itemDiscountGroup; Rec."Item Disc. Group") { }
                field(priceIncludesTax; Rec."Price Includes VAT") { }
                field(vatBusinessPostingGroupPrice; Rec."VAT Bus. Posting Gr. (Price)") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
