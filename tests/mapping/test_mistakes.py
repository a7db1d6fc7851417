"""Each kind of mistake in a mappings file: named by its path with what to do, all of them at once, and nothing of the file is used."""

from __future__ import annotations

from pathlib import Path

import pytest

from mapping.catalogue import CATALOGUE
from mapping.overlay import LARGEST, load, read
from mapping.values import Side
from mapping.world import World

OWN = """
["PAYMENT METHOD"]
bc = "paymentMethods"
sales = "contoso_paymentmethods"
naturalKeys = [["code"]]
columns.sales.contoso_code = { type = "String", length = 10 }
fields.code = { bc = "code", sales = "contoso_code" }
"""

STRUCTURE = [
    ("customer = 1", "customer", "must be a table"),
    ("[customer]", "customer", "cannot be the name of a mapping"),
    ('[""]\nminutes = 5', "", "cannot be the name of a mapping"),
    ("[CUSTOMER]\ncolour = 1", "CUSTOMER.colour", "is not known"),
    ("[CUSTOMER]\ndirektion = 'both'", "CUSTOMER.direktion", "Did you mean direction"),
    ("[CUSTOMER]\ndirection = 'up'", "CUSTOMER.direction", "Write one of both, toSales, fromSales."),
    ("[CUSTOMER]\nconflict = 'me'", "CUSTOMER.conflict", "manual, bcWins, salesWins, newest"),
    ("[CUSTOMER]\ndeletion = 'forget'", "CUSTOMER.deletion", "cannot be 'forget'"),
    ("[CUSTOMER]\nleaving = 1", "CUSTOMER.leaving", "cannot be 1"),
    ("[CUSTOMER]\nonlyCoupled = 'yes'", "CUSTOMER.onlyCoupled", "Write true or false"),
    ("[CUSTOMER]\nminutes = -1", "CUSTOMER.minutes", "from 0 to 10080"),
    ("[CUSTOMER]\nminutes = true", "CUSTOMER.minutes", "cannot be true"),
    ("[CUSTOMER]\nminutes = 5.5", "CUSTOMER.minutes", "cannot be 5.5"),
    ("[CUSTOMER]\nneeds = 'CURRENCY'", "CUSTOMER.needs", "must be a list"),
    ("[CUSTOMER]\nneeds = [1]", "CUSTOMER.needs[0]", "must be a text"),
    ("[CUSTOMER]\nbound = { percent = 101 }", "CUSTOMER.bound.percent", "from 0 to 100"),
    ("[CUSTOMER]\nbound = 5", "CUSTOMER.bound", "It takes percent, least."),
    ("[CUSTOMER]\nfields = []", "CUSTOMER.fields", "must be a table"),
    ("[CUSTOMER.fields]\n'a b' = {}", "CUSTOMER.fields.a b", "cannot be called so"),
    ("[CUSTOMER.fields.email]\nkind = 'number 2'", "CUSTOMER.fields.email.kind", "Write one of text"),
    ("[CUSTOMER.fields.email]\nkind = { a = 1 }", "CUSTOMER.fields.email.kind.a", "is not known"),
    ("[CUSTOMER.fields.email]\nkind = { number = 1, lookup = 'X' }", "CUSTOMER.fields.email.kind", "exactly one of"),
    ("[CUSTOMER]\naccept = 'extensions:accept'", "CUSTOMER.accept", "extensions.py:accept_customer"),
    ("[CUSTOMER]\naccept = '../x.py:accept'", "CUSTOMER.accept", "cannot be '../x.py:accept'"),
    ("[CUSTOMER]\nfilters = { both = [] }", "CUSTOMER.filters.both", "There is bc, sales."),
    ("[CUSTOMER]\nnaturalKeys = [[]]", "CUSTOMER.naturalKeys[0]", "has 0 entries"),
    ("[aliases]\nplanets = {}", "aliases.planets", "There is countries."),
    ("[aliases]\ncountries = { X = 1 }", "aliases.countries.X", "must be a text"),
    ("[templates.X]", "templates.X.values", "is missing"),
    ("companies = 1", "companies", "must be a table"),
    ("[companies.X.customer]", "companies.X.customer", "cannot be called so"),
    ("[companies.X.CUSTOMER]\ncolour = 1", "companies.X.CUSTOMER.colour", "is not known"),
    ("[companies.X.CUSTOMER]\ncompanies = 'mine'", "companies.X.CUSTOMER.companies", "ownOrNone, own, any"),
    ("[companies.X.CUSTOMER.fields.shoeSize]\nbc = 'x'", "companies.X.CUSTOMER.fields.shoeSize", "shoeSize"),
    ("[companies.X.'NEW ONE']\nminutes = 5", "companies.X.NEW ONE", "there is no mapping NEW ONE"),
    (f"[CUSTOMER]\ncategory = '{'x' * 101}'", "CUSTOMER.category", "is 101 characters long"),
]

