codeunit 50103 "Couplet Native Names"
{
    InherentEntitlements = X;
    InherentPermissions = X;

    procedure TableName(TableNo: Integer): Text
    var
        Metadata: Record "Table Metadata";
    begin
        if Metadata.Get(TableNo) then
            exit(Metadata.Name);
    end;

    procedure ExternalTableName(TableNo: Integer): Text
    var
        Metadata: Record "Table Metadata";
    begin
        if Metadata.Get(TableNo) then
            exit(Metadata.ExternalName);
    end;

    procedure FieldName(TableNo: Integer; FieldNo: Integer): Text
    var
        FieldRow: Record Field;
    begin
        if FieldRow.Get(TableNo, FieldNo) then
            exit(FieldRow.FieldName);
    end;

    procedure ExternalFieldName(TableNo: Integer; FieldNo: Integer): Text
    var
        FieldRow: Record Field;
    begin
        if FieldRow.Get(TableNo, FieldNo) then
            exit(FieldRow.ExternalName);
    end;

    procedure RecordSystemId(Id: RecordId): Guid
    var
        Coupled: RecordRef;
        SystemId: Guid;
    begin
        if not Coupled.Get(Id) then
            exit;
        SystemId := Coupled.Field(Coupled.SystemIdNo()).Value();
        exit(SystemId);
    end;
}
