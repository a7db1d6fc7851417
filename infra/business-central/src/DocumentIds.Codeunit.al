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
}
