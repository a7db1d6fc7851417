"""Normal forms: what people type differently and mean the same (rule A1)."""

from __future__ import annotations

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mapping.criteria import Criterion, by_priority, from_natural_keys
from mapping.normal import DIALLING, Form, normal

pytestmark = pytest.mark.rule("A1")

LETTERS = st.text(string.ascii_letters + string.digits + "äöüéèñåø", min_size=1, max_size=20)
SEPARATORS = st.text(" .,-&/()", min_size=1, max_size=3)
DIGITS = st.text(string.digits, min_size=5, max_size=12).filter(lambda text: not text.startswith("0"))

ALIKE = [
    (Form.TEXT, "Adler & Söhne GmbH", "ADLER + SÖHNE, gmbh"),
    (Form.TEXT, "Ｂüro １", "büro 1"),
    (Form.CODE, " knd-0815 ", "KND-0815"),
    (Form.EMAIL, "Ada@Example.com", " ada@example.COM"),
    (Form.EMAIL, "ada@example.com; office@example.com", "office@example.com"),
    (Form.PHONE, "+49 (0)40 / 123-456", "0049 40 123456"),
    (Form.PHONE, "040 123456", "(040) 12 34 56"),
    (Form.VAT, "DE 123.456.789", "de123456789"),
    (Form.WEB, "https://www.Adler.example/", "adler.example"),
    (Form.WEB, "http://adler.example:80/shop/", "HTTPS://ADLER.example/shop"),
]

DIFFERENT = [
    (Form.TEXT, "Adler Nord", "Adler Süd"),
    (Form.CODE, "10-0", "100"),
    (Form.EMAIL, "ada@example.com", "ada@example.org"),
    (Form.PHONE, "+49 40 123456", "040 123456"),
    (Form.PHONE, "+49 40 123456", "+43 40 123456"),
    (Form.VAT, "DE123456789", "AT123456789"),
    (Form.WEB, "shop.adler.example", "adler.example"),
    (Form.WEB, "adler.example/a", "adler.example/b"),
    (Form.NUMBER, "1", "10"),
]

BLANK = [(form, value) for form in Form for value in (None, "")] + [
    (Form.PHONE, "- 12"),
    (Form.NUMBER, "0"),
    (Form.VAT, "--"),
    (Form.EMAIL, ";"),
]


@pytest.mark.parametrize(("form", "one", "other"), ALIKE)
def test_what_means_the_same_has_a_form_in_common(form: Form, one: str, other: str) -> None:
    assert normal(form, one) & normal(form, other)


@pytest.mark.parametrize(("form", "one", "other"), DIFFERENT)
def test_what_does_not_mean_the_same_has_none(form: Form, one: str, other: str) -> None:
    assert normal(form, one) and normal(form, other)
    assert not normal(form, one) & normal(form, other)


@pytest.mark.parametrize(("form", "value"), BLANK)
def test_a_blank_agrees_with_nothing(form: Form, value: str | None) -> None:
    assert normal(form, value) == frozenset()


def test_a_phone_number_dialled_inside_the_country_is_the_international_one_only_where_the_row_says_the_country() -> None:
    inside, international = normal(Form.PHONE, "040 123456", country="DE"), normal(Form.PHONE, "+49 40 123456")
    assert inside & international
    assert not normal(Form.PHONE, "040 123456", country="AT") & international


def test_a_vat_number_without_its_letters_is_the_same_where_the_row_says_the_country() -> None:
    assert normal(Form.VAT, "123456789", country="DE") & normal(Form.VAT, "DE123456789")
    assert normal(Form.VAT, "123456789", country="GR") & normal(Form.VAT, "EL 123456789")
    assert not normal(Form.VAT, "123456789") & normal(Form.VAT, "DE123456789")


@given(LETTERS, st.sampled_from(list(Form)))
def test_case_matters_only_where_it_was_asked_for(value: str, form: Form) -> None:
    assert normal(form, value.upper()) == normal(form, value.lower())
    if form in (Form.TEXT, Form.CODE, Form.EMAIL) and value.upper() != value.lower():
        assert not normal(form, value.upper(), case_sensitive=True) & normal(form, value.lower(), case_sensitive=True)


@given(st.lists(LETTERS, min_size=1, max_size=4), SEPARATORS, SEPARATORS)
def test_blanks_and_punctuation_in_names_do_not_matter(words: list[str], one: str, other: str) -> None:
    assert normal(Form.TEXT, one.join(words)) == normal(Form.TEXT, other.join(words))


@given(DIGITS, st.sampled_from(sorted(DIALLING)))
def test_all_ways_to_write_a_phone_number_meet(digits: str, country: str) -> None:
    calling, trunk = DIALLING[country]
    written = [f"+{calling} {digits}", f"00{calling}-{digits}", f"+{calling}({digits[:2]}){digits[2:]}"]
    assert len({normal(Form.PHONE, each) for each in written}) == 1
    if trunk == "0":
        assert normal(Form.PHONE, f"0{digits}", country=country) & normal(Form.PHONE, written[0])


@example("´", Form.EMAIL, None, False)
@example("A´", Form.TEXT, None, True)
@given(st.text(max_size=30), st.sampled_from(list(Form)), st.sampled_from([None, "DE", "US", "XX"]), st.booleans())
def test_a_normal_form_is_its_own_normal_form(value: str, form: Form, country: str | None, sensitive: bool) -> None:
    for found in normal(form, value, country=country, case_sensitive=sensitive):
        again = normal(form, found, country=country, case_sensitive=sensitive)
        assert not again or found in again


def test_priorities_are_tried_in_their_order_and_a_mapping_without_criteria_uses_its_natural_keys() -> None:
    keys = from_natural_keys((("number",), ("displayName", "postalCode")))
    assert [[one.field for one in group] for group in by_priority(keys)] == [["number"], ["displayName", "postalCode"]]
    given_order = [Criterion(field="b", priority=7), Criterion(field="a", priority=2), Criterion(field="c", priority=7)]
    assert [[one.field for one in group] for group in by_priority(given_order)] == [["a"], ["b", "c"]]
