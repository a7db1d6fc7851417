"""The guide's questions: addresses as people give them, answers of a file and of a person, and the parameter file that comes of them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.guide import asked
from infra.guide.addresses import corrected
from infra.guide.parameters import MAIN, written
from infra.guide.questions import Asker, Question, answers_of
from tests.infra.bicep import INFRA, Bicep
from tests.infra.test_bicep import known_settings

EVERY = (asked.TENANT, asked.SALES, asked.ENVIRONMENT, asked.COMPANIES, asked.CLIENT, *asked.BEFORE)
GIVEN = dict(
    zip(
        EVERY,
        (
            *("5b1f0c2e-7d34-4a6b-9c58-0e2f41a7d390", "https://contoso.crm4.dynamics.com", "Production", "O'Neill & Söhne;B"),
            *("c0a1e5ce-13d7-4f2a-8b66-9d0e77b3f512", "Europe/Berlin", "team", "priceLists", "false", "both", "yes", "", "prod"),
        ),
        strict=True,
    )
)


@pytest.mark.feature("F011")
@pytest.mark.case("T710", "T784", "T787")
@pytest.mark.parametrize(
    "given",
    [
        "https://contoso.crm4.dynamics.com",
        "https://contoso.crm4.dynamics.com/",
        "contoso.crm4.dynamics.com",
        "http://contoso.crm4.dynamics.com",
        "HTTPS://CONTOSO.CRM4.Dynamics.com",
        "  https://contoso.crm4.dynamics.com/main.aspx?appid=1#home ",
        "https://contoso.api.crm4.dynamics.com/api/data/v9.2/",
    ],
)
def test_an_address_is_brought_into_its_form(given: str) -> None:
    assert corrected(given) == "https://contoso.crm4.dynamics.com"


@pytest.mark.case("T703", "T782", "T785")
@pytest.mark.parametrize(
    "given",
    ["", "  ", "contoso", "https://", "ftp://contoso.crm4.dynamics.com", "https://a:b@contoso.crm4.dynamics.com", "https://example.com"],
)
def test_what_leads_to_no_organisation_is_refused_with_an_example(given: str) -> None:
    with pytest.raises(ValueError, match=r"such as https://contoso\.crm4\.dynamics\.com"):
        corrected(given)


def test_organisations_of_sovereign_clouds_and_the_sandbox_have_addresses_too() -> None:
    assert corrected("contoso.crm.microsoftdynamics.us/x") == "https://contoso.crm.microsoftdynamics.us"
    assert corrected("http://127.0.0.1:8080/api") == "http://127.0.0.1:8080"


def test_a_file_answers_a_person_what_it_leaves_open_and_the_usual_answer_is_taken_for_enter() -> None:
    typed: Iterator[str] = iter(["blue", "2", ""])
    said: list[str] = []
    asker = Asker({"first": "x"}, lambda prompt: next(typed), said.append)
    color = Question(name="color", asks="Which?", choices=("red", "green"))
    assert asker.answer(Question(name="first", asks="?")) == "x"
    assert asker.answer(color) == "green"
    assert said == ["  blue is none of red, green"], "a person is asked again"
    assert asker.answer(color, usual="red") == "red"


def test_where_nobody_can_be_asked_what_has_no_usual_answer_is_named() -> None:
    asker = Asker({"color": "blue"}, None, print)
    with pytest.raises(ValueError, match="shape is not answered"):
        asker.answer(Question(name="shape", asks="Round or square?"))
    with pytest.raises(ValueError, match="blue is none of red"):
        asker.answer(Question(name="color", asks="Which?", choices=("red",)))
    assert asker.answer(Question(name="size", asks="?", usual="small")) == "small"


def test_answers_of_a_file_may_be_lists_and_truths(tmp_path: Path) -> None:
    (tmp_path / "answers.toml").write_text('names = ["a", "b"]\nok = true\n', encoding="utf-8")
    asker = Asker(answers_of(tmp_path / "answers.toml"), None, print)
    assert asker.answer(Question(name="names", asks="?", many=True)) == "a;b"
    assert asker.yes(Question(name="ok", asks="?"))


def test_each_question_answers_a_setting_or_parameter_that_there_is() -> None:
    parameters, settings = Bicep(INFRA / "main.bicep").named("param"), known_settings()
    assert {question.parameter for question in EVERY if question.parameter} <= parameters.keys()
    assert {question.setting for question in EVERY if question.setting} <= settings.keys()
    needed = {name for name, each in parameters.items() if not each.optional}
    assert needed <= {question.parameter for question in EVERY}, "the file is enough to deploy"


def test_the_parameter_file_holds_the_answers_as_bicep_writes_them() -> None:
    text = written(asked.parameters_of(GIVEN), MAIN.parent)
    assert text.startswith("using 'main.bicep'\n")
    assert "param bcCompanies = ['O\\'Neill & Söhne', 'B']\n" in text
    assert "param nearRealTime = true\n" in text
    assert "alertEmails" not in text, "what is blank keeps its default"
    assert re.search(
        r"param settings = \{\n  OWNERSHIP: 'team'\n  PRICING: 'priceLists'\n  UNIT_GROUPS: 'false'\n  ORDERS: 'both'\n\}\n", text
    )


def test_orders_that_stay_as_they_are_switch_nothing() -> None:
    answers = {question: "none" if question.name == "orders" else given for question, given in GIVEN.items()}
    assert "ORDERS" not in asked.settings_of(answers)


def test_a_file_elsewhere_finds_the_template(tmp_path: Path) -> None:
    [using] = re.findall(r"using '(.*)'", written({}, tmp_path))
    assert (tmp_path / using).resolve() == MAIN


def test_no_text_can_get_out_of_its_quotes() -> None:
    assert written({"x": "a'b\\c${d}"}, MAIN.parent).partition("param x = ")[2].startswith("'a\\'b\\\\c\\${d}'\n")


PAGE = (INFRA.parent / "docs" / "guide.md").read_text(encoding="utf-8")
AFTER = [each for each in vars(asked).values() if isinstance(each, Question) and each not in EVERY]


def test_the_page_lists_every_question_and_no_other() -> None:
    listed = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(listed) == sorted([*(question.name for question in (*EVERY, *AFTER)), "salespeople"])


def test_the_answers_that_the_page_shows_can_be_used() -> None:
    [shown] = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    asker = Asker(tomllib.loads(shown), None, print)
    answers = {question: asker.answer(question) for question in EVERY}
    assert answers[asked.SALES] == "https://contoso.crm4.dynamics.com"
    assert asker.yes(asked.PREPARE)
    assert set(tomllib.loads(shown)) <= {question.name for question in (*EVERY, *AFTER)}
