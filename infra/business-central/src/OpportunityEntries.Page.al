page 50123 "Couplet Opportunity Entries"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Opportunity Entries', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'opportunityEntry';
    EntitySetName = 'opportunityEntries';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Opportunity Entry";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(entryNumber; Rec."Entry No.") { }
                field(opportunityNumber; Rec."Opportunity No.") { }
                field(active; Rec.Active) { }
                field(dateOfChange; Rec."Date of Change") { }
                field(estimatedValue; Rec."Estimated Value (LCY)") { }
                field(calculatedCurrentValue; Rec."Calcd. Current Value (LCY)") { }
                field(probability; Rec."Probability %") { }
                field(chancesOfSuccessPrc; Rec."Chances of Success %") { }
                field(completedPrc; Rec."Completed %") { }
                field(estimatedClosingDate; Rec."Estimated Close Date") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }
}
