"""A study's page as a reader has it: cells with their links, marks of charts, and the outcomes."""

from __future__ import annotations

import base64
import gzip
import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs

_TOLD = ("status", "correct", "valid", "falls")
"""What the page tells of each outcome that its list can be filtered by."""


class Shown(NamedTuple):
    """An outcome in the page's list; ``upstream`` is where a replayed text was found."""

    dataset: str
    model: str
    attack: str
    sample: str
    repetition: int
    upstream: str | None = None


class Group(NamedTuple):
    """What outcomes have in common."""

    dataset: str
    model: str
    attack: str
    replayed: bool


@dataclass
class Cell:
    """What a cell of a table says, and where it leads."""

    text: str = ""
    href: str | None = None


@dataclass
class Page(HTMLParser):
    """A parsed page.

    Attributes:
        tables: Rows of cells by the table's id, without the heading.
        figures: What the marks of each chart say, by its caption.
        data: The outcomes, as ``report/page/browser.py`` packs them.
    """

    path: Path
    tables: dict[str, list[list[Cell]]] = field(default_factory=dict)
    figures: dict[str, list[str]] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    _inside: str = ""
    _table: str = ""
    _caption: str | None = None

    def __post_init__(self) -> None:
        super().__init__()
        self.feed(self.path.read_text(encoding="utf-8").replace("\u00a0", " "))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "table":
            self._table = str(given.get("id"))
            self.tables[self._table] = []
        elif tag == "tbody":
            self._inside = "tbody"
        elif self._inside == "tbody" and tag == "tr":
            self.tables[self._table].append([])
        elif self._inside == "tbody" and tag in {"th", "td"}:
            self.tables[self._table][-1].append(Cell())
        elif self._inside == "tbody" and tag == "a":
            self.tables[self._table][-1][-1].href = given["href"]
        elif tag == "figcaption" or given.get("id") == "data":
            self._inside = "data" if given.get("id") == "data" else tag
        elif tag == "path" and self._caption and given.get("role") == "graphics-symbol":
            self.figures[self._caption].append(str(given["aria-label"]))

    def handle_endtag(self, tag: str) -> None:
        if tag in {"tbody", "figcaption", "script"}:
            self._inside = ""
        elif tag == "figure":
            self._caption = None

    def handle_data(self, data: str) -> None:
        if self._inside == "tbody" and self.tables[self._table] and self.tables[self._table][-1]:
            self.tables[self._table][-1][-1].text += data.strip("\n")
        elif self._inside == "figcaption":
            self._caption = data
            self.figures[data] = []
        elif self._inside == "data":
            self.data = json.loads(gzip.decompress(base64.b64decode(data)))


class Outcomes:
    """The outcomes of a page, and the filter that a link into them is."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        names, columns = data["names"], data["columns"]
        wanted = ("dataset", "model", "attack", "sample", "repetition", "upstream")
        self._links = {
            name: (names["model"][up], names["model"][down])
            for name, (up, down) in zip(names["link"], data["links"], strict=True)
        }
        self._groups: defaultdict[Group, dict[Shown, dict[str, str | None]]] = defaultdict(dict)
        said = zip(*(_said(names[name], columns[name]) for name in _TOLD), strict=True)
        for d, m, a, s, r, u, told in zip(*(columns[name] for name in wanted), said, strict=True):
            group = Group(names["dataset"][d], names["model"][m], names["attack"][a], u >= 0)
            shown = Shown(*group[:3], names["sample"][s], r, names["model"][u] if u >= 0 else None)
            self._groups[group][shown] = dict(zip(_TOLD, told, strict=True))

    def behind(self, href: str) -> set[Shown]:
        """Return what the page shows when a link is followed."""
        asked = parse_qs(href.removeprefix("#outcomes?"))
        replays = asked.pop("kind", None) == ["replay"]
        links = [self._links[name] for name in asked.pop("link", ())]
        told = {name: asked.pop(name) for name in _TOLD if name in asked}
        return {
            shown
            for group, found in self._groups.items()
            if group.replayed == replays
            and all(getattr(group, name) in values for name, values in asked.items())
            for shown, said in found.items()
            if all(said[name] in values for name, values in told.items())
            and (not links or any(self._handed_down(shown, *link) for link in links))
        }

    def _handed_down(self, shown: Shown, upstream: str, downstream: str) -> bool:
        if shown.model != downstream or shown.upstream not in {None, upstream}:
            return False
        place = shown._replace(model=upstream, upstream=None)
        group = Group(shown.dataset, upstream, shown.attack, replayed=False)
        return self._groups.get(group, {}).get(place, {}).get("status") == "succeeded"


def _said(names: Sequence[str], numbers: Sequence[int]) -> Iterator[str | None]:
    return (names[number] if number >= 0 else None for number in numbers)
