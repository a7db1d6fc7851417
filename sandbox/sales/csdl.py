"""The `$metadata` document: entity types, navigation properties and sets."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

from sandbox.sales.schema import Schema, Table

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>'
    '<Schema Namespace="Microsoft.Dynamics.CRM" Alias="mscrm" xmlns="http://docs.oasis-open.org/odata/ns/edm">'
    '<EntityType Name="crmbaseentity" Abstract="true"/>'
)
TRACKING = (
    '<Annotation Term="Org.OData.Capabilities.V1.ChangeTracking"><Record><PropertyValue Property="Supported" Bool="true"/></Record>'
    "</Annotation>"
)


def document(schema: Schema) -> bytes:
    """The whole CSDL of the simulated tables."""
    types = "".join(_type(schema, table) for table in schema.tables.values())
    sets = "".join(_set(schema, table) for table in schema.tables.values())
    tail = f'<EntityContainer Name="System">{sets}</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>'
    return (HEAD + types + tail).encode()


def _type(schema: Schema, table: Table) -> str:
    columns = "".join(f'<Property Name={quoteattr(column.key)} Type="{column.edm}"/>' for column in table.columns.values())
    single = "".join(
        f'<NavigationProperty Name={quoteattr(nav)} Type="mscrm.{target or "principal"}" Nullable="true"/>'
        for nav, (_, target) in table.navigation.items()
    )
    many = "".join(
        f'<NavigationProperty Name={quoteattr(item.name)} Type="Collection(mscrm.{item.to})"/>'
        for (owner, _), item in schema.collections.items()
        if owner == table.name
    )
    key = f'<Key><PropertyRef Name="{table.id}"/></Key>'
    return f'<EntityType Name="{table.name}" BaseType="mscrm.crmbaseentity">{key}{columns}{single}{many}</EntityType>'


def _set(schema: Schema, table: Table) -> str:
    bindings = "".join(
        f'<NavigationPropertyBinding Path={quoteattr(nav)} Target="{schema.tables[target].set}"/>'
        for nav, (_, target) in table.navigation.items()
        if target in schema.tables
    )
    tracking = TRACKING if table.tracking else ""
    return f'<EntitySet Name="{table.set}" EntityType="Microsoft.Dynamics.CRM.{table.name}">{bindings}{tracking}</EntitySet>'
