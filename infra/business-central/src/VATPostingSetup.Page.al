page 50139 "Couplet VAT Posting Setup"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'VAT Posting Setup', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'vatPostingSetup';
    EntitySetName = 'vatPostingSetups';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "VAT Posting Setup";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(vatBusinessPostingGroup; Rec."VAT Bus. Posting Group") { }
                field(vatProductPostingGroup; Rec."VAT Prod. Posting Group") { }
                field(vatPercent; Rec."VAT %") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