FIELDS = [
    ("fields.creditLimit.direction = 'both'\ndirection = 'toSales'", "fields.creditLimit.direction", "goes toSales only"),
    ("direction = 'toSales'\nfields.email.direction = 'fromSales'", "fields.email.direction", "is never used"),
    ("fields.email.bc = 'website'", "fields.email.bc", "is Couplet's own"),
    ("fields.email.kind = 'text'", "fields.email.kind", "add one of your own"),
    ("fields.x = { bc = 'fax', sales = 'description' }", "fields.x.bc", "no column fax in customers"),
    ("fields.x = { bc = 'email', sales = 'emailadress1' }", "fields.x.sales", "Did you mean emailaddress1"),
    ("fields.x = { sales = 'description' }", "fields.x.bc", "is missing"),
    ("fields.x = { bc = 'balanceDue', sales = 'revenue', direction = 'both' }", "fields.x.direction", "lets nobody write balanceDue"),
    ("fields.x = { bc = 'email', sales = 'address1_composite' }", "fields.x.direction", "lets nobody write address1_composite"),
    ("fields.x = { bc = 'creditLimit', sales = 'description' }", "fields.x.kind", "cannot be worked out"),
    ("fields.x = { bc = 'creditLimit', sales = 'description', kind = 'number' }", "fields.x.kind", "does not fit description"),
    ("fields.x = { bc = 'taxLiable', sales = 'industrycode' }", "fields.x.kind", "{ choice = {...} }"),
    ("fields.x = { bc = 'type', sales = 'industrycode', kind = { choice = { A = 1, B = 1 } } }", "fields.x.kind.choice", "lead back"),
    ("fields.x = { bc = 'email', sales = 'parentaccountid', kind = { lookup = 'CUSTOMMER' } }", "fields.x.kind", "Did you mean CUSTOMER"),
    ("fields.x = { bc = 'currencyId', sales = 'parentaccountid', kind = { lookup = 'CURRENCY' } }", "fields.x.sales", "does not point"),
    ("fields.x = { bc = 'currencyCode', sales = 'parentaccountid', kind = { lookup = 'CUSTOMER' } }", "fields.x.codes", "is missing"),
    (
        "fields.x = { bc = 'currencyCode', sales = 'parentaccountid', kind = { lookup = 'CUSTOMER' }, codes = 'x' }",
        "fields.x.codes",
        "no table x",
    ),
    ("fields.x = { bc = 'taxRegistrationNumber', sales = 'name', direction = 'toSales' }", "fields.x.sales", "displayName and x"),
    ("fields.city.direction = 'toSales'", "fields.addressLine1.direction", "the group address"),
    ("fields.x.enabled = false", "fields.x", "there is no such row"),
    ("fields.email = { clearOnFailure = true }", "fields.email.clearOnFailure", "lookups only"),
    ("fields.paymentTermsId = { clearOnFailure = true, notNull = true }", "fields.paymentTermsId.notNull", "cannot be together"),
    ("fields.currencyId.transform = ['trim']", "fields.currencyId.transform", "has no place"),
    ("fields.displayName.transform = ['upperCase']", "fields.displayName.transform", "rules for both directions"),
    ("fields.displayName.transform = { toSales = ['trim'] }", "fields.displayName.transform", "rules for both directions"),
    ("fields.number.transform = { fromSales = ['trim'] }", "fields.number.transform.fromSales", "does not travel that way"),
    ("fields.number.transform = [{ }]", "fields.number.transform[0]", "says no rule"),
    ("fields.number.transform = [{ prefix = 'A', with = 'B' }]", "fields.number.transform[0].with", "does not go with prefix"),
    ("fields.number.transform = [{ regex = '(' }]", "fields.number.transform[0]", "cannot be read"),
    ("fields.number.transform = [{ regex = '(a)', with = '\\2' }]", "fields.number.transform[0]", "cannot be read"),
    ("fields.number.transform = [{ regex = '(a+)+$' }]", "fields.number.transform[0]", "too complicated"),
    ("fields.number.transform = [{ match = '.*.*.*.*' }]", "fields.number.transform[0]", "too complicated"),
    ("fields.number.transform = [{ decimals = 2, mark = ',', thousands = ',' }]", "fields.number.transform[0].thousands", "the same"),
    ("fields.number.transform = [{ date = 'xx' }]", "fields.number.transform[0].date", "dd.MM.yyyy"),
    ("fields.number.transform = ['shout']", "fields.number.transform[0]", "cannot be 'shout'"),
]

