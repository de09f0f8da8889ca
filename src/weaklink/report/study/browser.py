"""The outcomes of a study for the page's browser: columns of numbers, and each text once.

An adversarial text is kept as the edits that make it of its original, so that tens of thousands
of long texts fit a page. The script puts them together for the outcomes that are looked at.
"""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from markupsafe import Markup

from weaklink.measures import valid
from weaklink.measures.results import StudyResults
from weaklink.report.lines import visible_lines
from weaklink.report.study.falls import attacks_fallen_to, sample_of
from weaklink.store import Outcome, Status
from weaklink.store.reading import Study
from weaklink.text import changed_words

Edit: TypeAlias = tuple[int, int, str]
"""Where a stretch of the original begins and ends, in UTF-16 units, and what stands there now."""

STATUSES = tuple(str(status) for status in Status)
_NO_YES = ("no", "yes")
_NONE = -1
_TRUTHS = {None: _NONE, False: 0, True: 1}


@dataclass(frozen=True, slots=True)
class Replayed:
    """A replay among the outcomes: the attack that found its texts, on which upstream."""

    attack: str
    upstream: str
    repetition: int


@dataclass(slots=True)
class _Names:
    """Strings, each kept once and known by its number."""

    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, name: str | None) -> int:
        if name is None:
            return _NONE
        return self.numbers.setdefault(visible_lines(name), len(self.numbers))


def packed_outcomes(study: Study, results: StudyResults) -> Markup:
    """Return the outcomes as JSON, compressed, in characters that are safe in any place of a page.

    Replays of samples that had no adversarial text are left out: nothing was replayed.
    """
    data = json.dumps(columns(study, results), separators=(",", ":")).encode()
    packed = base64.b64encode(gzip.compress(data, compresslevel=6, mtime=0)).decode("ascii")
    return Markup(packed)  # noqa: S704  base64


def columns(study: Study, results: StudyResults) -> dict[str, Any]:
    """Return the outcomes, a list for each property, and the names and texts that they refer to.

    ``results`` tells the bounds, the attacks and the links.
    """
    models, attacks, datasets, samples = _Names(), _Names(), _Names(), _Names()
    labels, texts, errors = _Names(), _Names(), _Names()
    names = {model.fingerprint: model.name for model in study.record.models}
    edits: list[Sequence[Edit]] = []
    places: dict[tuple[str, str], int] = {}
    rows, all_shown = [], [*shown(study)]
    made = (outcome for outcome, replay in all_shown if replay is None)
    falls = attacks_fallen_to(made, results.attacks)
    for outcome, replay in all_shown:
        rows.append(
            (
                models.number(names.get(outcome.key.victim_fingerprint, outcome.victim)),
                attacks.number(replay.attack if replay else outcome.attack),
                datasets.number(outcome.dataset),
                samples.number(outcome.key.sample_id),
                replay.repetition if replay else outcome.key.repetition,
                STATUSES.index(str(outcome.status)),
                models.number(replay.upstream) if replay else _NONE,
                outcome.queries,
                outcome.words,
                _NONE if outcome.words_changed is None else outcome.words_changed,
                _per_mille(outcome.similarity),
                _per_mille(outcome.original_probability),
                _per_mille(outcome.adversarial_probability),
                labels.number(outcome.gold_label),
                labels.number(outcome.original_label),
                labels.number(outcome.adversarial_label),
                _TRUTHS[outcome.correct],
                _TRUTHS[valid(outcome, results.bounds)],
                _NONE if replay else falls.get(sample_of(outcome), _NONE),
                texts.number(outcome.original_text),
                _edits(outcome, edits, places),
                errors.number(outcome.error),
            )
        )
    links = [
        (models.number(link.upstream), models.number(link.downstream)) for link in results.links
    ]
    fields = (
        "model", "attack", "dataset", "sample", "repetition", "status", "upstream", "queries",
        "words", "changed", "similarity", "before", "after", "gold", "label", "became", "correct",
        "valid", "falls", "text", "edits", "error",
    )  # fmt: skip
    return {
        "names": {
            "model": [*models.numbers], "attack": [*attacks.numbers],
            "dataset": [*datasets.numbers], "sample": [*samples.numbers],
            "label": [*labels.numbers],
            "status": STATUSES,
            "correct": _NO_YES, "valid": _NO_YES,
            "falls": [str(count) for count in range(len(results.attacks) + 1)],
            "link": [visible_lines(link.name) for link in results.links],
        },
        "links": links,
        "texts": [*texts.numbers],
        "errors": [*errors.numbers],
        "edits": edits,
        "columns": dict(zip(fields, map(list, zip(*rows, strict=True)), strict=True))
        if rows
        else {name: [] for name in fields},
    }  # fmt: skip


def shown(study: Study) -> Iterable[tuple[Outcome, Replayed | None]]:
    """Yield the outcomes of the study's campaigns, and of the replays that had a text to replay."""
    replays = {
        (entry.attack_fingerprint, entry.downstream): Replayed(
            entry.attack, entry.upstream, entry.repetition
        )
        for entry in study.record.replays
    }
    names = {model.fingerprint: model.name for model in study.record.models}
    replayed = {entry.attack_fingerprint for entry in study.record.replays}
    fell = {
        (names.get(o.key.victim_fingerprint), o.attack, o.dataset, o.key.sample_id,
         o.key.repetition)
        for o in study.outcomes
        if o.status is Status.SUCCEEDED and o.key.attack_fingerprint not in replayed
    }  # fmt: skip
    for outcome in study.outcomes:
        key = outcome.key
        if key.attack_fingerprint not in replayed:
            yield outcome, None
            continue
        replay = replays.get((key.attack_fingerprint, str(names.get(key.victim_fingerprint))))
        if replay is None:
            continue
        found = (replay.upstream, replay.attack, outcome.dataset, key.sample_id, replay.repetition)
        if found in fell:
            yield outcome, replay


def edits_of(original: str, adversarial: str) -> tuple[Edit, ...]:
    """Return what to put where in the visible original to have the visible adversarial text."""
    edits, position = [], 0
    for segment in changed_words(original, adversarial):
        before = visible_lines(segment.original)
        end = position + _units(before)
        if segment.changed:
            edits.append((position, end, visible_lines(segment.adversarial)))
        position = end
    return tuple(edits)


def _edits(
    outcome: Outcome, edits: list[Sequence[Edit]], places: dict[tuple[str, str], int]
) -> int:
    """Return the number of the outcome's edits, which are added where they are new."""
    if outcome.adversarial_text is None:
        return _NONE
    pair = (outcome.original_text, outcome.adversarial_text)
    if pair not in places:
        places[pair] = len(edits)
        edits.append(edits_of(*pair))
    return places[pair]


def _per_mille(value: float | None) -> int:
    return _NONE if value is None else round(1000 * value)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
