page 50109 "Couplet Contact Relations"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Contact Business Relations', Locked = true;
    DelayedInsert = true;
    EntityName = 'contactBusinessRelation';
    EntitySetName = 'contactBusinessRelations';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Contact Business Relation";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(contactNumber; Rec."Contact No.") { }
                field(businessRelationCode; Rec."Business Relation Code") { }
                field(linkToTable; Rec."Link to Table") { }
                field(number; Rec."No.") { }
                field(contactName; Rec."Contact Name") { Editable = false; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    begin
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;
}
