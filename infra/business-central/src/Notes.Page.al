page 50138 "Couplet Notes"
{
    APIGroup = 'sales';
    APIPublisher = 'couplet';
    APIVersion = 'v1.0';
    Caption = 'Notes', Locked = true;
    DelayedInsert = true;
    EntityName = 'note';
    EntitySetName = 'notes';
    Extensible = false;
    ODataKeyFields = SystemId;
    PageType = API;
    SourceTable = "Record Link";
    SourceTableView = where(Type = const(Note));

    layout
    {
        area(Content)
        {
            repeater(Rows)
            {
                field(id; Rec.SystemId) { }
                field(linkId; Rec."Link ID") { Editable = false; }
                field(documentId; DocumentId) { Caption = 'Document Id', Locked = true; }
                field(note; NoteText) { Caption = 'Note', Locked = true; }
                field(createdAt; Rec.Created) { Editable = false; }
                field(userId; Rec."User ID") { Editable = false; }
                field(lastModifiedDateTime; Rec.SystemModifiedAt) { Editable = false; }
            }
        }
    }

    trigger OnOpenPage()
    begin
        // The table holds the links of all companies.
        Rec.FilterGroup(2);
        Rec.SetRange(Company, CopyStr(CompanyName(), 1, MaxStrLen(Rec.Company)));
        Rec.FilterGroup(0);
    end;

    trigger OnAfterGetRecord()
    var
        SalesHeader: Record "Sales Header";
        SalesInvoiceHeader: Record "Sales Invoice Header";
    begin
        Clear(DocumentId);
        case Rec."Record ID".TableNo() of
            Database::"Sales Header":
                if SalesHeader.Get(Rec."Record ID") then
                    DocumentId := SalesHeader.SystemId;
            Database::"Sales Invoice Header":
                if SalesInvoiceHeader.Get(Rec."Record ID") then
                    DocumentId := SalesInvoiceHeader.SystemId;
        end;
        Rec.CalcFields(Note);
        NoteText := RecordLinkManagement.ReadNote(Rec);
    end;

    trigger OnInsertRecord(BelowxRec: Boolean): Boolean
    var
        SalesHeader: Record "Sales Header";
    begin
        SalesHeader.GetBySystemId(DocumentId);
        Rec."Record ID" := SalesHeader.RecordId();
        Rec.Type := Rec.Type::Note;
        Rec.Company := CopyStr(CompanyName(), 1, MaxStrLen(Rec.Company));
        Rec.Created := CurrentDateTime();
        Rec."User ID" := CopyStr(UserId(), 1, MaxStrLen(Rec."User ID"));
        RecordLinkManagement.WriteNote(Rec, NoteText);
        Rec.Insert(true, not IsNullGuid(Rec.SystemId));
        exit(false);
    end;

    trigger OnModifyRecord(): Boolean
    begin
        RecordLinkManagement.WriteNote(Rec, NoteText);
        exit(true);
    end;

    var
        RecordLinkManagement: Codeunit "Record Link Management";
        DocumentId: Guid;
        NoteText: Text;
}
