"""A few outcomes that a reader can look at beside the figures of a model or a link."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from weaklink.report.page.bounded import bounded_name
from weaklink.report.page.edits import Piece, pieces
from weaklink.report.page.shown_outcomes import ShownOutcome
from weaklink.store import Status

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class ShownExample:
    """What was attacked, and what changed."""

    about: str
    pieces: Sequence[Piece]


class Examples:
    """The shortest successes among the outcomes of the page, one for each attack."""

    def __init__(self, outcomes: Iterable[ShownOutcome]) -> None:
        self._found: dict[str, dict[tuple[str, str, str], ShownOutcome]] = {}
        for one in outcomes:
            if one.outcome.status is Status.SUCCEEDED and one.replay is None:
                place = (one.outcome.attack, one.dataset, one.outcome.key.sample_id)
                self._found.setdefault(one.model, {}).setdefault(place, one)

    def of_model(self, model: str) -> list[ShownExample]:
        """Return successes against a model."""
        return [_example(one) for one in _shortest(self._found.get(model, {}).values())]

    def of_link(self, upstream: str, downstream: str) -> list[ShownExample]:
        """Return samples that fell on both ends of a link, as they fell on each."""
        above, below = self._found.get(upstream, {}), self._found.get(downstream, {})
        both = [one for place, one in above.items() if place in below]
        found = []
        for one in _shortest(both):
            place = (one.outcome.attack, one.dataset, one.outcome.key.sample_id)
            found += [_example(one), _example(below[place])]
        return found


def _shortest(outcomes: Iterable[ShownOutcome]) -> list[ShownOutcome]:
    """Return the outcome with the shortest text of each attack, the shortest of all first."""
    ordered = sorted(
        outcomes,
        key=lambda one: (
            len(one.outcome.original_text), one.outcome.key.sample_id, one.outcome.attack,
        ),
    )  # fmt: skip
    by_attack = {one.outcome.attack: one for one in reversed(ordered)}
    return list(by_attack.values())[::-1][:_SHOWN]


def _example(one: ShownOutcome) -> ShownExample:
    outcome = one.outcome
    labels = str(outcome.original_label), str(outcome.adversarial_label)
    attack, sample, before, after = map(
        bounded_name, (outcome.attack, outcome.key.sample_id, *labels)
    )
    return ShownExample(
        about=f"{attack} on {one.model}, {one.dataset} {sample}: {before} → {after}",
        pieces=pieces(outcome.original_text, outcome.adversarial_text or ""),
    )
