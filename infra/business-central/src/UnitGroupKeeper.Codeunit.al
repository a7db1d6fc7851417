codeunit 50100 "Couplet Unit Group Keeper"
{
    InherentEntitlements = X;
    InherentPermissions = X;

    // Business Central keeps unit groups for its own connector only; the unit group mode of Couplet needs one for each item and resource.

    [EventSubscriber(ObjectType::Table, Database::Item, 'OnAfterInsertEvent', '', false, false)]
    local procedure ItemInserted(var Rec: Record Item; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            Keep("Unit Group Source Type"::Item, Rec.SystemId, Rec."No.");
    end;

    [EventSubscriber(ObjectType::Table, Database::Resource, 'OnAfterInsertEvent', '', false, false)]
    local procedure ResourceInserted(var Rec: Record Resource; RunTrigger: Boolean)
    begin
        if not Rec.IsTemporary() then
            Keep("Unit Group Source Type"::Resource, Rec.SystemId, Rec."No.");
    end;

    procedure KeepAll()
    var
        Item: Record Item;
        Resource: Record Resource;
    begin
        if Item.FindSet() then
            repeat
                Keep("Unit Group Source Type"::Item, Item.SystemId, Item."No.");
            until Item.Next() = 0;
        if Resource.FindSet() then
            repeat
                Keep("Unit Group Source Type"::Resource, Resource.SystemId, Resource."No.");
            until Resource.Next() = 0;
    end;

    local procedure Keep(SourceType: Enum "Unit Group Source Type"; SourceId: Guid; SourceNo: Code[20])
    var
        UnitGroup: Record "Unit Group";
    begin
        // Nobody is kept from making an item because he may not write unit groups.
        if not UnitGroup.WritePermission() then
            exit;
        if UnitGroup.Get(SourceType, SourceId) then
            exit;
        UnitGroup.Init();
        UnitGroup."Source Type" := SourceType;
        UnitGroup."Source Id" := SourceId;
        UnitGroup."Source No." := SourceNo;
        UnitGroup.Insert();
    end;
}
