page 50129 "Couplet Countries"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Countries Regions', Locked = true;
    DelayedInsert = true;
    EntityName = 'countryRegion';
    EntitySetName = 'countriesRegions';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Country/Region";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(code; Rec.Code) { }
                field(displayName; Rec.Name) { }
                field(addressFormat; Rec."Address Format") { }
                field(isoCode; Rec."ISO Code") { }
                field(isoNumericCode; Rec."ISO Numeric Code") { }
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
