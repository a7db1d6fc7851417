"""Notes without HTML: what people see in Sales stands in BC as plain text, line by line (native: T523)."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mapping.markup import clean, dressed

PIECES = (
    "a",
    "b < c",
    "<b>",
    "</p>",
    "<br>",
    "&amp;",
    "&",
    "&lt;b&gt;",
    "<foo>",
    "\n",
    "  ",
    "\r\n",
    "<!--",
    "-->",
    '<a title="x>',
    "\t",
    "ß",
    "\xa0",
    "<svg onload=x>",
    "&copy",
    "</script >",
    "<script>",
)


@pytest.mark.case("T523")
@pytest.mark.parametrize(
    ("shown", "plain"),
    [
        ("Call before noon", "Call before noon"),
        ("<p>Call before <b>noon</b></p><p>Ask for Ada</p>", "Call before noon\nAsk for Ada"),
        ('<div class="ck-content" data-wrapper="true"><p style="margin:0">Fragile &amp; heavy</p></div>', "Fragile & heavy"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul>\n  <li>bolts</li>\n  <li>nuts</li>\n</ul>", "bolts\nnuts"),
        ("<p>a line\nof the source</p>", "a line of the source"),
        ("5 &lt; 6&nbsp;&#8364;", "5 < 6 €"),
        ("price < 5 and stock > 3, see <order 7>", "price < 5 and stock > 3, see <order 7>"),
        ("R&D at AT&T; see <foo@example.com>", "R&D at AT&T; see <foo@example.com>"),
        ("<style>p { color: red }</style><script>alert(1)</script><!-- no --><p>seen</p>", "seen"),
        ("  \r\n first \r\n\r\n second  ", "first\n\n second"),
        ("<script>alert(1)</script ><p>seen</p>", "seen"),
        ('<p><img src="data:image/png;base64,AAAA"></p>', ""),
    ],
)
def test_a_note_reads_in_bc_as_people_see_it_in_sales(shown: str, plain: str) -> None:
    assert clean(shown) == plain


def test_plain_text_goes_to_sales_as_it_is_and_what_looks_like_html_is_written_so_that_it_shows() -> None:
    assert dressed("Call before noon\nAsk for Ada") == "Call before noon\nAsk for Ada"
    assert dressed("write <b> here\n& now") == "write &lt;b&gt; here<br>&amp; now"


@pytest.mark.parametrize(
    "text",
    [
        "<svg onload=alert(1)>",
        "<iframe src=//evil.example></iframe>",
        '<img title="<" src=x onerror=alert(1)>',
        "<img src=x onerror=alert(1) //",
        "<x-own onclick=alert(1)>",
        "<!-- never closed",
        "see <ada@example.com>",
        "Adatum&copy 2026",
    ],
)
def test_nothing_that_somebody_writes_in_bc_is_a_tag_in_sales(text: str) -> None:
    assert "<" not in dressed(text)
    assert "&c" not in dressed(text)
    assert clean(dressed(text)) == text


@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join))
def test_what_is_written_to_sales_reads_back_as_the_same_note(text: str) -> None:
    plain = clean(text)
    assert clean(dressed(plain)) == plain


def test_a_malicious_note_takes_no_longer_than_others() -> None:
    begun = time.perf_counter()
    for piece in ('<a "', "<a '", "<p ", "<style>", "<!--", "&a", "< ", "\n"):
        clean(piece * (100_000 // len(piece)))
    assert time.perf_counter() - begun < 2
