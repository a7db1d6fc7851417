page 50142 "Couplet Native Mappings"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Native Table Mappings', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'nativeMapping';
    EntitySetName = 'nativeMappings';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Integration Table Mapping";
    SourceTableView = where(Type = const(Dataverse), "Delete After Synchronization" = const(false));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(name; Rec.Name) { }
                field(tableId; Rec."Table ID") { }
                field(tableName; TableName) { Caption = 'Table Name', Locked = true; }
                field(integrationTableId; Rec."Integration Table ID") { }
                field(integrationTableName; IntegrationTableName) { Caption = 'Integration Table Name', Locked = true; }
                field(direction; Rec.Direction) { }
                field(synchOnlyCoupledRecords; Rec."Synch. Only Coupled Records") { }
                field(deletionConflictResolution; Rec."Deletion-Conflict Resolution") { }
                field(updateConflictResolution; Rec."Update-Conflict Resolution") { }
                field(multiCompanySynchEnabled; Rec."Multi Company Synch. Enabled") { }
                field(tableFilter; FilterOfTable) { Caption = 'Table Filter', Locked = true; }
                field(integrationTableFilter; FilterOfIntegrationTable) { Caption = 'Integration Table Filter', Locked = true; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        TableName := Names.TableName(Rec."Table ID");
        IntegrationTableName := Names.ExternalTableName(Rec."Integration Table ID");
        FilterOfTable := Rec.GetTableFilter();
        FilterOfIntegrationTable := Rec.GetIntegrationTableFilter();
    end;

    var
        Names: Codeunit "Couplet Native Names";
        TableName: Text;
        IntegrationTableName: Text;
        FilterOfTable: Text;
        FilterOfIntegrationTable: Text;
}
