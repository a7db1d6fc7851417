codeunit 50101 "Couplet Install"
{
    Subtype = Install;

    trigger OnInstallAppPerCompany()
    var
        Keeper: Codeunit "Couplet Unit Group Keeper";
    begin
        Keeper.KeepAll();
    end;
}
