"""Option columns of Sales: their values as metadata, and the actions that change them (rule D6)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from sync.errors import ServiceError, UnexpectedAnswer
from sync.services import odata
from sync.services.translate import concerns_all

if TYPE_CHECKING:
    from sync.services.sales import Sales


class SalesOptions:
    """The option columns of an organisation. Columns are of tables named by their entity set."""

    def __init__(self, sales: Sales) -> None:
        self._sales = sales
        self._language: int | None = None

    async def of(self, table: str, column: str) -> dict[int, str]:
        """The values of a column with their labels."""
        metadata = await self._column(table, column)
        options = (metadata.get("OptionSet") or metadata.get("GlobalOptionSet") or {}).get("Options")
        if options is None:
            raise UnexpectedAnswer(f"{table}.{column} has no options.", side=self._sales.side)
        return {option["Value"]: _label(option["Label"]) for option in options}

    async def add(self, table: str, column: str, label: str, value: int | None) -> int:
        """Add a value; the number it got. A value that is there already, perhaps not yet published, gets the label."""
        wanted = {**await self._target(table, column, label), **({} if value is None else {"Value": value})}
        try:
            answer = await self._sales.post("InsertOptionValue", wanted, repeatable=value is not None)
        except ServiceError as error:
            if value is None or concerns_all(error):
                raise
            return await self._take_over(table, column, label, value, error)
        return int(answer["NewOptionValue"])

    async def rename(self, table: str, column: str, value: int, label: str) -> None:
        """Give a value another label."""
        wanted = {**await self._target(table, column, label), "Value": value, "MergeLabels": True}
        await self._sales.post("UpdateOptionValue", wanted, repeatable=True)

    async def remove(self, table: str, column: str, value: int) -> None:
        """Delete a value; rows that hold it would show a bare number, so ask before whether any does."""
        name = (await self._sales.table(table)).name
        wanted = {"EntityLogicalName": name, "AttributeLogicalName": column, "Value": value}
        await self._sales.post("DeleteOptionValue", wanted, repeatable=True)

    async def publish(self, tables: Sequence[str]) -> None:
        """Make the changed customisations of these tables visible to people."""
        names = [(await self._sales.table(table)).name for table in tables]
        entities = "".join(f"<entity>{name}</entity>" for name in names)
        wanted = {"ParameterXml": f"<importexportxml><entities>{entities}</entities></importexportxml>"}
        await self._sales.post("PublishXml", wanted, repeatable=True)

    async def _take_over(self, table: str, column: str, label: str, value: int, refusal: ServiceError) -> int:
        # An earlier attempt may have ended between adding and publishing: until then nothing shows the value, but it can be renamed
        try:
            await self.rename(table, column, value, label)
        except ServiceError:
            raise refusal from None
        return value

    async def _column(self, table: str, column: str) -> Any:
        name = (await self._sales.table(table)).name
        attribute = f"Attributes(LogicalName={odata.literal(column, self._sales.side)})/Microsoft.Dynamics.CRM.PicklistAttributeMetadata"
        options = {"$select": "LogicalName", "$expand": "OptionSet,GlobalOptionSet"}
        return await self._sales.get(odata.address(f"EntityDefinitions(LogicalName='{name}')/{attribute}", options))

    async def _target(self, table: str, column: str, label: str) -> dict[str, Any]:
        if self._language is None:
            self._language = (await self._sales.organization()).language
        text = {"@odata.type": "Microsoft.Dynamics.CRM.LocalizedLabel", "Label": label, "LanguageCode": self._language}
        return {
            "EntityLogicalName": (await self._sales.table(table)).name,
            "AttributeLogicalName": column,
            "Label": {"@odata.type": "Microsoft.Dynamics.CRM.Label", "LocalizedLabels": [text]},
        }


def _label(label: Any) -> str:
    """What people read: the label in the app user's language, else the first there is."""
    chosen: Any = label.get("UserLocalizedLabel") or next(iter(label.get("LocalizedLabels") or ()), {})
    return str(chosen.get("Label", ""))
