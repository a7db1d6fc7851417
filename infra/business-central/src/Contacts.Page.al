page 50112 "Couplet Contacts"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Contacts', Locked = true;
    DelayedInsert = true;
    EntityName = 'contact';
    EntitySetName = 'contacts';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = Contact;

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(number; Rec."No.") { }
                field(type; Rec.Type) { }
                field(displayName; Rec.Name) { }
                field(jobTitle; Rec."Job Title") { }
                field(companyNumber; Rec."Company No.") { }
                field(companyName; Rec."Company Name") { }
                field(contactBusinessRelation; Rec."Contact Business Relation") { Editable = false; }
                field(addressLine1; Rec.Address) { }
                field(addressLine2; Rec."Address 2") { }
                field(city; Rec.City) { }
                field(state; Rec.County) { }
                field(country; Rec."Country/Region Code") { }
                field(postalCode; Rec."Post Code") { }
                field(phoneNumber; Rec."Phone No.") { }
                field(mobilePhoneNumber; Rec."Mobile Phone No.") { }
                field(email; Rec."E-Mail") { }
                field(website; Rec."Home Page") { }
                field(searchName; Rec."Search Name") { }
                field(privacyBlocked; Rec."Privacy Blocked") { }
                field(taxRegistrationNumber; Rec."VAT Registration No.") { }
                field(lastInteractionDate; Rec."Date of Last Interaction") { Editable = false; }
                field(firstName; Rec."First Name") { }
                field(middleName; Rec."Middle Name") { }
                field(surname; Rec.Surname) { }
                field(salespersonCode; Rec."Salesperson Code") { }
                field(currencyCode; Rec."Currency Code") { }
                field(faxNumber; Rec."Fax No.") { }
                field(pager; Rec.Pager) { }
                field(territoryCode; Rec."Territory Code") { }
                field(salutationCode; Rec."Salutation Code") { }
                field(numberSeries; Rec."No. Series") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        NoSeries: Codeunit "No. Series";
    begin
        if (Rec."No." = '') and (Rec."No. Series" <> '') then
            Rec."No." := NoSeries.GetNextNo(Rec."No. Series");
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;
}
