"""A row being written: values checked, converted and put into fields one by one, each field's own rules run after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from sandbox.business_central import errors
from sandbox.business_central.clock import milliseconds_of
from sandbox.business_central.company import Company, tidy
from sandbox.business_central.filters import member_of
from sandbox.business_central.schema import BLANK, INTERNAL, NO_GUID, FieldDef, Page, Property
from sandbox.business_central.tables import Row

GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
DATE = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
UNCHECKED = ("Territory", "Resource Group")
"""Tables that a relation is checked against only when they have rows."""

Rule = Callable[["Draft", Any], None]
RULES: dict[tuple[str, str], Rule] = {}
"""What a field does when it is given a value: (table, field) -> rule. Filled by the modules of the tables."""
SETTERS: dict[str, Rule] = {}
"""How calculated properties that can be written are written: calculation -> rule."""


def rule(table: str, *fields: str) -> Callable[[Rule], Rule]:
    """Make a function the rule of some fields."""

    def register(function: Rule) -> Rule:
        for field in fields:
            RULES[table, field] = function
        return function

    return register


class Draft:
    """A row on its way into a table: `row` is a copy, `before` the stored row (None on insert), `given` the properties of the request."""

    def __init__(self, company: Company, page: Page, before: Row | None, given: Row) -> None:
        self.company = company
        self.page = page
        self.table = page.table
        self.before = before
        self.row: Row = {} if before is None else dict(before)
        self.given = given

    @property
    def inserting(self) -> bool:
        return self.before is None

    def get(self, field: str) -> Any:
        value = self.row.get(field)
        return self.table.fields[field].blank if value is None else value

    def put(self, field: str, value: Any) -> None:
        """Set a field as its own rules do it: checked, and followed by the field's rule."""
        definition = self.table.fields[field]
        value = convert(definition.kind, definition.name, value, self)
        if definition.members:
            value = member_of(definition.members, value)
        if not self.inserting and value == self.get(field):
            return
        check(self, definition, value)
        self.row[field] = value
        follow = RULES.get((self.table.name, field))
        if follow is not None:
            follow(self, value)

    def apply(self, body: Row) -> None:
        """Set the properties of a request in page order. Raises Refused."""
        properties = self.page.properties
        names = [name for name in body if "@" not in name and name not in self.page.navigation]
        for name in names:
            if name not in properties:
                raise errors.bad_request(
                    f"The property '{name}' does not exist on type 'Microsoft.NAV.{self.page.type}'. Make sure to "
                    "only use property names that are defined by the type."
                )
        order = _places(self.page)
        for name in sorted(names, key=order.__getitem__):
            self._set(properties[name], body[name])

    def _set(self, prop: Property, value: Any) -> None:
        if prop.read_only and not self._settable_id(prop):
            raise errors.Refused("BadRequest_InvalidOperation", f"Control '{prop.name}' is read-only.")
        if prop.calc:
            setter = SETTERS.get(prop.calc)
            if setter is None:
                raise errors.Refused("BadRequest_InvalidOperation", f"Control '{prop.name}' is read-only.")
            setter(self, value)
        elif prop.via:
            self._set_by_id(prop, prop.via, value)
        else:
            assert prop.field is not None
            if value is None and (prop.field.not_blank or (prop.name == "displayName" and prop.field.name == "Name")):
                raise errors.Refused("BadRequest_RequiredParamNotProvided", f"The parameter '{prop.name}' must be given a value.")
            self.put(prop.field.name, value)

    def _settable_id(self, prop: Property) -> bool:
        allowed = self.page.route != "v2.0" or self.company.environment.switches["idOnPost"]
        return self.inserting and allowed and prop.field is not None and prop.field.name == "SystemId"

    def _set_by_id(self, prop: Property, via: tuple[str, str], value: Any) -> None:
        """Set a code field by the id of the row it names; the twin that holds the code must agree."""
        wanted = convert("Guid", prop.name, value, self)
        code = ""
        if wanted != NO_GUID:
            row = self.company.table(via[1]).rows.get(wanted)
            if row is None:
                raise errors.dialog(f"The {via[1].lower()} values do not match to a specific {via[1]}.")
            code = str(self.company.table(via[1]).key_of(row))
        twin = self._twin(via[0])
        if twin is not None and (given := str(self.given[twin] or "").strip().upper()) != code:
            local = via[1] == "Currency" and code == "" and given == self.company.local_currency
            if not local and given:
                raise errors.dialog(f"The {via[1].lower()} values do not match to a specific {via[1]}.")
        self.put(via[0], code)

    def _twin(self, code_field: str) -> str | None:
        for name in self.given:
            prop = self.page.properties.get(name)
            if prop and ((prop.field and prop.field.name == code_field) or (prop.calc == "currencyCode" and code_field == "Currency Code")):
                return name
        return None


