permissionset 50190 "COUPLET PRICES"
{
    Assignable = true;
    Caption = 'Couplet, old sales prices';
    Permissions =
        page "Couplet Sales Prices" = X,
        tabledata "Sales Price" = R;
}
