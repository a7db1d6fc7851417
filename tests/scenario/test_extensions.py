"""Functions of one's own in the midst of a run: what they decide happens, and what they break is the problem of one record."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from sandbox.running import Sandbox
from tests.scenario.own_mappings import engine_with
from tests.scenario.world import account, customer

EXAMPLE = Path(__file__).parents[2] / "docs/examples/extensions.py"

ACCEPT = """
def accept(record):
    if record.row.get("city") == "Atlantis":
        return "nobody lives there"
    return record.row["phoneNumber" if record.side == "bc" else "telephone1"] != "0" if record.row.get("city") != "Bug" else 1 / 0
"""


@pytest.mark.case("T037")
@pytest.mark.feature("F054")
async def test_a_record_that_is_not_accepted_stays_out_and_one_that_breaks_the_function_is_a_problem(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\naccept = 'extensions.py:accept'", ACCEPT) as engine:
        good, sunk, mute, broken = (customer(f"C{n}", city=city, phoneNumber=phone) for n, (city, phone) in enumerate(WHO))
        await engine.seed(good, sunk, mute, broken)
        await engine.sync("CUSTOMER")
        counted = (await engine.totals("CUSTOMER"))["toSales"]
        assert (counted["inserted"], counted["failed"]) == (1, 1)
        assert [await engine.coupling("CUSTOMER", each) is not None for each in (good, sunk, mute, broken)] == [True, False, False, False]
        [row] = await engine.problem_rows("CUSTOMER")
        assert (row.code, row.bc_id) == ("extension_failed", broken.id)
        assert row.message == "extensions.py:accept raised ZeroDivisionError: division by zero"
        told = (await engine.api.get(f"explain/CUSTOMER/bc/{sunk.id}")).json["sentences"]
        assert any("nobody lives there" in sentence for sentence in told)


WHO = [("Bonn", "1"), ("Atlantis", "1"), ("Bonn", "0"), ("Bug", "1")]


async def test_a_broken_record_is_released_when_it_is_corrected(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\naccept = 'extensions.py:accept'", ACCEPT) as engine:
        mine = customer("C1", city="Bug")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        await engine.look("CUSTOMER")
        await engine.edit(mine, city="Bonn")
        await engine.look("CUSTOMER")
        assert await engine.coupling("CUSTOMER", mine)
        assert not await engine.problems("CUSTOMER")


@pytest.mark.case("T322", "T332", "T007")
@pytest.mark.feature("F054")
async def test_what_is_about_to_be_written_may_be_changed_and_an_unchanged_record_is_not_written_for_it(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    text = "[CUSTOMER]\nbeforeWrite = 'extensions.py:stamp_customer'"
    async with engine_with(sandbox_processes, tmp_path, text, EXAMPLE.read_text(encoding="utf-8")) as engine:
        mine = customer("C1")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        assert (await engine.partner("CUSTOMER", mine))["description"] == "From Business Central: C1"
        await engine.look("CUSTOMER")
        await engine.edit(mine, city="Bonn")
        await engine.look("CUSTOMER")
        await engine.reset_counters()
        await engine.look("CUSTOMER")
        await engine.sync("CUSTOMER")
        assert await engine.written() == {"bc": 0, "sales": 0}


@pytest.mark.case("T037")
@pytest.mark.feature("F054")
@pytest.mark.parametrize(
    "body",
    ["raise KeyError('x')", "raise SystemExit", "return 5", "return {1: 2}", "import nowhere_at_all", "return record.nothing"],
    ids=str,
)
async def test_a_before_write_that_fails_writes_nothing_for_its_record_and_all_else_goes_on(
    sandbox_processes: Sandbox, tmp_path: Path, body: str
) -> None:
    python = f"def before(record):\n    if record.values.get('name') == 'Broken':\n        {body}\n"
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nbeforeWrite = 'extensions.py:before'", python) as engine:
        good, broken = customer("C1"), customer("C2", displayName="Broken")
        await engine.seed(good, broken)
        await engine.sync("CUSTOMER")
        assert await engine.coupling("CUSTOMER", good) and not await engine.coupling("CUSTOMER", broken)
        assert await engine.problems("CUSTOMER") == [("extension_failed", None)]
        assert len(await engine.sales.rows("accounts")) == 1


async def test_a_file_that_cannot_be_loaded_is_the_problem_of_each_record_that_needs_it(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    python = "import nowhere_at_all\n\ndef before(record): ...\n"
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nbeforeWrite = 'extensions.py:before'", python) as engine:
        await engine.seed(customer("C1"))
        await engine.sync("CUSTOMER")
        [row] = await engine.problem_rows("CUSTOMER")
        assert "ModuleNotFoundError" in row.message


AFTER = """
from pathlib import Path
LOG = Path(__file__).with_name("told.txt")

