"""All outcomes of a run as a list that is filtered here and read page by page.

What outcomes are filtered and sorted by is read from the store once and kept in columns of numbers;
a text is kept once, for searches. An outcome that is looked at is read from the store.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self
from urllib.parse import parse_qs

import polars as pl

from weaklink.measures.quality import CORRECT, valid
from weaklink.measures.results import Results
from weaklink.report.page.bounded import bounded
from weaklink.report.page.browser import NO_YES, columns
from weaklink.report.page.shown_outcomes import placed_outcomes, shown_outcomes
from weaklink.report.visible_lines import visible_lines
from weaklink.store import Status
from weaklink.store.studies import Study

PAGE = 100
"""Outcomes of a page."""
NAMED = ("model", "attack", "dataset", "status")
"""What is known by names; the list has them as numbers in the order of the names."""
SORTED_BY = (*NAMED, "sample", "queries", "changed", "similarity")
_CHOSEN = (*NAMED, "correct", "valid", "falls", "link")
_ENDS = ("above", "model")
_TEXTS = ("original_text", "adversarial_text")
_PLACE = ("attack", "dataset", "sample", "repetition")
_REMEMBERED = 8
"""Filters whose outcomes are kept, so that the next page is there at once."""
_READ = (
    "gold_index", "original_index", "queries", "words", "words_changed", "similarity",
    "original_perplexity", "adversarial_perplexity", *_TEXTS,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """Which outcomes are wanted, in which order.

    Attributes:
        chosen: The values that each property may have; properties that are not named may have any.
        replays: Whether replays are wanted, in place of attacks.
        text: Letters that a text has, in any case, or the whole id of a sample; empty: any.
        by: One of ``SORTED_BY``; empty: the order of the campaign.
        down: Whether the highest comes first.
    """

    chosen: tuple[tuple[str, tuple[str, ...]], ...] = ()
    replays: bool = False
    text: str = ""
    by: str = ""
    down: bool = False

    @classmethod
    def read(cls, query: str) -> Self:
        """Return what the query of an address asks for; what it does not know is left out."""
        told = parse_qs(query)
        by, text = told.get("by", [""])[0], told.get("text", [""])[0]
        return cls(
            tuple((name, tuple(told[name])) for name in _CHOSEN if name in told),
            replays="replay" in told.get("kind", ()),
            text=text.strip().lower(),
            by=by if by in SORTED_BY else "",
            down="down" in told,
        )


class OutcomeList:
    """The outcomes of a run.

    Args:
        study: What was run.
        results: Its figures.
    """

    def __init__(self, study: Study, results: Results) -> None:
        self._study, self._results = bounded(study, results)
        self._links = {
            visible_lines(one.name): (visible_lines(one.upstream), visible_lines(one.downstream))
            for one in self._results.links
        }
        placed = placed_outcomes(self._study, self._results, _READ, _made(self._results))
        self._texts = {name: _Texts(placed[name]) for name in _TEXTS}
        self._placed = placed.drop(_TEXTS)
        self._names, self._rows = _numbered(self._placed)
        self._found = lru_cache(_REMEMBERED)(self._find)

    def page(self, asked: Asked, first: int) -> dict[str, Any]:
        """Return ``PAGE`` of the wanted outcomes, and how many there are.

        Args:
            asked: Which are wanted.
            first: How many of them come before this page.
        """
        found, succeeded = self._found(asked)
        rows = self._rows[found[first : first + PAGE]]
        named = {name: names.gather(rows[name]) for name, names in self._names.items()}
        rows = rows.select("number", "queries", "words", "changed", "similarity")
        return {
            "total": int((self._rows["is_replay"] == asked.replays).sum()),
            "found": len(found),
            "succeeded": succeeded,
            "first": first,
            "rows": rows.with_columns(**named).to_dicts(),
        }

    def outcome(self, number: int) -> dict[str, Any]:
        """Return an outcome as the page of a report has it, by its number in the list.

        Raises:
            IndexError: There is no such outcome.
        """
        chosen = self._placed[number : number + 1]
        if number < 0 or chosen.is_empty():
            raise IndexError(number)
        return columns(shown_outcomes(self._study, chosen, self._results.bounds), self._results)

    def _find(self, asked: Asked) -> tuple[pl.Series, int]:
        """Return the numbers of the wanted outcomes in their order, and how many succeeded."""
        wanted: list[pl.Expr | pl.Series] = [pl.col("is_replay") == asked.replays]
        wanted += [self._matches(name, values) for name, values in asked.chosen]
        if asked.text:
            wanted.append(self._says(asked.text))
        kept = self._rows.filter(*wanted)
        if asked.by:
            kept = kept.sort(asked.by, descending=asked.down, maintain_order=True)
        return kept["number"], int(kept["succeeded"].sum())

    def _matches(self, name: str, values: Sequence[str]) -> pl.Expr:
        if name == "link":
            return pl.col("number").is_in(self._handed_down(values).implode())
        if name in NAMED:
            return pl.col(name).is_in([*self._numbers(name, values)])
        if name == "falls":
            return pl.col(name).is_in([int(value) for value in values if value.isdecimal()])
        return pl.col(name).is_in([value == NO_YES[1] for value in values if value in NO_YES])

    def _numbers(self, name: str, values: Iterable[str]) -> Iterator[int]:
        for value in values:
            found = self._names[name].index_of(value)
            if found is not None:
                yield found

    def _handed_down(self, links: Sequence[str]) -> pl.Series:
        """Return the outcomes against the downstream of a link whose upstream fell alike."""
        ends = [self._links[name] for name in links if name in self._links]
        pairs = [tuple(self._numbers("model", pair)) for pair in ends]
        asked = pl.DataFrame(
            [pair for pair in pairs if len(pair) == len(_ENDS)],
            dict.fromkeys(_ENDS, pl.UInt32), orient="row",
        ).unique()  # fmt: skip
        fell = self._rows.filter(~pl.col("is_replay"), "succeeded")
        fell = fell.select(pl.col("model").alias("above"), *_PLACE)
        tried = self._rows.select("number", "model", "upstream", "is_replay", *_PLACE)
        tried = tried.join(asked, on="model")
        own = tried.filter(~pl.col("is_replay")).join(fell, on=["above", *_PLACE], how="semi")
        replayed = tried.filter(pl.col("is_replay"), pl.col("upstream") == pl.col("above"))
        return pl.concat([own["number"], replayed["number"]])

    def _says(self, text: str) -> pl.Series:
        """Return whether one of an outcome's texts has some letters, or its sample is called so."""
        found = self._rows["sample"].is_in([*self._numbers("sample", [text])])
        for texts in self._texts.values():
            found |= texts.have(text)
        return found