TABLES = [
    ("bc = 'items'", "bc", "the tables of a mapping of Couplet stay"),
    ("needs = ['CUSTOMMER']", "needs[0]", "Did you mean CUSTOMER?"),
    ("needs = ['CONTACT']", "needs", "needs CUSTOMER"),
    ("naturalKeys = [['nummer']]", "naturalKeys[0]", "Did you mean number"),
    ("fields.number.enabled = false", "naturalKeys", "there is no field row number"),
    ("criteria = ['nummer']", "criteria[0]", "there is no field row nummer"),
    ("criteria = [{ field = 'email', priority = 0 }]", "criteria[0].priority", "from 1 to 99"),
    ("conflicts = { creditLimit = 'bcWins' }", "conflicts.creditLimit", "goes both ways"),
    ("direction = 'toSales'\ncreates = ['bc']", "creates", "does not go to Business Central"),
    ("minutes = 60\ninactivityTimeout = 30", "inactivityTimeout", "is shorter than the 60 minutes"),
    ("inactive.bc = { blokked = 'All' }", "inactive.bc.blokked", "Did you mean blocked"),
    ("filters.bc = ['city']", "filters.bc[0]", "is no filter"),
    ("filters.bc = ['city like X']", "filters.bc[0]", "is no filter"),
    ("filters.bc = ['town = X']", "filters.bc[0]", "no column town"),
    ("filters.bc = ['creditLimit = lots']", "filters.bc[0]", "Write a number"),
    ("filters.bc = ['creditLimit in 9..1']", "filters.bc[0]", "ends before it begins"),
    ("filters.bc = ['creditLimit in ..']", "filters.bc[0]", "neither beginning nor end"),
    ("filters.bc = ['taxLiable in true..false']", "filters.bc[0]", "knows no ranges"),
    ("filters.bc = ['taxLiable = maybe']", "filters.bc[0]", "Write true or false"),
    ("filters.bc = ['city = A, B']", "filters.bc[0]", "cannot be read"),
    ("filters.bc = ['city in A,']", "filters.bc[0]", "cannot be read"),
    ("filters.bc = ['lastModifiedDateTime >= soon']", "filters.bc[0]", "Write a moment"),
    ("filters.sales = ['_ownerid_value = me']", "filters.sales[0]", "Write an id"),
    (f"filters.bc = ['city in {', '.join(map(str, range(201)))}']", "filters.bc[0]", "lists 201 values"),
    ("constants.sales = { industry = 1 }", "constants.sales.industry", "Did you mean industrycode"),
    ("constants.sales = { industrycode = 'x' }", "constants.sales.industrycode", "a whole number"),
    ("constants.sales = { name = 'x' }", "constants.sales.name", "is written by the field row displayName"),
    ("constants.sales = { ownerid = 'x' }", "constants.sales.ownerid", "navigation property"),
    ("constants.sales = { 'ownerid@odata.bind' = '/teams(1)' }", "constants.sales.ownerid@odata.bind", "new rows only"),
    ("constants.sales = { 'x@odata.bind' = '/teams(1)' }", "constants.sales.x@odata.bind", "no navigation property x"),
    ("constants.sales = { createdon = 2026-01-31 }", "constants.sales.createdon", "lets nobody write createdon"),
    ("direction = 'fromSales'\nconstants.sales = { industrycode = 1 }", "constants.sales.industrycode", "does not go to Sales"),
    ("templates.bc = [{ }]", "templates.bc[0]", "needs either use or values"),
    ("templates.bc = [{ use = 'X', values = {} }]", "templates.bc[0]", "needs either use or values"),
    ("templates.bc = [{ values = { customerPostingGrup = 'X' } }]", "templates.bc[0].values.customerPostingGrup", "customerPostingGroup"),
    ("templates.bc = [{ values = {}, where = ['city = X'] }]", "templates.bc[0].where[0]", "Sales has no column city"),
    ("direction = 'toSales'\ntemplates.bc = [{ values = {} }]", "templates.bc", "makes no rows in Business Central"),
    ("accept = 'nowhere.py:accept'", "accept", "there is no file nowhere.py"),
]


