"""Notes as both systems keep them: plain text in BC, and in Sales text in which people's editors leave HTML (native: HTML removed).

A line stays a line: what Sales shows on a new line stands on one in BC. Only tags that HTML knows are taken for tags.
"""

from __future__ import annotations

import html
import re

BREAKS = re.compile(r"p|div|br|li|tr|h[1-6]|blockquote|pre|hr", re.IGNORECASE)
"""Tags at whose end a line ends; the others leave no trace."""

KNOWN = re.compile(
    r"p|div|br|li|tr|h[1-6]|blockquote|pre|hr|a|abbr|b|big|body|center|cite|code|col|colgroup|dd|del|dl|dt|em|figcaption|figure|font|"
    r"head|html|i|img|ins|kbd|label|mark|meta|o|ol|q|s|samp|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|"
    r"th|thead|title|tt|u|ul|var",
    re.IGNORECASE,
)
"""Tags that HTML knows, as far as editors of notes write them."""

_UNSEEN = re.compile(r"<(!--|style\b|script\b)", re.IGNORECASE)
_ENDS = {"!--": re.compile("-->"), **{name: re.compile(rf"</{name}\s*>", re.IGNORECASE) for name in ("style", "script")}}
_TAG = re.compile(r"""<(/?)([a-zA-Z][a-zA-Z0-9]*)(?:[\s/:](?:"[^"<]*"|'[^'<]*'|[^"'<>])*)?>""")
_TAKEN_FOR_A_TAG = re.compile("<[a-zA-Z/!?]")
"""What a browser takes for the beginning of a tag, known or not, closed or not (the tokenizer of HTML)."""

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});")


def clean(text: str) -> str:
    """A note without HTML: line breaks where its blocks end, entities decoded; plain text stays as it is."""
    return tidy(_plain(text) if _marked_up(text) else text)


def dressed(text: str) -> str:
    """Plain text as Sales keeps it: as it is, and as HTML only where a browser would take it for HTML otherwise; `clean` undoes it."""
    plain = tidy(text)
    shown_as_it_is = not _TAKEN_FOR_A_TAG.search(plain) and html.unescape(plain) == plain
    return plain if shown_as_it_is else html.escape(plain, quote=False).replace("\n", "<br>")


def _marked_up(text: str) -> bool:
    return any(_known(tag) for tag in _TAG.finditer(text)) or bool(_ENTITY.search(text)) or _seen(text) != text


def _known(tag: re.Match[str]) -> bool:
    return bool(KNOWN.fullmatch(tag[2]))


def _plain(text: str) -> str:
    """The text between the tags; in HTML a line break of the source is a blank."""
    pieces, place = [], 0
    seen = _seen(text)
    for tag in _TAG.finditer(seen):
        if _known(tag):
            pieces += [_words(seen[place : tag.start()]), _break(tag)]
            place = tag.end()
    return "".join([*pieces, _words(seen[place:])])


def _seen(text: str) -> str:
    """The text without comments, styles and scripts that come to an end."""
    pieces, place = [], 0
    endless: set[re.Pattern[str]] = set()
    for begins in _UNSEEN.finditer(text):
        ends = _ENDS[begins[1].lower()]
        if begins.start() < place or ends in endless:
            continue
        if found := ends.search(text, begins.end()):
            pieces.append(text[place : begins.start()])
            place = found.end()
        else:
            endless.add(ends)
    return "".join([*pieces, text[place:]])


def _words(between: str) -> str:
    if not between.strip() and "\n" in between:
        return ""
    return html.unescape(re.sub(r"\s*[\r\n]+\s*", " ", between))


def _break(tag: re.Match[str]) -> str:
    """A line ends where a block ends, and at a break; nothing at other tags."""
    ends = tag[2].lower() in ("br", "hr") if not tag[1] else tag[2].lower() != "br"
    return "\n" if ends and BREAKS.fullmatch(tag[2]) else ""


def tidy(text: str) -> str:
    """Lines without blanks at their ends, as one text without blank lines around it; a blank that does not break is one."""
    lines = re.sub(r"\r\n?", "\n", text.replace("\xa0", " ")).split("\n")
    return "\n".join(line.rstrip() for line in lines).strip()