class _Texts:
    """The texts of outcomes, each kept once, with small letters.

    Args:
        texts: One for each outcome; null where it has none.
    """

    def __init__(self, texts: pl.Series) -> None:
        each = texts.unique(maintain_order=True).drop_nulls()
        shown = pl.Series(each.name, [*map(visible_lines, each)], pl.String)
        self._each = shown.str.to_lowercase()
        self._numbers = texts.replace_strict(
            each, pl.int_range(len(each), eager=True), default=None
        )

    def have(self, letters: str) -> pl.Series:
        """Return whether each outcome has a text with some letters."""
        found = self._each.str.contains(letters, literal=True)
        return found.gather(self._numbers).fill_null(value=False)


def _made(results: Results) -> list[pl.Expr]:
    """Return what the list shows and is filtered by, from the columns of outcomes."""
    similarity = pl.when(pl.col("similarity").is_finite()).then(1000 * pl.col("similarity"))
    return [
        CORRECT.alias("correct"),
        valid(results.bounds).alias("valid"),
        pl.col("words_changed").fill_null(-1).alias("changed"),
        similarity.round().fill_null(-1).cast(pl.Int64).alias("similarity"),
        *map(pl.col, ("queries", "words", *_TEXTS)),
    ]


def _numbered(placed: pl.DataFrame) -> tuple[Mapping[str, pl.Series], pl.DataFrame]:
    """Return the names, and the outcomes with the numbers of names in place of them.

    Names stand in the order of letters, samples in the order that they come in.
    """
    columns = {name: placed[name].cast(pl.String) for name in (*NAMED, "upstream", "sample_id")}
    known = {name: _names(columns[name]).sort() for name in NAMED}
    known["model"] = _names(pl.concat([columns["model"], columns["upstream"]])).sort()
    known["sample"] = _names(columns["sample_id"])
    made = {name: _number(columns[name], known[name]) for name in NAMED}
    rows = placed.select(
        pl.int_range(pl.len()).alias("number"),
        pl.coalesce("found_in", "repetition").alias("repetition"),
        (pl.col("status") == str(Status.SUCCEEDED)).alias("succeeded"),
        pl.when(~pl.col("is_replay")).then(pl.col("falls")).alias("falls"),
        "is_replay", "correct", "valid", "queries", "words", "changed", "similarity",
        upstream=_number(columns["upstream"], known["model"]),
        sample=_number(columns["sample_id"], known["sample"]),
        **made,
    )  # fmt: skip
    return known, rows


def _names(column: pl.Series) -> pl.Series:
    """Return the names of a column as they are shown, each once, in the order they come in."""
    each = column.unique(maintain_order=True).drop_nulls()
    shown = dict.fromkeys(map(visible_lines, each))
    return pl.Series([*shown], dtype=pl.String)


def _number(column: pl.Series, known: pl.Series) -> pl.Series:
    places = {name: place for place, name in enumerate(known)}
    each = column.unique().drop_nulls()
    numbers = pl.Series([places[visible_lines(one)] for one in each], dtype=pl.UInt32)
    return column.replace_strict(each, numbers, default=None)
