"""A model card as blocks of plain text with their links, in bounded time and memory.

Ids hide in links, code, tables and inline markup, so the body is read by a Markdown parser. Only
what lineage needs survives: the words, where links point, and what kind of block each text stood
in.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from html import unescape
from typing import Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from weaklink.guards.yaml_text import parse_yaml

Kind = Literal["heading", "prose", "row", "code"]

MAX_CARD = 100_000
MAX_LINE = 5_000
MAX_LINES = 8_000
MAX_FRONT_MATTER = 20_000
MAX_BRACKETS = 1_000
MAX_BLOCKS = 4_000

_FRONT_MATTER = re.compile(r"\A\ufeff?\s{0,100}---[ \t]*\n(.*?)\n---[ \t]*(?:\n|\Z)", re.DOTALL)
_BASE_MODEL_LINE = re.compile(
    r"^base_model[ \t]*:[ \t]*([^\n]*)((?:\n[ \t]*-[ \t]+[^\n]*)*)", re.MULTILINE
)
_RELATION_LINE = re.compile(r"^base_model_relation[ \t]*:[ \t]*(\w+)", re.MULTILINE)
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_RUNS = re.compile(r"([\[\]()<>*_`!&~\\])\1{30,}")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[a-zA-Z][\w:-]{0,30}+)(?P<rest>[^<>]{0,2000}+)>")
_HREF = re.compile(r"\bhref\s{0,9}=\s{0,9}(\"[^\"]*\"|'[^']*'|[^\s\"'>]{1,2000})", re.IGNORECASE)
_LONG_NUMBER = re.compile(r"&#x?[0-9a-f]{8,}", re.IGNORECASE)
_UNUSED = re.compile(r"[\ue000-\uf8ff\x00-\x08\x0b\x0c\x0e-\x1f]")


@dataclass(frozen=True, slots=True)
class CardLink:
    """A part of a block's text, and where it points."""

    start: int
    end: int
    target: str


@dataclass(frozen=True, slots=True)
class CardBlock:
    """A heading, a paragraph or list item, a table row (cells joined by " | "), or code."""

    kind: Kind
    text: str
    links: tuple[CardLink, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedCard:
    """What a card says: its declared bases, and its body."""

    base_models: tuple[str, ...]
    relation: str | None
    blocks: tuple[CardBlock, ...]


def flat(text: str) -> str:
    """Return text with one blank for each run of blanks and line breaks, as quotes are compared."""
    return " ".join(text.split())


def read_card(text: str) -> ParsedCard:
    """Parse a card; never raises, whatever the text.

    What lies beyond ``MAX_CARD`` characters or ``MAX_LINES`` lines, or in a line beyond
    ``MAX_LINE``, is not read.
    """
    text = _UNUSED.sub("", text[:MAX_CARD].replace("\r\n", "\n").replace("\r", "\n"))
    front, body = _split(text)
    base_models, relation = _declared(front[:MAX_FRONT_MATTER])
    return ParsedCard(base_models, relation, tuple(_blocks(body)))


def _split(text: str) -> tuple[str, str]:
    match = _FRONT_MATTER.match(text)
    return (match[1], text[match.end() :]) if match else ("", text)


def _declared(front: str) -> tuple[tuple[str, ...], str | None]:
    if "base_model" not in front:
        return (), None
    try:
        too_deep = front.count("[") + front.count("{") > MAX_BRACKETS
        fields = _by_line(front) if too_deep else parse_yaml(front)
    except ValueError:
        fields = _by_line(front)
    if not isinstance(fields, dict):
        return (), None
    bases, relation = fields.get("base_model"), fields.get("base_model_relation")
    listed = bases if isinstance(bases, list) else [bases]
    names = dict.fromkeys(b.strip() for b in listed if isinstance(b, str) and b.strip())
    return tuple(names), relation if isinstance(relation, str) else None


def _by_line(front: str) -> dict[str, object]:
    """Read the two fields of lineage from front matter that is not YAML."""
    base, relation = _BASE_MODEL_LINE.search(front), _RELATION_LINE.search(front)
    if not base:
        return {}
    listed = [base[1], *(line.strip().removeprefix("-") for line in base[2].split("\n"))]
    bases = [name.strip(" \t'\"") for name in listed]
    return {"base_model": bases, "base_model_relation": relation[1] if relation else None}


@cache
def _markdown() -> MarkdownIt:
    return MarkdownIt("commonmark", {"maxNesting": 20}).enable("table").disable("code")


def _blocks(body: str) -> Iterator[CardBlock]:
    body = _RUNS.sub(r"\1", _COMMENT.sub(" ", body))
    lines = (line[:MAX_LINE] for line in body.split("\n", MAX_LINES)[:MAX_LINES])
    tokens = _markdown().parse("\n".join(lines))
    for count, block in enumerate(_read(tokens)):
        if count == MAX_BLOCKS:
            return
        yield block


def _read(tokens: list[Token]) -> Iterator[CardBlock]:
    heading, row = False, _Row()
    for token in tokens:
        match token.type:
            case "heading_open" | "heading_close":
                heading = token.type == "heading_open"
            case "tr_open":
                row = _Row(open=True)
            case "tr_close":
                yield row.block()
                row = _Row()
            case "inline" if row.open:
                row.add(_inline(token, "row"))
            case "inline":
                yield _inline(token, "heading" if heading else "prose")
            case "fence":
                yield CardBlock("code", token.content)
            case "html_block":
                yield _html(token.content)


class _Row:
    """The cells of one table row, in the making."""

    def __init__(self, *, open: bool = False) -> None:  # noqa: A002 - reads as the token does
        self.open = open
        self._cells, self._links, self._length = list[str](), list[CardLink](), 0

    def add(self, cell: CardBlock) -> None:
        if not self._cells and not cell.text:
            return
        shift = self._length + 3 * bool(self._cells)
        self._links += [CardLink(k.start + shift, k.end + shift, k.target) for k in cell.links]
        self._cells.append(cell.text)
        self._length = shift + len(cell.text)

    def block(self) -> CardBlock:
        return CardBlock("row", " | ".join(self._cells), tuple(self._links))


def _inline(token: Token, kind: Kind) -> CardBlock:
    text, links, opened = "", list[CardLink](), list[tuple[int, str]]()
    for child in token.children or ():
        match child.type:
            case "text" | "code_inline":
                text += child.content
            case "softbreak" | "hardbreak":
                text += " "
            case "html_inline" if child.content.lower().startswith("<br"):
                text += " "
            case "link_open":
                opened.append((len(text), str(child.attrGet("href") or "")))
            case "link_close" if opened:
                start, target = opened.pop()
                links.append(CardLink(start, len(text), target))
    return CardBlock(kind, text, tuple(links))


def _html(source: str) -> CardBlock:
    """Read raw HTML by its tags alone, in linear time, which no parser of HTML promises."""
    parts, links, opened, length, end = list[str](), list[CardLink](), list[tuple[int, str]](), 0, 0
    for tag in _TAG.finditer(source):
        parts.append(_html_text(source[end : tag.start()]))
        length, end = length + len(parts[-1]), tag.end()
        if tag["name"].lower() != "a":
            continue
        if not tag["close"]:
            target = _HREF.search(tag["rest"])
            opened.append((length, unescape(target[1].strip("\"'")) if target else ""))
        elif opened:
            start, address = opened.pop()
            links.append(CardLink(start, length, address))
    return CardBlock("prose", "".join([*parts, _html_text(source[end:])]), tuple(links))


def _html_text(text: str) -> str:
    return unescape(_LONG_NUMBER.sub(" ", text).replace("\n", " "))
