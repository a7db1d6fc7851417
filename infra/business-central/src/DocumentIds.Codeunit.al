codeunit 50102 "Couplet Document Ids"
{
    InherentEntitlements = X;
    InherentPermissions = X;

    procedure CustomerId(CustomerNo: Code[20]): Guid
    var
        Customer: Record Customer;
    begin
        if Customer.Get(CustomerNo) then
            exit(Customer.SystemId);
    end;

    procedure CustomerNo(Id: Guid): Code[20]
    var
        Customer: Record Customer;
    begin
        if IsNullGuid(Id) then
            exit('');
        Customer.GetBySystemId(Id);
        exit(Customer."No.");
    end;

    procedure CurrencyId(CurrencyCode: Code[10]): Guid
    var
        Currency: Record Currency;
    begin
        if Currency.Get(CurrencyCode) then
            exit(Currency.SystemId);
    end;

    procedure CurrencyCode(Id: Guid): Code[10]
    var
        Currency: Record Currency;
    begin
        if IsNullGuid(Id) then
            exit('');
        Currency.GetBySystemId(Id);
        exit(Currency.Code);
    end;

    procedure PaymentTermsId(PaymentTermsCode: Code[10]): Guid
    var
        PaymentTerms: Record "Payment Terms";
    begin
        if PaymentTerms.Get(PaymentTermsCode) then
            exit(PaymentTerms.SystemId);
    end;

    procedure PaymentTermsCode(Id: Guid): Code[10]
    var
        PaymentTerms: Record "Payment Terms";
    begin
        if IsNullGuid(Id) then
            exit('');
        PaymentTerms.GetBySystemId(Id);
        exit(PaymentTerms.Code);
    end;

    procedure ShipmentMethodId(ShipmentMethodCode: Code[10]): Guid
    var
        ShipmentMethod: Record "Shipment Method";
    begin
        if ShipmentMethod.Get(ShipmentMethodCode) then
            exit(ShipmentMethod.SystemId);
    end;

    procedure ShipmentMethodCode(Id: Guid): Code[10]
    var
        ShipmentMethod: Record "Shipment Method";
    begin
        if IsNullGuid(Id) then
            exit('');
        ShipmentMethod.GetBySystemId(Id);
        exit(ShipmentMethod.Code);
    end;

    procedure LineType(Kind: Enum "Sales Line Type"): Enum "Invoice Line Agg. Line Type"
    begin
        case Kind of
            Kind::"G/L Account":
                exit("Invoice Line Agg. Line Type"::Account);
            Kind::Item:
                exit("Invoice Line Agg. Line Type"::Item);
            Kind::Resource:
                exit("Invoice Line Agg. Line Type"::Resource);
            Kind::"Fixed Asset":
                exit("Invoice Line Agg. Line Type"::"Fixed Asset");
            Kind::"Charge (Item)":
                exit("Invoice Line Agg. Line Type"::Charge);
            Kind::"Allocation Account":
                exit("Invoice Line Agg. Line Type"::"Allocation Account");
        end;
        exit("Invoice Line Agg. Line Type"::Comment);
    end;

    procedure TypeOfLine(Kind: Enum "Invoice Line Agg. Line Type"): Enum "Sales Line Type"
    begin
        case Kind of
            Kind::Account:
                exit("Sales Line Type"::"G/L Account");
            Kind::Item:
                exit("Sales Line Type"::Item);
            Kind::Resource:
                exit("Sales Line Type"::Resource);
            Kind::"Fixed Asset":
                exit("Sales Line Type"::"Fixed Asset");
            Kind::Charge:
                exit("Sales Line Type"::"Charge (Item)");
            Kind::"Allocation Account":
                exit("Sales Line Type"::"Allocation Account");
        end;
        exit("Sales Line Type"::" ");
    end;

    procedure TypeOfLineObject(Id: Guid): Enum "Sales Line Type"
    var
        Item: Record Item;
        Resource: Record Resource;
    begin
        if Item.GetBySystemId(Id) then
            exit("Sales Line Type"::Item);
        if Resource.GetBySystemId(Id) then
            exit("Sales Line Type"::Resource);
        exit("Sales Line Type"::"G/L Account");
    end;

    procedure LineObjectId(Kind: Enum "Sales Line Type"; Number: Code[20]): Guid
    var
        Item: Record Item;
        Resource: Record Resource;
        GLAccount: Record "G/L Account";
    begin
        case Kind of
            Kind::Item:
                if Item.Get(Number) then
                    exit(Item.SystemId);
            Kind::Resource:
                if Resource.Get(Number) then
                    exit(Resource.SystemId);
            Kind::"G/L Account":
                if GLAccount.Get(Number) then
                    exit(GLAccount.SystemId);
        end;
    end;

    procedure LineObjectNo(Kind: Enum "Sales Line Type"; Id: Guid): Code[20]
    var
        Item: Record Item;
        Resource: Record Resource;
        GLAccount: Record "G/L Account";
    begin
        if IsNullGuid(Id) then
            exit('');
        case Kind of
            Kind::Item:
                begin
                    Item.GetBySystemId(Id);
                    exit(Item."No.");
                end;
            Kind::Resource:
                begin
                    Resource.GetBySystemId(Id);
                    exit(Resource."No.");
                end;
        end;
        GLAccount.GetBySystemId(Id);
        exit(GLAccount."No.");
    end;

    procedure UnitOfMeasureId(UnitOfMeasureCode: Code[10]): Guid
    var
        UnitOfMeasure: Record "Unit of Measure";
    begin
        if UnitOfMeasure.Get(UnitOfMeasureCode) then
            exit(UnitOfMeasure.SystemId);
    end;

    procedure UnitOfMeasureCode(Id: Guid): Code[10]
    var
        UnitOfMeasure: Record "Unit of Measure";
    begin
        if IsNullGuid(Id) then
            exit('');
        UnitOfMeasure.GetBySystemId(Id);
        exit(UnitOfMeasure.Code);
    end;

    procedure InvoiceNo(CustLedgerEntryNo: Integer): Code[20]
    var
        CustLedgerEntry: Record "Cust. Ledger Entry";
    begin
        // An entry of a payment names the payment; the ledger entry that it belongs to names the invoice.
        if CustLedgerEntry.Get(CustLedgerEntryNo) then
            if CustLedgerEntry."Document Type" = CustLedgerEntry."Document Type"::Invoice then
                exit(CustLedgerEntry."Document No.");
    end;
}
