page 50104 "Couplet Customer Price Groups"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Customer Price Groups', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'customerPriceGroup';
    EntitySetName = 'customerPriceGroups';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Customer Price Group";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(description; Rec.Description) { }
                field(priceIncludesVAT; Rec."Price Includes VAT") { }
                field(allowInvoiceDiscount; Rec."Allow Invoice Disc.") { }
                field(allowLineDiscount; Rec."Allow Line Disc.") { }
                field(vATBusinessPostingGroupPrice; Rec."VAT Bus. Posting Gr. (Price)") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
