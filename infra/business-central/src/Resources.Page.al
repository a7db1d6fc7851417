page 50100 "Couplet Resources"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Resources', Locked = true;
    DelayedInsert = true;
    EntityName = 'resource';
    EntitySetName = 'resources';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Resource;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(name; Rec.Name) { }
                field(type; Rec.Type) { }
                field(baseUnitOfMeasure; Rec."Base Unit of Measure") { }
                field(unitPrice; Rec."Unit Price") { }
                field(unitCost; Rec."Unit Cost") { }
                field(directUnitCost; Rec."Direct Unit Cost") { }
                field(vendorNumber; Rec."Vendor No.") { }
                field(capacity; Rec.Capacity) { Editable = false; }
                field(blocked; Rec.Blocked) { }
                field(generalProductPostingGroup; Rec."Gen. Prod. Posting Group") { }
                field(vATProductPostingGroup; Rec."VAT Prod. Posting Group") { }
                field(resourceGroupNumber; Rec."Resource Group No.") { }
                field(jobTitle; Rec."Job Title") { }
                field(numberSeries; Rec."No. Series") { }
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
}
