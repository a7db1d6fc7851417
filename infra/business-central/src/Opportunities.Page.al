page 50122 "Couplet Opportunities"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Opportunities', Locked = true;
    DelayedInsert = true;
    EntityName = 'opportunity';
    EntitySetName = 'opportunities';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Opportunity;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(contactNumber; Rec."Contact No.") { }
                field(contactName; Rec."Contact Name") { Editable = false; }
                field(contactCompanyName; Rec."Contact Company Name") { Editable = false; }
                field(salespersonCode; Rec."Salesperson Code") { }
                field(description; Rec.Description) { }
                field(status; Rec.Status) { Editable = false; }
                field(closed; Rec.Closed) { Editable = false; }
                field(creationDate; Rec."Creation Date") { Editable = false; }
                field(dateClosed; Rec."Date Closed") { Editable = false; }
                field(calculatedCurrentValue; Rec."Calcd. Current Value (LCY)") { Editable = false; }
                field(chancesOfSuccessPrc; Rec."Chances of Success %") { Editable = false; }
                field(completedPrc; Rec."Completed %") { Editable = false; }
                field(estimatedClosingDate; Rec."Estimated Closing Date") { Editable = false; }
                field(estimatedValue; Rec."Estimated Value (LCY)") { Editable = false; }
                field(systemCreatedAt; Rec.SystemCreatedAt) { Editable = false; }
                field(contactCompanyNumber; Rec."Contact Company No.") { }
                field(probability; Rec."Probability %") { Editable = false; }
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
