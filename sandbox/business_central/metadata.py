"""`$metadata` (CSDL), `entityDefinitions` and the service document, made from the schema."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import cache
from xml.sax.saxutils import quoteattr

from sandbox.business_central import errors, schema
from sandbox.business_central.calls import Answer, Call
from sandbox.business_central.schema import Page
from sandbox.business_central.tables import Row

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">'
    "<edmx:DataServices>"
    '<Schema Namespace="Microsoft.NAV" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
)
TAIL = "</Schema></edmx:DataServices></edmx:Edmx>"


@cache
def entity_types() -> frozenset[str]:
    """The names of all entity types: a path segment that is a type, not a set, gets another 404."""
    return frozenset(page.type for page in schema.pages().values())


def _pages(route: str) -> list[Page]:
    return [page for (served, _), page in schema.pages().items() if served == route]


@cache
def csdl(route: str, missing: tuple[str, ...] = ()) -> str:
    """The metadata document of a route, without the sets that this version of BC lacks."""
    pages = [page for page in _pages(route) if page.set not in missing]
    enums = {prop.enum: prop.members for page in pages for prop in page.properties.values() if prop.enum}
    parts = [HEAD, *(_entity_type(page) for page in pages)]
    for name, members in sorted(enums.items()):
        listed = "".join(f'<Member Name={quoteattr(member)} Value="{at}"/>' for at, member in enumerate(members))
        parts.append(f"<EnumType Name={quoteattr(name)}>{listed}</EnumType>")
    for page in pages:
        for action in page.actions:
            taken = "".join(f'<Parameter Name="{name}" Type="{schema.EDM[kind]}"/>' for name, kind in page.takes.get(action, {}).items())
            parts.append(
                f'<Action Name={quoteattr(action)} IsBound="true"><Parameter Name="bindingParameter" '
                f'Type="Microsoft.NAV.{page.type}"/>{taken}</Action>'
            )
    sets = "".join(f'<EntitySet Name="{page.set}" EntityType="Microsoft.NAV.{page.type}"/>' for page in pages)
    companies = '<EntitySet Name="companies" EntityType="Microsoft.NAV.company"/>'
    parts.append(f'<EntityContainer Name="default">{companies}{sets}</EntityContainer>')
    return "".join([*parts, TAIL])


def _entity_type(page: Page) -> str:
    key = next(iter(page.properties))
    listed = []
    for prop in page.properties.values():
        length = prop.field.length if prop.field else 0
        facets = f' MaxLength="{length}"' if length else (' Scale="Variable"' if prop.kind == "Decimal" else "")
        listed.append(f'<Property Name="{prop.name}" Type="{prop.edm}"{facets}/>')
    for link in page.navigation.values():
        target = _target_type(page.route, link)
        if target:
            kind = f"Collection(Microsoft.NAV.{target})" if link.many else f"Microsoft.NAV.{target}"
            listed.append(f'<NavigationProperty Name="{link.name}" Type="{kind}" ContainsTarget="true"/>')
    return f'<EntityType Name="{page.type}"><Key><PropertyRef Name="{key}"/></Key>{"".join(listed)}</EntityType>'


def _target_type(route: str, link: schema.Navigation) -> str:
    if link.target is None:
        return link.name if link.name in entity_types() else ""
    page = schema.pages().get((route, link.target)) or schema.pages().get((schema.STANDARD, link.target))
    return page.type if page else ""


def _metadata(call: Call, missing: Iterable[str]) -> Answer:
    return Answer(200, csdl(call.route, tuple(missing)), {"Content-Type": "application/xml"})


def caption(name: str) -> str:
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name)
    return words[:1].upper() + words[1:]


def _captions(name: str) -> list[Row]:
    return [{"languageCode": 1033, "caption": caption(name)}]


@cache
def definitions(route: str) -> list[Row]:
    return [
        {
            "entityName": page.type,
            "entitySetName": page.set,
            "entityCaptions": _captions(page.type),
            "entitySetCaptions": _captions(page.set),
            "properties": [{"name": name, "captions": _captions(name)} for name in page.properties],
            "actions": [{"name": name, "captions": _captions(name)} for name in page.actions],
            "parameters": [],
            "enumMembers": [
                {"name": member, "captions": [{"languageCode": 1033, "caption": schema.decode(member)}]}
                for prop in page.properties.values()
                for member in prop.members
            ],
        }
        for page in _pages(route)
    ]


def _entity_definitions(call: Call, missing: Iterable[str]) -> Answer:
    rows = [row for row in definitions(call.route) if row["entitySetName"] not in missing]
    wanted = re.fullmatch(r"\s*(entitySetName|entityName) eq '([^']*)'\s*", call.query.get("$filter", ""))
    if call.query.get("$filter") and wanted is None:
        raise errors.not_implemented("Only a filter on one name is supported here.")
    if wanted:
        rows = [row for row in rows if row[wanted[1]] == wanted[2]]
    return Answer(200, {"@odata.context": f"{call.base}/$metadata#entityDefinitions", "value": rows})


DOCUMENTS: dict[str, Callable[[Call, Iterable[str]], Answer]] = {"$metadata": _metadata, "entityDefinitions": _entity_definitions}
