page 50124 "Couplet Customer Entries"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Detailed Customer Ledger Entries', Locked = true;
    DelayedInsert = true;
    DeleteAllowed = false;
    InsertAllowed = false;
    ModifyAllowed = false;
    Editable = false;
    EntityName = 'detailedCustomerLedgerEntry';
    EntitySetName = 'detailedCustomerLedgerEntries';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Detailed Cust. Ledg. Entry";

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(entryNumber; Rec."Entry No.") { }
                field(entryType; Rec."Entry Type") { }
                field(postingDate; Rec."Posting Date") { }
                field(documentNumber; Rec."Document No.") { }
                field(invoiceNumber; InvoiceNumber) { Caption = 'Invoice Number', Locked = true; }
                field(customerNumber; Rec."Customer No.") { }
                field(amountLCY; Rec."Amount (LCY)") { }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { }
            }
        }
    }

    trigger OnAfterGetRecord()
    begin
        InvoiceNumber := DocumentIds.InvoiceNo(Rec."Cust. Ledger Entry No.");
    end;

    var
        DocumentIds: Codeunit "Couplet Document Ids";
        InvoiceNumber: Code[20];
}
