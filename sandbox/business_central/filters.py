"""`$filter` as Business Central takes it: names of a page, its blanks, and what it refuses."""

from __future__ import annotations

from typing import Any

from sandbox import odata
from sandbox.business_central import calculations, errors
from sandbox.business_central.schema import BLANK, decode, encode
from sandbox.business_central.views import View

KINDS = {
    "Text": "text",
    "Code": "text",
    "DateFormula": "text",
    "BLOB": "text",
    "Decimal": "number",
    "Integer": "number",
    "Boolean": "bool",
    "Guid": "guid",
    "Date": "date",
    "DateTime": "datetime",
    "Enum": "enum",
}
LITERALS = {
    "text": ("text",),
    "enum": ("text",),
    "number": ("number",),
    "bool": ("bool",),
    "guid": ("guid",),
    "date": ("date", "datetime"),
    "datetime": ("datetime", "date"),
}


class PageDialect(odata.Dialect):
    """Property names of one page; text compares without case; null finds blanks."""

    def __init__(self, view: View) -> None:
        self.view = view

    def column(self, path: str) -> odata.Column:
        prop = self.view.page.properties.get(path)
        if prop is None:
            raise errors.unknown_property(path, self.view.page.type)
        if prop.variable and not self.view.company.environment.switches["filterOnVariables"]:
            raise errors.not_implemented(f"The property '{path}' cannot be used in an OData filter.")
        kind = KINDS[prop.kind]
        read = calculations.raw_reader(self.view.company, self.view.page, prop)
        return odata.Column(kind, (lambda row: read(row).casefold().rstrip(" ")) if kind in ("text", "enum") else read)

    def value(self, column: odata.Column, literal: odata.Literal) -> Any:
        kind, value = column.kind, literal.value
        if literal.kind == "null":
            return {
                "text": "",
                "enum": "_x0020_",
                "number": 0,
                "bool": False,
                "guid": BLANK["Guid"],
                "date": BLANK["Date"],
                "datetime": BLANK["DateTime"],
            }[kind]
        if literal.kind not in LITERALS[kind]:
            raise errors.bad_request(
                "A binary operator with incompatible types was detected. Found operand types "
                f"'{kind}' and '{literal.kind}' for operator kind."
            )
        if kind == "datetime":
            return odata.microseconds(value) / 1000
        if kind == "enum":
            return encode(value).casefold()
        return odata.as_comparable(kind, value[:10] if kind == "date" else value)


def check_enums(view: View, node: odata.Node) -> None:
    """Refuse a comparison of an enum with a member that it does not have."""
    for part in node.parts if isinstance(node, odata.And | odata.Or) else (node,):
        if isinstance(part, odata.And | odata.Or):
            check_enums(view, part)
        elif isinstance(part, odata.Compare) and isinstance(part.left, odata.Field) and isinstance(part.right, odata.Literal):
            prop = view.page.properties.get(part.left.path)
            if prop and prop.members and part.right.kind == "text":
                member_of(prop.members, str(part.right.value))


def member_of(members: tuple[str, ...], value: str) -> str:
    """The encoded enum member behind a text. Raises Refused, naming the members there are."""
    if value in members:
        return value
    wanted = decode(value).casefold()
    for member in members:
        if decode(member).casefold() == wanted:
            return member
    options = ",".join(decode(member) for member in members)
    raise errors.Refused("Unknown", f"'{value}' is not an option. The existing options are: {options}")


def refuse(view: View, node: odata.Node, newer: bool) -> None:
    """Raise Refused for what Business Central does not do; `newer` is `$schemaversion=2.1`."""
    match node:
        case odata.Or(parts):
            if len({path for part in parts for path in odata.fields_of(part)}) > 1:
                raise errors.not_implemented("The 'OR' operator is not supported on distinct fields on an OData filter.")
        case odata.OneOf(_, _, "in") if not newer:
            raise errors.not_implemented("The 'in' operator is not supported on an OData filter.")
        case odata.OneOf(_, _, "crm"):
            raise errors.bad_request("An unknown function with name 'Microsoft.Dynamics.CRM.In' was found.")
        case odata.Not() if not view.company.environment.switches["allowNot"]:
            raise errors.not_implemented("The 'Not' operator is not supported on an OData filter.")
        case odata.Function(_, args) if not newer and any(isinstance(arg, odata.Function) for arg in args):
            raise errors.not_implemented("Nested functions are not supported on an OData filter.")
    for part in _parts(node):
        refuse(view, part, newer)


def _parts(node: odata.Node) -> tuple[odata.Node, ...]:
    match node:
        case odata.And(parts) | odata.Or(parts):
            return parts
        case odata.Not(part):
            return (part,)
        case odata.Compare(_, left, right):
            return (left, right)
    return ()


def compiled(view: View, text: str, newer: bool = False) -> tuple[odata.Node, odata.Predicate]:
    """The tree and the predicate of a filter. Raises Refused."""
    try:
        node = odata.parse_filter(text)
        refuse(view, node, newer)
        check_enums(view, node)
        return node, odata.compile_filter(node, PageDialect(view))
    except odata.BadQuery as wrong:
        lambdas = "CollectionLambda" in str(wrong)
        raise (errors.not_implemented if lambdas else errors.bad_request)(str(wrong)) from wrong
