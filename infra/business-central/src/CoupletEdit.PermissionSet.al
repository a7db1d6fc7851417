permissionset 50101 "COUPLET EDIT"
{
    Assignable = true;
    Caption = 'Couplet, reading and writing';
    IncludedPermissionSets = "COUPLET READ";
    Permissions =
        codeunit ArchiveManagement = X,
        codeunit "Customer Templ. Mgt." = X,
        codeunit "Item Templ. Mgt." = X,
        codeunit "No. Series" = X,
        codeunit "Record Link Management" = X,
        codeunit "Release Sales Document" = X,
        codeunit "Sales - Calc Discount By Type" = X,
        codeunit "Sales-Quote to Order" = X,
        codeunit "Vendor Templ. Mgt." = X,
        tabledata Contact = IMD,
        tabledata "Contact Business Relation" = IMD,
        tabledata "Country/Region" = IMD,
        tabledata Customer = IMD,
        tabledata Item = IMD,
        tabledata "Item Unit of Measure" = IMD,
        tabledata Opportunity = IMD,
        tabledata "Record Link" = IMD,
        tabledata Resource = IMD,
        tabledata "Resource Unit of Measure" = IMD,
        tabledata "Sales Header" = IMD,
        tabledata "Sales Line" = IMD,
        tabledata "Unit Group" = IMD,
        tabledata Vendor = IMD;
}
