"""The outcomes for the page's list: columns of numbers, and each text once.

An adversarial text is kept as the edits that make it of its original, so that tens of thousands
of long texts fit a page. The script puts them together for the outcomes that are looked at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from weaklink.measures.results import Results
from weaklink.report.page.edits import Edit, edits_of
from weaklink.report.page.shown_outcomes import ShownOutcome
from weaklink.report.visible_lines import visible_lines
from weaklink.report.written import number
from weaklink.store import Outcome, Status

Fact: TypeAlias = tuple[str, str]
"""A term and what it is."""

STATUSES = tuple(str(status) for status in Status)
NO_YES = ("no", "yes")
"""False and true, as filters name them."""
_NONE = -1
_TRUTHS = {None: _NONE, False: 0, True: 1}


@dataclass(slots=True)
class _Names:
    """Strings, each kept once and known by its number."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str | None) -> int:
        if not name:
            return _NONE
        return self.numbers.setdefault(visible_lines(name), len(self.numbers))


@dataclass(slots=True)
class _Strings:
    """All strings of the outcomes."""

    model: _Names = field(default_factory=_Names)
    attack: _Names = field(default_factory=_Names)
    dataset: _Names = field(default_factory=_Names)
    sample: _Names = field(default_factory=_Names)
    label: _Names = field(default_factory=_Names)
    text: _Names = field(default_factory=_Names)
    error: _Names = field(default_factory=_Names)
    more: dict[tuple[Fact, ...], int] = field(default_factory=dict)
    edits: list[Sequence[Edit]] = field(default_factory=list)
    places: dict[tuple[str, str], int] = field(default_factory=dict)


def columns(shown: Iterable[ShownOutcome], results: Results) -> dict[str, Any]:
    """Return the outcomes, a list for each property, and the names and texts that they refer to.

    ``results`` tells the attacks and the links.
    """
    known = _Strings()
    rows = [_row(one, known) for one in shown]
    links = [
        (known.model.number(link.upstream), known.model.number(link.downstream))
        for link in results.links
    ]
    return {
        "names": {
            "model": [*known.model.numbers], "attack": [*known.attack.numbers],
            "dataset": [*known.dataset.numbers], "sample": [*known.sample.numbers],
            "label": [*known.label.numbers],
            **_chosen_from(results),
        },
        "links": links,
        "texts": [*known.text.numbers],
        "errors": [*known.error.numbers],
        "more": [*known.more],
        "edits": known.edits,
        "columns": {name: [row[name] for row in rows] for name in _FIELDS},
    }  # fmt: skip


def names_alone(results: Results) -> dict[str, Any]:
    """Return the names that the list is filtered by, for a page that asks for its outcomes."""
    named = {"model": results.models, "attack": results.attacks, "dataset": results.datasets}
    shown = {name: [*map(visible_lines, values)] for name, values in named.items()}
    return {"names": shown | _chosen_from(results)}


def _chosen_from(results: Results) -> dict[str, Sequence[str]]:
    """Return what can be chosen of properties that outcomes have besides names."""
    return {
        "status": STATUSES,
        "correct": NO_YES,
        "valid": NO_YES,
        "falls": [str(count) for count in range(len(results.attacks) + 1)],
        "link": [visible_lines(link.name) for link in results.links],
    }


_FIELDS = (
    "model", "attack", "dataset", "sample", "repetition", "status", "upstream", "queries",
    "words", "changed", "similarity", "before", "after", "gold", "label", "became", "correct",
    "valid", "falls", "text", "edits", "error", "more",
)  # fmt: skip


def _row(one: ShownOutcome, known: _Strings) -> dict[str, int]:
    outcome, replay = one.outcome, one.replay
    return {
        "model": known.model.number(one.model),
        "attack": known.attack.number(replay.attack if replay else outcome.attack),
        "dataset": known.dataset.number(one.dataset),
        "sample": known.sample.number(outcome.key.sample_id),
        "repetition": replay.repetition if replay else outcome.key.repetition,
        "status": STATUSES.index(str(outcome.status)),
        "upstream": known.model.number(replay.upstream) if replay else _NONE,
        "queries": outcome.queries,
        "words": outcome.words,
        "changed": _NONE if outcome.words_changed is None else outcome.words_changed,
        "similarity": _per_mille(outcome.similarity),
        "before": _per_mille(outcome.original_probability),
        "after": _per_mille(outcome.adversarial_probability),
        "gold": known.label.number(outcome.gold_label),
        "label": known.label.number(outcome.original_label),
        "became": known.label.number(outcome.adversarial_label),
        "correct": _TRUTHS[outcome.correct],
        "valid": _TRUTHS[one.valid],
        "falls": _NONE if one.falls is None else one.falls,
        "text": known.text.numbers.setdefault(
            visible_lines(outcome.original_text), len(known.text.numbers)
        ),
        "edits": _edits(outcome, known),
        "error": known.error.number(outcome.error),
        "more": known.more.setdefault(tuple(_more(one)), len(known.more)),
    }


def _more(one: ShownOutcome) -> Iterator[Fact]:
    """Yield what else there is to say of an outcome."""
    outcome = one.outcome
    if outcome.text_before is not None:
        yield "first segment, not attacked", visible_lines(outcome.text_before)
    if outcome.text_after is not None:
        yield "second segment, not attacked", visible_lines(outcome.text_after)
    if outcome.perplexity_ratio is not None:
        before, after = outcome.original_perplexity, outcome.adversarial_perplexity
        ratio = number(outcome.perplexity_ratio)
        yield "perplexity", f"{number(before, 0)} → {number(after, 0)}, {ratio} times"
    if one.beyond:
        yield "out of bounds", ", ".join(one.beyond)
    for name, value in outcome.notes.items():
        yield visible_lines(name).replace("_", " "), number(value)
    if outcome.cut:
        yield "text", "cut by the model's maximum length"


def _edits(outcome: Outcome, known: _Strings) -> int:
    """Return the number of the outcome's edits, which are added where they are new."""
    if outcome.adversarial_text is None:
        return _NONE
    pair = (outcome.original_text, outcome.adversarial_text)
    if pair not in known.places:
        known.places[pair] = len(known.edits)
        known.edits.append(edits_of(*pair))
    return known.places[pair]


def _per_mille(value: float | None) -> int:
    return _NONE if value is None or not math.isfinite(value) else round(1000 * value)
