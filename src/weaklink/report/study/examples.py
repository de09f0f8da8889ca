"""A few outcomes that a reader can look at beside the figures of a model or a chain."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weaklink.report.browser import Piece, pieces
from weaklink.store import Outcome, Status
from weaklink.store.reading import Study

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Example:
    """What was attacked, and what changed."""

    about: str
    pieces: Sequence[Piece]


class Examples:
    """The shortest successes of a study, one for each attack."""

    def __init__(self, study: Study) -> None:
        names = {model.fingerprint: model.name for model in study.record.models}
        replayed = {entry.attack_fingerprint for entry in study.record.replays}
        self._found: dict[str, dict[tuple[str, str, str], Outcome]] = {}
        for outcome in study.outcomes:
            key = outcome.key
            if outcome.status is Status.SUCCEEDED and key.attack_fingerprint not in replayed:
                place = (outcome.attack, outcome.dataset, key.sample_id)
                model = names.get(key.victim_fingerprint, outcome.victim)
                self._found.setdefault(model, {}).setdefault(place, outcome)

    def of_model(self, model: str) -> list[Example]:
        """Return successes against a model."""
        return [_example(o, model) for o in _shortest(self._found.get(model, {}).values())]

    def of_link(self, upstream: str, downstream: str) -> list[Example]:
        """Return samples that fell on both ends of a link, as they fell on each."""
        above, below = self._found.get(upstream, {}), self._found.get(downstream, {})
        both = [outcome for place, outcome in above.items() if place in below]
        found = []
        for outcome in _shortest(both):
            place = (outcome.attack, outcome.dataset, outcome.key.sample_id)
            found += [_example(outcome, upstream), _example(below[place], downstream)]
        return found


def _shortest(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcome with the shortest text of each attack, the shortest of all first."""
    ordered = sorted(outcomes, key=lambda o: (len(o.original_text), o.key.sample_id, o.attack))
    return list({outcome.attack: outcome for outcome in reversed(ordered)}.values())[::-1][:_SHOWN]


def _example(outcome: Outcome, model: str) -> Example:
    before, after = outcome.original_label, outcome.adversarial_label
    return Example(
        about=f"{outcome.attack} on {model}, {outcome.dataset} {outcome.key.sample_id}: "
        f"{before} → {after}",
        pieces=pieces(outcome.original_text, outcome.adversarial_text or ""),
    )