def mistakes(text: str, folder: Path | None = None) -> dict[str, str]:
    """What is wrong with a file, by path."""
    overlay = read(text, (folder or Path()) / "mappings.toml")
    assert not overlay.mistakes or overlay.mappings is CATALOGUE
    found: dict[str, str] = {}
    for each in overlay.mistakes:
        found[each.path] = f"{found.get(each.path, '')} {each}".strip()
    return found


@pytest.mark.case("T736", "T776")
@pytest.mark.parametrize(("text", "path", "words"), STRUCTURE, ids=[path for _, path, _ in STRUCTURE])
def test_what_has_not_the_right_form(text: str, path: str, words: str) -> None:
    assert words in mistakes(text).get(path, f"no mistake at {path}: {mistakes(text)}")


@pytest.mark.case("T419", "T421", "T422", "T478", "T479", "T481", "T485")
@pytest.mark.feature("F039", "F047", "F048", "F049")
@pytest.mark.parametrize(("text", "path", "words"), FIELDS, ids=[text[:60] for text, _, _ in FIELDS])
def test_what_is_wrong_in_field_rows(text: str, path: str, words: str) -> None:
    found = mistakes(f"[CUSTOMER]\n{text}")
    assert words in found.get(f"CUSTOMER.{path}", f"no mistake at {path}: {found}")


@pytest.mark.feature("F048")
def test_a_row_that_is_offered_takes_part_when_the_file_enables_it() -> None:
    path, told = next(iter(mistakes("[SALESPEOPLE.fields]\njobTitle = { transform = ['trim'] }").items()))
    assert (path, "Add enabled = true" in told) == ("SALESPEOPLE.fields.jobTitle.enabled", True)
    enabled = read("[SALESPEOPLE.fields]\njobTitle.enabled = true\nemail2.enabled = false")
    assert not enabled.mistakes
    assert "jobTitle" in {unit.name for unit in enabled.mappings["SALESPEOPLE"].fields}
    assert "email2" not in {unit.name for unit in enabled.mappings["SALESPEOPLE"].fields}


@pytest.mark.parametrize(("text", "path", "words"), TABLES, ids=[text[:60] for text, _, _ in TABLES])
def test_what_is_wrong_in_tables(text: str, path: str, words: str) -> None:
    found = mistakes(f"[CUSTOMER]\n{text}")
    assert words in found.get(f"CUSTOMER.{path}", f"no mistake at {path}: {found}")


@pytest.mark.case("T022")
def test_an_unknown_template_is_found_before_anything_runs() -> None:
    [(path, told)] = mistakes("[templates.DOMESTIC]\nvalues = {}\n[[CUSTOMER.templates.bc]]\nuse = 'DOMESTICK'").items()
    assert path == "CUSTOMER.templates.bc[0].use" and "Did you mean DOMESTIC?" in told


@pytest.mark.case("T001", "T055", "T451")
def test_a_mapping_without_any_field_row_is_refused() -> None:
    rows = "\n".join(f"fields.{name}.enabled = false" for name in ("email", "displayName", "phoneNo"))
    assert "no field row is left" in mistakes(f"[SALESPEOPLE]\n{rows}\nnaturalKeys = []")["SALESPEOPLE.fields"]


@pytest.mark.parametrize("name", sorted(CATALOGUE))
def test_every_mapping_can_be_spoken_of(name: str) -> None:
    assert mistakes(f'["{name}"]\nconflict = "bcWins"') == {}, (
        "documents get most of their values when they are made, and have few rows, or none"
    )


