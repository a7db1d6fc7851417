"""Rules B3 to B5: what a person sees of a conflict, and the ways to settle it, by the HTTP API."""

from __future__ import annotations

from typing import Any

import pytest

from mapping.policies import ConflictPolicy
from mapping.values import Side
from tests.scenario.conflicts import names, resolve, settled, shown, torn
from tests.scenario.engine import Engine
from tests.scenario.world import currency

MOVED = {"addressLine1": "Donaustr. 1", "addressLine2": None, "postalCode": "89073", "city": "Ulm", "country": "DE", "state": None}


@pytest.mark.rule("B3")
@pytest.mark.case("T049", "T050")
@pytest.mark.feature("F042", "F091", "F097")
async def test_a_conflict_shows_both_values_what_each_held_and_who_it_is_and_writes_nothing(engine: Engine) -> None:
    pair = await torn(engine)
    problem = await shown(engine, pair)
    assert (problem["code"], problem["fields"]) == ("conflicting_edits", ["displayName"])
    assert problem["problems"][0]["values"] == {"bc": "Adler Nord", "sales": "Adler Sued"}
    assert problem["problems"][0]["held"] == {"bc": "Adler", "sales": "Adler"}
    assert problem["names"]["bc"].startswith("C1") and "Adler Sued" in problem["names"]["sales"]
    assert problem["remedy"] and problem["since"] and not problem["parked"]
    assert await names(engine, pair) == ("Adler Nord", "Adler Sued")


@pytest.mark.rule("B3")
async def test_only_the_field_in_conflict_waits(engine: Engine) -> None:
    pair = await torn(
        engine, {"displayName": "Adler Nord", "phoneNumber": "111"}, {"name": "Adler Sued", "emailaddress1": "a@adler.example"}
    )
    assert (await engine.row(pair[1]))["telephone1"] == "111"
    assert (await engine.row(pair[0]))["email"] == "a@adler.example"
    assert (await shown(engine, pair))["fields"] == ["displayName"]