def after(record):
    with LOG.open("a") as file:
        file.write(f"{record.side} {record.creates} {sorted(record.values)} {record.other.get('number')}\\n")
    if Path(__file__).with_name("broken").exists():
        raise OSError("the warehouse is closed")
"""


@pytest.mark.feature("F054")
async def test_what_was_written_is_told_once_and_again_while_the_telling_fails(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nafterWrite = 'extensions.py:after'", AFTER) as engine:
        mine = customer("C1", city="Bonn")
        await engine.seed(mine)
        await engine.sync("CUSTOMER")
        assert told(tmp_path)[0].startswith("sales True") and "'address1_city'" in told(tmp_path)[0] and len(told(tmp_path)) == 1
        await engine.look("CUSTOMER")
        assert len(told(tmp_path)) == 1
        (tmp_path / "broken").touch()
        await engine.edit(mine, city="Berlin")
        await engine.look("CUSTOMER")
        assert (await engine.partner("CUSTOMER", mine))["address1_city"] == "Berlin"
        assert await engine.problems("CUSTOMER") == [("extension_failed", None)]
        (tmp_path / "broken").unlink()
        before = len(told(tmp_path))
        await engine.sync("CUSTOMER")
        assert len(told(tmp_path)) == before + 1
        assert not await engine.problems("CUSTOMER")
        await engine.sync("CUSTOMER")
        assert len(told(tmp_path)) == before + 1


@pytest.mark.case("T004")
async def test_a_row_made_stays_coupled_while_the_telling_fails(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nafterWrite = 'extensions.py:after'", AFTER) as engine:
        (tmp_path / "broken").touch()
        mine, theirs = customer("C1"), account("A2", name="New")
        await engine.seed(mine, theirs)
        await engine.sync("CUSTOMER")
        assert await engine.problems("CUSTOMER") == [("extension_failed", None)] * 2
        (tmp_path / "broken").unlink()
        await engine.sync("CUSTOMER")
        assert not await engine.problems("CUSTOMER")
        assert (len(await engine.couplings("CUSTOMER")), len(await engine.sales.rows("accounts"))) == (2, 2)


def told(folder: Path) -> list[str]:
    """What the function was told."""
    return (folder / "told.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.case("T026")
@pytest.mark.feature("F054")
async def test_a_function_chooses_among_the_partners_that_the_natural_key_found(sandbox_processes: Sandbox, tmp_path: Path) -> None:
    text = "[CUSTOMER]\nmatch = 'extensions.py:newest_account'"
    async with engine_with(sandbox_processes, tmp_path, text, EXAMPLE.read_text(encoding="utf-8")) as engine:
        mine = customer("C1", postalCode="53111")
        older, newer = (account(key, name="Company C1", address1_postalcode="53111") for key in ("A1", "A2"))
        await engine.seed(mine, older, newer)
        await asyncio.sleep(1.1)  # the stamps of Sales are whole seconds
        await engine.edit(newer, description="newer")
        await engine.sync("CUSTOMER", create="none")
        assert (await engine.partner("CUSTOMER", mine))["accountid"] == newer.id


@pytest.mark.parametrize(
    ("body", "problem"), [("return None", None), ("return 'A1'", "extension_failed"), ("return {}['x']", "extension_failed")]
)
async def test_a_match_that_leaves_nobody_or_fails(sandbox_processes: Sandbox, tmp_path: Path, body: str, problem: str | None) -> None:
    python = f"def match(record):\n    {body}\n"
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nmatch = 'extensions.py:match'", python) as engine:
        mine, theirs = customer("C1"), account("A1", accountnumber="C1")
        await engine.seed(mine, theirs)
        await engine.sync("CUSTOMER", create="none")
        assert not await engine.coupling("CUSTOMER", mine)
        assert {code for code, _ in await engine.problems("CUSTOMER")} == ({problem} if problem else set())


BEFORE = """
def before(record):
    if record.values.get("emailaddress1") == "bad@example.com":
        raise ValueError("not that one")
"""


@pytest.mark.rule("A3")
async def test_a_question_of_the_first_synch_stays_open_though_a_function_fails_in_between(
    sandbox_processes: Sandbox, tmp_path: Path
) -> None:
    async with engine_with(sandbox_processes, tmp_path, "[CUSTOMER]\nbeforeWrite = 'extensions.py:before'", BEFORE) as engine:
        pair = await engine.coupled({"displayName": "Adler AG"}, {"name": "Adler GmbH"}, rule="ask")
        for email in ("bad@example.com", "good@example.com"):
            await engine.edit(pair[0], email=email)
            await engine.look("CUSTOMER")
        assert ((await engine.row(pair[0]))["displayName"], (await engine.row(pair[1]))["name"]) == ("Adler AG", "Adler GmbH")
        assert (await engine.row(pair[1]))["emailaddress1"] == "good@example.com"
