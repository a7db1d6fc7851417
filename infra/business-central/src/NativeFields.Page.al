page 50143 "Couplet Native Fields"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Field Mappings', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeField';
    EntitySetName = 'nativeFields';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Integration Field Mapping";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(mappingName; Rec."Integration Table Mapping Name") { }
                field(fieldNumber; Rec."Field No.") { }
                field(fieldName; NameOfField) { Caption = 'Field Name', Locked = true; }
                field(integrationFieldNumber; Rec."Integration Table Field No.") { }
                field(integrationFieldName; NameOfIntegrationField) { Caption = 'Integration Field Name', Locked = true; }
                field(direction; Rec.Direction) { }
                field(constantValue; Rec."Constant Value") { }
                field(status; Rec.Status) { }
                field(clearValueOnFailedSync; Rec."Clear Value on Failed Sync") { }
                field(notNull; Rec."Not Null") { }
                field(transformationRule; Rec."Transformation Rule") { }
                field(useForMatchBasedCoupling; Rec."Use For Match-Based Coupling") { }
                field(caseSensitiveMatching; Rec."Case-Sensitive Matching") { }
                field(matchPriority; Rec."Match Priority") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        Clear(NameOfField);
        Clear(NameOfIntegrationField);
        if not TableMapping.Get(Rec."Integration Table Mapping Name") then
            exit;
        NameOfField := Names.FieldName(TableMapping."Table ID", Rec."Field No.");
        NameOfIntegrationField := Names.ExternalFieldName(TableMapping."Integration Table ID", Rec."Integration Table Field No.");
    end;

    var
        TableMapping: Record "Integration Table Mapping";
        Names: Codeunit "Couplet Native Names";
        NameOfField: Text;
        NameOfIntegrationField: Text;
}