@pytest.mark.rule("B3")
@pytest.mark.case("T043", "T044", "T046")
async def test_edits_of_which_the_other_side_keeps_nothing_are_no_conflict(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.edit(pair[0], taxRegistrationNumber="DE123")
    await engine.edit(pair[1], description="called on Monday")
    await engine.reset_counters()
    await engine.look("CUSTOMER")
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B3")
@pytest.mark.parametrize(("side", "name"), [("bc", "Adler Nord"), ("sales", "Adler Sued")])
async def test_one_side_is_taken(engine: Engine, side: str, name: str) -> None:
    pair = await torn(engine)
    answer = await resolve(engine, pair, {"displayName": side})
    assert answer.json["resolved"] == ["displayName"]
    assert await names(engine, pair) == (name, name)
    await settled(engine, answer)
    job = (await engine.api.get(f"jobs/{answer.json['job']}")).json
    assert (job["kind"], job["status"]) == ("manual", "success")


@pytest.mark.rule("B3")
async def test_a_typed_value_is_written_to_both_sides(engine: Engine) -> None:
    pair = await torn(engine)
    answer = await resolve(engine, pair, {"displayName": {"value": "Adler Gruppe"}})
    assert await names(engine, pair) == ("Adler Gruppe", "Adler Gruppe")
    await settled(engine, answer)


@pytest.mark.rule("B1", "B3")
async def test_both_are_left_as_they_are_until_somebody_edits_one(engine: Engine) -> None:
    pair = await torn(engine)
    await settled(engine, await resolve(engine, pair, {"displayName": "leave"}))
    assert await names(engine, pair) == ("Adler Nord", "Adler Sued")
    await engine.edit(pair[0], displayName="Adler West")
    await engine.look("CUSTOMER")
    assert await names(engine, pair) == ("Adler West", "Adler West")


@pytest.mark.rule("B4")
async def test_an_address_in_conflict_is_one_value_with_its_parts(engine: Engine) -> None:
    pair = await torn(engine, {"city": "Ulm", "country": "DE"}, {"address1_city": "Bonn", "address1_line1": "Rheinweg 2"})
    [told] = (await shown(engine, pair))["problems"]
    assert told["field"] == "address"
    assert told["values"]["sales"]["addressLine1"] == "Rheinweg 2" and told["values"]["bc"]["city"] == "Ulm"
    answer = await resolve(engine, pair, {"address": {"value": MOVED}})
    assert answer.status == 200, answer.body
    mine, theirs = await engine.row(pair[0]), await engine.row(pair[1])
    assert (mine["addressLine1"], mine["city"], theirs["address1_line1"], theirs["address1_city"]) == ("Donaustr. 1", "Ulm") * 2
    await settled(engine, answer)


@pytest.mark.rule("B3", "B4")
async def test_two_conflicts_of_one_record_are_settled_one_by_one(engine: Engine) -> None:
    pair = await torn(engine, {"displayName": "Adler Nord", "city": "Ulm"}, {"name": "Adler Sued", "address1_city": "Bonn"})
    first = await resolve(engine, pair, {"displayName": "bc"})
    assert (first.status, first.json["problem"]["fields"]) == (200, ["address"])
    assert (await engine.row(pair[1]))["address1_city"] == "Bonn"
    await settled(engine, await resolve(engine, pair, {"address": "sales"}))
    assert (await engine.row(pair[0]))["city"] == "Bonn"


@pytest.mark.rule("B5")
async def test_a_text_that_would_be_lost_is_chosen_by_a_person(engine: Engine) -> None:
    long = "Adler " + "x" * 120
    pair = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    await engine.edit(pair[1], name=long)
    await engine.look("CUSTOMER")
    await engine.edit(pair[0], displayName="Adler kurz")
    await engine.look("CUSTOMER")
    assert (await shown(engine, pair))["problems"][0]["values"] == {"bc": "Adler kurz", "sales": long}
    await settled(engine, await resolve(engine, pair, {"displayName": "bc"}))
    assert await names(engine, pair) == ("Adler kurz", "Adler kurz")


@pytest.mark.rule("A3")
async def test_what_a_first_synch_asks_stays_asked_until_somebody_answers(engine: Engine) -> None:
    pair = await engine.coupled({"displayName": "Adler AG"}, {"name": "Adler GmbH"}, rule="ask")
    await engine.edit(pair[0], phoneNumber="111")
    await engine.look("CUSTOMER")
    assert await names(engine, pair) == ("Adler AG", "Adler GmbH")
    assert (await engine.row(pair[1]))["telephone1"] == "111"
    [told] = (await shown(engine, pair))["problems"]
    assert (told["values"], told["held"]) == ({"bc": "Adler AG", "sales": "Adler GmbH"}, None)
    await settled(engine, await resolve(engine, pair, {"displayName": "sales"}))
    assert await names(engine, pair) == ("Adler GmbH", "Adler GmbH")


@pytest.mark.rule("B3")
@pytest.mark.case("T052")
@pytest.mark.feature("F042")
async def test_the_policy_of_one_field_decides_that_field_alone(engine: Engine) -> None:
    engine.change("CUSTOMER", conflicts={"displayName": ConflictPolicy.SALES_WINS})
    pair = await torn(engine, {"displayName": "Adler Nord", "phoneNumber": "1"}, {"name": "Adler Sued", "telephone1": "2"})
    assert await names(engine, pair) == ("Adler Sued", "Adler Sued")
    assert (await shown(engine, pair))["fields"] == ["phoneNumber"]


@pytest.mark.rule("B8")
async def test_two_edits_at_the_same_time_are_left_to_a_person_where_the_newest_wins(engine: Engine) -> None:
    engine.change("CUSTOMER", conflict=ConflictPolicy.NEWEST)
    pair = await torn(engine)
    assert (await shown(engine, pair))["code"] == "conflicting_edits"
    await settled(engine, await resolve(engine, pair, {"displayName": "bc"}))


@pytest.mark.rule("B3")
async def test_a_changed_policy_settles_what_is_open_at_the_next_look(engine: Engine) -> None:
    pair = await torn(engine)
    engine.change("CUSTOMER", conflict=ConflictPolicy.BC_WINS)
    await engine.look("CUSTOMER")
    assert await names(engine, pair) == ("Adler Nord", "Adler Nord")
    assert await engine.problems("CUSTOMER") == []


@pytest.mark.rule("B3")
async def test_a_choice_about_values_that_changed_meanwhile_is_refused_by_name(engine: Engine) -> None:
    pair = await torn(engine)
    await engine.edit(pair[1], name="Adler West")
    await engine.reset_counters()
    refused = await resolve(engine, pair, {"displayName": "bc"})
    assert refused.status == 409 and "displayName" in refused.json["detail"]
    assert refused.json["values"] == {"displayName": {"bc": "Adler Nord", "sales": "Adler West"}}
    assert await engine.written() == {"bc": 0, "sales": 0}
    answer = await resolve(engine, pair, {"displayName": "bc"}, seen=refused.json["values"])
    await settled(engine, answer)
    assert await names(engine, pair) == ("Adler Nord", "Adler Nord")


@pytest.mark.rule("B3")
async def test_a_conflict_that_people_settled_themselves_is_not_settled_again(engine: Engine) -> None:
    pair = await torn(engine)
    await engine.edit(pair[1], name="Adler Nord")
    await engine.look("CUSTOMER")
    assert (await resolve(engine, pair, {"displayName": "sales"})).status == 404


IMPOSSIBLE: tuple[tuple[Any, int, str], ...] = (
    ({}, 400, "none"),
    ({"nothing": "bc"}, 400, "nothing"),
    ({"city": "bc"}, 400, "group address"),
    ({"displayName": "both"}, 400, "displayName"),
    ({"displayName": {"value": "A", "side": "bc"}}, 400, "displayName"),
    ({"displayName": {"value": {"a": 1}}}, 400, "displayName"),
    ({"displayName": {"value": ["A"]}}, 400, "displayName"),
    ({"displayName": {"value": 5}}, 400, "displayName must be a text"),
    ({"displayName": {"value": True}}, 400, "displayName must be a text"),
    ({"displayName": {"value": float("nan")}}, 400, "displayName"),
    ({"displayName": {"value": "Adler \ud800"}}, 409, "invalid_value"),
    ({"displayName": {"value": "x" * 6000}}, 400, "displayName"),
    ({"displayName": "bc", "email": "bc"}, 409, "email"),
    ({"displayName": {"value": "x" * 101}}, 409, "too_long"),
    ("bc", 400, "choices"),
)


@pytest.mark.rule("B3")
async def test_choices_that_cannot_be_are_answered_clearly_and_write_nothing(engine: Engine) -> None:
    pair = await torn(engine)
    await engine.reset_counters()
    for choices, status, named in IMPOSSIBLE:
        refused = await resolve(engine, pair, choices)
        assert refused.status == status, refused.body
        assert named in refused.json["detail"]
    assert await engine.written() == {"bc": 0, "sales": 0}
    assert await engine.problems("CUSTOMER") == [("conflicting_edits", "displayName")]


async def test_nothing_is_settled_while_the_mapping_is_on_hold(engine: Engine) -> None:
    pair = await torn(engine)
    await engine.api.post("mappings/CUSTOMER/hold", {"reason": "stocktaking"})
    refused = await resolve(engine, pair, {"displayName": "bc"})
    assert refused.status == 409 and "stocktaking" in refused.json["detail"]
    assert await names(engine, pair) == ("Adler Nord", "Adler Sued")


@pytest.mark.rule("B3")
async def test_a_record_is_named_by_either_of_its_ids(engine: Engine) -> None:
    pair = await torn(engine)
    record = {"mapping": "CUSTOMER", "record": f"sales:{pair[1].id}"}
    answer = await engine.api.post("problems/resolve", {**record, "choices": {"displayName": "bc"}})
    await settled(engine, answer)


@pytest.mark.rule("B3")
async def test_references_in_conflict_are_named_and_one_side_is_taken(engine: Engine) -> None:
    pair = await engine.coupled()
    await engine.seed(*currency("SEK", "Swedish Krona", 11.0))
    await engine.sync("CURRENCY")
    engine.forget()
    [krona] = await engine.sales.rows("transactioncurrencies", isocurrencycode="SEK")
    [dollar] = await engine.sales.rows("transactioncurrencies", isocurrencycode="USD")
    [mine] = await engine.bc.rows("currencies", code="SEK")
    await engine.edit(pair[0], currencyId=mine["id"])
    await engine.edit(pair[1], **{"transactioncurrencyid@odata.bind": f"/transactioncurrencies({dollar['transactioncurrencyid']})"})
    await engine.look("CUSTOMER")
    problem = await shown(engine, pair)
    assert "currencyId" in problem["fields"]
    assert "SEK" in problem["labels"]["currencyId"]["bc"] and "USD" in problem["labels"]["currencyId"]["sales"]
    await settled(engine, await resolve(engine, pair, {"currencyId": "bc"}))
    assert (await engine.row(pair[1]))["_transactioncurrencyid_value"] == krona["transactioncurrencyid"]


@pytest.mark.rule("B3", "C6")
async def test_an_edit_at_the_moment_of_the_choice_is_not_overwritten(engine: Engine) -> None:
    pair = await torn(engine)
    async with engine.before_the_next_write(Side.SALES, lambda: engine.edit(pair[1], name="Adler West")):
        refused = await resolve(engine, pair, {"displayName": "bc"})
    assert refused.status == 409 and "displayName" in refused.json["detail"]
    assert await names(engine, pair) == ("Adler Nord", "Adler West")
    assert (await shown(engine, pair))["problems"][0]["values"] == {"bc": "Adler Nord", "sales": "Adler West"}


@pytest.mark.rule("B9", "B3")
async def test_a_field_that_the_service_refused_is_settled_by_a_choice_too(engine: Engine) -> None:
    pair = await engine.coupled({"displayName": "Adler"}, {"name": "Adler"})
    await engine.edit(pair[1], name=None, telephone1="222")
    await engine.look("CUSTOMER")
    problem = await shown(engine, pair)
    assert (await engine.row(pair[0]))["phoneNumber"] == "222"
    assert problem["problems"][0]["values"] == {"bc": "Adler", "sales": None}
    assert (await resolve(engine, pair, {"displayName": "sales"})).status == 409
    await settled(engine, await resolve(engine, pair, {"displayName": "bc"}))
    assert await names(engine, pair) == ("Adler", "Adler")
