"""Field rows of one's own in documents and their lines: mappings.toml holds for them as for any other mapping, in every mode."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping.__main__ import main
from sandbox.running import Sandbox
from tests.scenario.orders import NAME, Desk
from tests.scenario.own_mappings import engine_with

pytestmark = pytest.mark.rule("E6")

OWN = """
[SALESORDER-ORDER.fields.phone]
bc = "phoneNumber"
sales = "billto_telephone"
direction = "fromSales"

[SALESORDER-ORDER.fields.requestedDeliveryDate]
enabled = false

[SOLINE-ORDERDETAIL.fields.wanted]
bc = "requestedDeliveryDate"
sales = "requestdeliveryby"
direction = "fromSales"

[SOLINE-ORDERDETAIL.fields.also]
bc = "description2"
sales = "shipto_name"
direction = "fromSales"
"""
DAY = "2026-12-05"


@pytest.mark.parametrize("mode", ["fromSales", "both"])
async def test_rows_of_ones_own_go_with_an_order_and_its_lines_and_one_that_is_taken_out_does_not(
    sandbox_processes: Sandbox, tmp_path: Path, mode: str
) -> None:
    async with engine_with(sandbox_processes, tmp_path, OWN, ORDERS=mode) as engine:
        desk = await Desk.opened(engine)
        line = desk.line("ITEM-0", requestdeliveryby=DAY, shipto_name="Gate 3")
        order = await desk.submitted(line, billto_telephone="+49 731 1", requestdeliveryby=DAY)
        await engine.look(NAME)
        assert await engine.problems() == []
        made, [made_line] = await desk.in_bc(order), await desk.lines_in_bc(order)
        assert (made["phoneNumber"], made["requestedDeliveryDate"]) == ("+49 731 1", "0001-01-01")
        assert (made_line["requestedDeliveryDate"], made_line["description2"]) == (DAY, "Gate 3")
        rows = {row["name"]: row for row in (await engine.api.get(f"mappings/{NAME}")).json["fields"]}
        assert {name for name, row in rows.items() if row["origin"] == "mappings.toml"} == {"phone"}
        assert "requestedDeliveryDate" not in rows


@pytest.mark.parametrize(("switch", "value"), [("enabled", "false"), ("minutes", "5")])
def test_what_lines_would_not_follow_is_a_mistake_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], switch: str, value: str
) -> None:
    (tmp_path / "mappings.toml").write_text(f"[QUOTELINE]\n{switch} = {value}\n", encoding="utf-8")
    assert main(["check", str(tmp_path)]) == 1
    assert f"QUOTELINE.{switch}: QUOTELINE goes with QUOTE, never by itself. Set it for QUOTE." in capsys.readouterr().err
