"""Bases by the names that people call them: "multilingual BERT", "BERT base (uncased)", "BETO"."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

SIZES = frozenset(
    {"xsmall", "tiny", "mini", "small", "medium", "base", "large", "xl", "xlarge", "xxl", "xxlarge"}
)
CASINGS = frozenset({"cased", "uncased"})
VERSIONS = frozenset({"v1", "v2", "v3", "v02", "p1", "p2"})
OPEN = SIZES | CASINGS | VERSIONS

_NO_QUALIFIER = ("pretrained", "language", "transformer", "discriminator", "model", "lm")
_FILLER = rf"(?:(?:{'|'.join(_NO_QUALIFIER)})[\s(_-]{{1,3}}){{0,2}}"


@dataclass(frozen=True, slots=True)
class Family:
    """Bases that share a name, told apart by qualifying words.

    Attributes:
        words: Its names, in lower case with single blanks.
        type: The model type in the configuration.
        variants: The words that qualify each, and its id.
        default: What the name alone stands for, if it stands for one.
        links: Web pages other than the Hub's that stand for it, without the scheme.
        general: Whether the name is also an architecture's: then "for Japanese" means another.
        own: Qualifying words that mean nothing new next to its name, as "French" of CamemBERT.
    """

    words: tuple[str, ...]
    type: str
    variants: tuple[tuple[frozenset[str], str], ...] = ()
    default: str | None = None
    links: tuple[str, ...] = ()
    general: bool = False
    own: frozenset[str] = frozenset()

    def ids(self) -> list[str]:
        """Return every id of the family."""
        return [*(i for _, i in self.variants), *([self.default] if self.default else [])]

    def named(self, said: frozenset[str], hints: frozenset[str] = frozenset()) -> str | None:
        """Return the one member that agrees with the words said, or None.

        ``hints`` (words of the downstream's own name) only break a tie that sizes, casings and
        versions left.
        """
        said -= self.own
        agreeing = [(v, i) for v, i in self.variants if said <= v and v - OPEN <= said]
        if len(agreeing) > 1 and hints:
            agreeing = [(v, i) for v, i in agreeing if (v & OPEN) - said <= hints] or agreeing
        agreeing = [(v, i) for v, i in agreeing if v == said] or agreeing
        if len(agreeing) == 1 and (said or not self.default):
            return agreeing[0][1]
        known = frozenset[str]().union(*(v for v, _ in self.variants))
        if self.default and said <= CASINGS | {"base"} and not said & known:
            return self.default
        return self.default if self.default in {i for _, i in agreeing} else None


@dataclass(frozen=True, slots=True)
class NamedFamily:
    """A family found in a text, with the qualifying words that stood around it."""

    start: int
    end: int
    family: Family
    said: frozenset[str]


@dataclass(frozen=True)
class Families:
    """The table of well-known bases.

    Args:
        families: The families.
        qualifiers: Words that, next to a family's name, mean another model than the plain one.
    """

    families: tuple[Family, ...]
    qualifiers: frozenset[str]
    _pattern: re.Pattern[str] = field(init=False, repr=False)
    _language: re.Pattern[str] = field(init=False, repr=False)
    _by_word: dict[str, Family] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        by_word = {word: family for family in self.families for word in family.words}
        said = {q for f in self.families for v, _ in f.variants for q in v}
        qualifier = rf"(?:{_alternatives(said | OPEN | self.qualifiers)})"
        pattern = re.compile(
            rf"(?<![\w/@.-])(?P<before>(?:{qualifier}[\s,_()-]{{1,3}}){{0,3}})"
            rf"(?P<word>{_alternatives(by_word)})"
            rf"(?P<after>(?:[\s,_()-]{{1,3}}{_FILLER}{qualifier}(?![a-z0-9])){{0,4}})"
            r"(?:_discriminator)?(?![\w/@]|-\w)",
            re.IGNORECASE,
        )
        languages = "|".join(sorted(self.qualifiers))
        language = rf"(?:\W{{1,3}}\w+){{0,2}}? (?:for|in|of) (?:the )?({languages})\b"
        object.__setattr__(self, "_language", re.compile(language, re.IGNORECASE))
        object.__setattr__(self, "_by_word", by_word)
        object.__setattr__(self, "_pattern", pattern)

    def find(self, text: str) -> Iterator[NamedFamily]:
        """Yield the families named in ``text``, in order."""
        for match in self._pattern.finditer(text):
            before, after = _words(match["before"]), _words(match["after"])
            word = " ".join(re.split(r"[\s_-]+", match["word"].lower()))
            for first in range(len(before) + 1):
                if family := self._by_word.get(" ".join([*before[first:], word])):
                    said = frozenset([*before[:first], *after])
                    if family.general and (language := self._language.match(text, match.end())):
                        said |= {language[1].lower()}
                    yield NamedFamily(match.start(), match.end(), family, said)
                    break

    def means(self, name: str) -> str | None:
        """Return the member that ``name`` calls: None if it leaves it open, "" if it calls none."""
        for named in self.find(name):
            if (named.start, named.end) == (0, len(name)):
                return named.family.named(named.said)
        return ""

    def linked(self, target: str) -> Family | None:
        """Return the family that a web page stands for."""
        page = re.sub(r"^https?://(?:www\.)?", "", target.lower()).rstrip("/")
        for family in self.families:
            if any(page == link or page.startswith(f"{link}/") for link in family.links):
                return family
        return None


def _words(text: str) -> list[str]:
    return [w for w in re.findall(r"[^\s,_()-]+", text.lower()) if w not in _NO_QUALIFIER]


def _alternatives(words: frozenset[str] | set[str] | dict[str, Family]) -> str:
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"[\s_-]") for word in longest_first)


@cache
def well_known() -> Families:
    """Read the table that ships with weaklink."""
    source = files("weaklink.lineage").joinpath("families.toml").read_text(encoding="utf-8")
    table = tomllib.loads(source)
    families = tuple(_family(entry) for entry in table["family"])
    return Families(families, frozenset(table["qualifiers"]))


def _family(entry: dict[str, Any]) -> Family:
    variants = entry.get("variants", {})
    return Family(
        words=tuple(entry["words"]),
        type=entry["type"],
        variants=tuple((frozenset(said.split()), model) for said, model in variants.items()),
        default=entry.get("default"),
        links=tuple(entry.get("links", ())),
        general=entry.get("general", False),
        own=frozenset(entry.get("own", "").split()),
    )
