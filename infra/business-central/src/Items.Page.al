page 50113 "Couplet Items"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Items', Locked = true;
    DelayedInsert = true;
    EntityName = 'item';
    EntitySetName = 'items';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Item;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(displayName; Rec.Description) { }
                field(displayName2; Rec."Description 2") { }
                field(type; Rec.Type) { }
                field(itemCategoryId; Rec."Item Category Id") { }
                field(itemCategoryCode; Rec."Item Category Code") { }
                field(blocked; Rec.Blocked) { }
                field(gtin; Rec.GTIN) { }
                field(inventory; Rec.Inventory) { Editable = false; }
                field(unitPrice; Rec."Unit Price") { }
                field(priceIncludesTax; Rec."Price Includes VAT") { }
                field(unitCost; Rec."Unit Cost") { }
                field(taxGroupId; Rec."Tax Group Id") { }
                field(taxGroupCode; Rec."Tax Group Code") { }
                field(baseUnitOfMeasureId; Rec."Unit of Measure Id") { }
                field(baseUnitOfMeasureCode; Rec."Base Unit of Measure") { }
                field(generalProductPostingGroupId; Rec."Gen. Prod. Posting Group Id") { }
                field(generalProductPostingGroupCode; Rec."Gen. Prod. Posting Group") { }
                field(inventoryPostingGroupId; Rec."Inventory Posting Group Id") { }
                field(inventoryPostingGroupCode; Rec."Inventory Posting Group") { }
                field(vendorNumber; Rec."Vendor No.") { }
                field(vendorItemNumber; Rec."Vendor Item No.") { }
                field(grossWeight; Rec."Gross Weight") { }
                field(netWeight; Rec."Net Weight") { }
                field(unitVolume; Rec."Unit Volume") { }
                field(salesUnitOfMeasure; Rec."Sales Unit of Measure") { }
                field(baseUnitOfMeasure; Rec."Base Unit of Measure") { }
                field(itemDiscountGroup; Rec."Item Disc. Group") { }
                field(vatProductPostingGroup; Rec."VAT Prod. Posting Group") { }
                field(vatBusinessPostingGroupPrice; Rec."VAT Bus. Posting Gr. (Price)") { }
                field(numberSeries; Rec."No. Series") { }
                field(salesBlocked; Rec."Sales Blocked") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        NoSeries: Codeunit "No. Series";
    begin
        if (Rec."No." = '') and (Rec."No. Series" <> '') then
            Rec."No." := NoSeries.GetNextNo(Rec."No. Series");
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;

    [ServiceEnabled]
    procedure ApplyTemplate(templateCode: Code[20])
    var
        ItemTempl: Record "Item Templ.";
        ItemTemplMgt: Codeunit "Item Templ. Mgt.";
    begin
        ItemTempl.Get(templateCode);
        ItemTemplMgt.ApplyItemTemplate(Rec, ItemTempl);
    end;
}