@pytest.mark.case("T475", "T476", "T778")
@pytest.mark.parametrize(
    ("change", "path", "words"),
    [
        (('bc = "paymentMethods"', 'bc = "paymentMethod"'), "bc", "Did you mean paymentMethods"),
        (('bc = "paymentMethods"', 'bc = "own/app/v1.0/regions"'), "bc", "declare the columns of a table of your own"),
        (('bc = "paymentMethods"\n', ""), "bc", "is missing; there is no mapping PAYMENT METHOD to change"),
        (('naturalKeys = [["code"]]\n', ""), "naturalKeys", "by which an uncoupled partner is found"),
        (("contoso_code = { type", "contoso_number = { type"), "fields.code.sales", "no column contoso_code"),
        (('type = "String"', 'type = "Text"'), "columns.sales.contoso_code.type", "cannot be 'Text'"),
        (('sales = "contoso_paymentmethods"', 'sales = { table = "accounts", key = "id" }'), "sales", "the key of accounts is not id"),
        (('sales = "contoso_paymentmethods"', "sales = { key = 'x' }"), "sales.table", "is missing"),
        (('code = { bc = "code", sales', 'code = { bc = "kode", sales'), "fields.code.bc", "no column kode in paymentMethods"),
    ],
)
def test_what_is_wrong_in_a_pair_of_tables_of_ones_own(change: tuple[str, str], path: str, words: str) -> None:
    assert not mistakes(OWN)
    found = mistakes(OWN.replace(*change))
    assert words in found.get(f"PAYMENT METHOD.{path}", f"no mistake at {path}: {found}")


def test_two_mappings_whose_timers_would_have_one_name_are_refused() -> None:
    found = mistakes(OWN + OWN.replace("PAYMENT METHOD", "PAYMENT-METHOD"))
    assert "the name of its function" in found["PAYMENT-METHOD"]


@pytest.mark.parametrize(
    ("python", "words"),
    [
        ("def other(record): ...", "defines no function accept. Did you mean"),
        ("def accepts(record): ...", "Did you mean accepts?"),
        ("async def accept(record): ...", "async function"),
        ("def accept(): ...", "takes 0 arguments"),
        ("def accept(side, row): ...", "takes 2 arguments"),
        ("def accept(", "is no Python (line 1)"),
    ],
)
def test_functions_are_looked_for_without_being_run(python: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "extensions.py").write_text(f"{python}\n", encoding="utf-8")
    told = mistakes("[CUSTOMER]\naccept = 'extensions.py:accept'", tmp_path)["CUSTOMER.accept"]
    assert words.split(" Did", maxsplit=1)[0] in told


def test_what_a_file_does_at_its_top_is_not_done_by_the_check(tmp_path: Path) -> None:
    (tmp_path / "extensions.py").write_text("raise SystemExit(3)\ndef accept(record, extra=1): ...\n", encoding="utf-8")
    assert not mistakes("[CUSTOMER]\naccept = 'extensions.py:accept'", tmp_path)


def test_a_file_of_functions_is_loaded_once_and_at_its_first_use(tmp_path: Path) -> None:
    python = "from pathlib import Path\nPath(__file__).with_name('loads').touch(exist_ok=False)\ndef accept(record): return True\n"
    (tmp_path / "extensions.py").write_text(python, encoding="utf-8")
    mapping = read("[CUSTOMER]\naccept = 'extensions.py:accept'\n", tmp_path / "mappings.toml").mappings["CUSTOMER"]
    assert not (tmp_path / "loads").exists()
    assert [mapping.outside(Side.BC, {"blocked": ""}, World()) for _ in range(2)] == [None, None]


def test_files_that_cannot_be_read_at_all(tmp_path: Path) -> None:
    file = tmp_path / "mappings.toml"
    for content, words in (
        (b"[CUSTOMER", "is no TOML"),
        (b"\xff\xfe", "is not written in UTF-8"),
        (b"#" * (LARGEST + 1), "is larger than"),
    ):
        file.write_bytes(content)
        [mistake] = load(file).mistakes
        assert words in str(mistake)
    [missing] = load(tmp_path / "other.toml").mistakes
    assert "MAPPINGS_FILE" in missing.remedy
    assert load(tmp_path).mistakes


def test_all_mistakes_of_a_large_file_are_found_at_once() -> None:
    texts = [f"{text}" for text, _, _ in TABLES if "\n" not in text and not text.startswith(("filters", "constants", "templates"))]
    rows = "\n".join(f"fields.x{place} = {{ bc = 'nothing{place}', sales = 'nothing{place}' }}" for place in range(40))
    found = mistakes(f"[CUSTOMER]\n{rows}\n{texts[0]}\n[CONTACT]\nconflict = 'me'\n['ITEM-PRODUCT']\nneeds = ['X']")
    assert len(found) == 83
    assert {
        "CUSTOMER.fields.x0.bc",
        "CUSTOMER.fields.x39.sales",
        "CONTACT.conflict",
        "ITEM-PRODUCT.needs[0]",
        "CUSTOMER.bc",
    } <= found.keys()