_PLACES: dict[Page, dict[str, int]] = {}


def _places(page: Page) -> dict[str, int]:
    found = _PLACES.get(page)
    if found is None:
        found = _PLACES[page] = {name: at for at, name in enumerate(page.properties)}
    return found


def _wrong(name: str, kind: str) -> errors.Refused:
    return errors.bad_request(f"Cannot convert a value of '{name}' to the expected type '{kind}'.")


def _text(name: str, value: Any, draft: Draft) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "Edm.String")
    return value


def _code(name: str, value: Any, draft: Draft) -> str:
    text = _text(name, value, draft).strip()
    return text if draft.company.environment.switches["keepCodeCase"] else text.upper()


def _decimal(name: str, value: Any, draft: Draft) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _wrong(name, "Edm.Decimal")
    return value if isinstance(value, int) else tidy(value)


def _integer(name: str, value: Any, draft: Draft) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise _wrong(name, "Edm.Int32")
    return value


def _boolean(name: str, value: Any, draft: Draft) -> bool:
    if not isinstance(value, bool):
        raise _wrong(name, "Edm.Boolean")
    return value


def _guid(name: str, value: Any, draft: Draft) -> str:
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise _wrong(name, "Edm.Guid")
    return value.lower()


def _date(name: str, value: Any, draft: Draft) -> str:
    if not isinstance(value, str) or not DATE.fullmatch(value):
        raise _wrong(name, "Edm.Date")
    return value


def _time(name: str, value: Any, draft: Draft) -> int:
    try:
        return milliseconds_of(value)
    except (TypeError, ValueError) as wrong:
        raise _wrong(name, "Edm.DateTimeOffset") from wrong


CONVERT: dict[str, Callable[[str, Any, Draft], Any]] = {
    "Text": _text,
    "Code": _code,
    "DateFormula": _code,
    "BLOB": _text,
    "Decimal": _decimal,
    "Integer": _integer,
    "Boolean": _boolean,
    "Guid": _guid,
    "Date": _date,
    "DateTime": _time,
    "Enum": _text,
}


def convert(kind: str, name: str, value: Any, draft: Draft) -> Any:
    """A JSON value as a field holds it; null is the blank of its kind. Raises Refused."""
    return BLANK[kind] if value is None else CONVERT[kind](name, value, draft)


def check(draft: Draft, field: FieldDef, value: Any) -> None:
    """Length, limits and related rows. Raises Refused."""
    if field.length and len(value) > field.length:
        raise errors.Refused(
            "Application_StringExceededLength",
            f"The length of the string is {len(value)}, but it must be less than or equal to {field.length} characters. Value: {value}",
        )
    if field.minimum is not None and value < field.minimum:
        raise errors.field_error(f"{field.name} must be greater than or equal to {field.minimum:g} in {draft.table.name}. Value: {value}.")
    if field.maximum is not None and value > field.maximum:
        raise errors.field_error(f"{field.name} must be less than or equal to {field.maximum:g} in {draft.table.name}. Value: {value}.")
    if field.relation and value:
        _check_relation(draft, field, value)


def _check_relation(draft: Draft, field: FieldDef, value: Any) -> None:
    if draft.page.route == INTERNAL:
        return
    related = draft.company.table(field.relation)
    if value not in related.ids and (related.rows or field.relation not in UNCHECKED):
        raise errors.no_related_row(draft.table.name, field.name, str(value), field.relation)
