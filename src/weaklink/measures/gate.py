"""Bounds on figures, so that a campaign can fail a build.

A bound is compared with the whole 95 % interval of a figure, not with its point estimate: a few
samples neither pass nor fail a gate by chance more often than the interval is wrong. Each figure is
judged alone, so of many true figures at their bound, one in forty fails.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias

from weaklink.errors import WeaklinkError, instead
from weaklink.measures.results import GateJudgement, Results, State
from weaklink.measures.statistics.estimate import Estimate

Policy: TypeAlias = Literal["fail", "pass"]
"""What an undecided figure counts as."""
Side: TypeAlias = Literal["over", "under"]

_OF_CHAINS = ("delta", "sample_transfer", "text_transfer")
OF_DEFENCES = ("asr_adaptive", "asr_oblivious")
"""``asr_all`` of an attacker who knows a defence, and of one who attacks the bare model."""
_OF_REPLAYS = ("text_transfer", "asr_oblivious")
"""Rates of texts that were found on one model and are tried on another."""
_MEASURES: dict[Side, tuple[str, ...]] = {
    "over": ("asr_all", "asr_correct", "asr_valid", *_OF_CHAINS, *OF_DEFENCES),
    "under": ("robust_accuracy",),
}
_OLDER = {"transfer_rate": "sample_transfer"}
"""Names of version 0.1.0."""
ANY = "any"
"""Stands for an attack where all of them are tried: ``any.robust_accuracy`` is the worst case."""
FROM_BASELINE = "asr_all above the baseline's"
"""What a margin bounds: the rate less that of another run."""
_ROUNDING = 1e-9
"""Ends of intervals are known no better."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a bound says of one figure; ``figure`` is None where nothing was measured."""

    bound: Bound
    model: str
    attack: str
    dataset: str
    figure: Estimate | None
    evasion: bool = False
    """Whether every asr of the campaign is an evasion rate."""

    @property
    def state(self) -> State:
        """Failed or passed where the whole interval is on one side of the bound.

        Undecided where the bound is inside the interval, and unknown without a figure.
        """
        return state_of_figure(self.figure, self.bound.limit, self.bound.side)

    @property
    def is_decided(self) -> bool:
        """Whether the bound is kept or broken beyond doubt."""
        return self.state in ("passed", "failed")

    @property
    def place(self) -> str:
        """The figure that is judged."""
        measure = f"{self.bound.measure}{self.kind}"
        return f"{measure} of {self.model} under {self.attack} on {self.dataset}"

    @property
    def kind(self) -> str:
        """What stands behind the measure where it is an evasion rate."""
        return " (evasion)" if self.evasion and self.bound.measure.startswith("asr") else ""

    @property
    def sentence(self) -> str:
        """The figure, its interval and how the bound stands to them."""
        limit = f"the bound of {self.bound.limit:g}"
        if self.figure is None:
            return (
                f"{self.place} is unknown: no attempt counts. There is nothing to hold to {limit}."
            )
        found = self.figure
        said = (
            f"{self.place} is {found.value:.3f} "
            f"(95 % interval {found.low:.3f} to {found.high:.3f}, n={found.n})"
        )
        away = "above" if self.bound.side == "over" else "below"
        return {
            "failed": f"{said}, {away} {limit}.",
            "passed": f"{said}, not {away} {limit}.",
        }.get(self.state, f"{said}; {limit} is inside the interval.")

    @property
    def entry(self) -> GateJudgement:
        """As results keep it."""
        return GateJudgement(
            gate=str(self.bound),
            measure=self.bound.measure,
            side=self.bound.side,
            limit=self.bound.limit,
            model=self.model,
            attack=self.attack,
            dataset=self.dataset,
            estimate=self.figure,
            state=self.state,
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """The highest or the lowest value that a measure may have.

    Attributes:
        measure: The figure.
        limit: The value.
        attack: The only attack that is judged; None: each; ``ANY``: all together.
        side: Whether a figure over or one under the limit fails.
    """

    measure: str
    limit: float
    attack: str | None = None
    side: Side = "over"

    def __str__(self) -> str:
        """As it stands on the command line."""
        if self.measure == FROM_BASELINE:
            return f"--margin {self.limit:g}"
        attack = "" if self.attack is None else f"{self.attack}."
        return f"--fail-{self.side} {attack}{self.measure}={self.limit:g}"

    @property
    def needs_chain(self) -> bool:
        """Whether the measure compares a downstream with its upstream."""
        return self.measure in _OF_CHAINS

    @property
    def needs_replays(self) -> bool:
        """Whether the measure is one of texts that are tried on another model."""
        return self.measure in _OF_REPLAYS

    def check(
        self, attacks: Iterable[str], *, chain: bool, defended: bool, replays: bool = True
    ) -> None:
        """Raise if a campaign cannot have the figure.

        Args:
            attacks: Those of the campaign.
            chain: Whether a model of it has an upstream.
            defended: Whether a model of it has a defence.
            replays: Whether texts that are found are tried on other models.

        Raises:
            WeaklinkError: The measure needs a chain, a defence or replays and there is none, or the
                attack is not there.
        """
        if self.measure in OF_DEFENCES and not defended:
            raise WeaklinkError(
                f"{self.measure} needs a model with a defence, and the campaign has none.",
                "Give one with --guard or --hardened-model, or bound another figure.",
            )
        if self.needs_chain and not chain:
            raise WeaklinkError(
                f"{self.measure} needs an upstream, and the campaign has none.",
                "Give one with --upstream, or bound another figure.",
            )
        if self.needs_replays and not replays:
            raise WeaklinkError(
                f"{self.measure} needs texts that are tried on another model, and "
                "--no-text-transfer leaves that out.",
                "Leave out --no-text-transfer, or bound another figure.",
            )
        known = [*attacks, *([ANY] if self.measure in _MEASURES["under"] else [])]
        if self.attack is not None and self.attack not in known:
            raise WeaklinkError(
                f"{self} names an attack that the campaign does not make.",
                instead(self.attack, known, "Name one of:"),
            )

    def judge(self, results: Results) -> list[Judgement]:
        """Judge every figure of the audited models.

        Raises:
            WeaklinkError: The campaign cannot have the figure; see ``check``.
        """
        self.check(results.attacks, chain=bool(results.links), defended=bool(results.defences))
        return [
            Judgement(self, *place, figure, results.goal.kind == "evasion")
            for place, figure in self._figures(results)
            if self.attack in (None, place[1])
        ]

    def _figures(self, results: Results) -> Iterator[tuple[tuple[str, str, str], Estimate | None]]:
        if self.measure in OF_DEFENCES:
            yield from self._of_defences(results)
            return
        if self.needs_chain:
            known = {
                (one.upstream, one.downstream, one.attack, one.dataset): getattr(one, self.measure)
                for one in results.link_scenarios
                if one.subset == "all"
            }
            for link, attack, dataset in product(results.links, results.attacks, results.datasets):
                figure = known.get((link.upstream, link.downstream, attack, dataset))
                yield (link.downstream, attack, dataset), figure
            return
        audited = set(results.audited)
        if self.attack == ANY:
            for worst in results.worst:
                if worst.model in audited and worst.dataset is not None:
                    yield (worst.model, ANY, worst.dataset), worst.robust_accuracy
            return
        for one in results.scenarios:
            if one.model in audited:
                yield (one.model, one.attack, one.dataset), getattr(one, self.measure)

    def _of_defences(
        self, results: Results
    ) -> Iterator[tuple[tuple[str, str, str], Estimate | None]]:
        for one in results.defences:
            for found in one.scenarios:
                both = found.figures.asr_all
                adaptive = None if both is None else both.after
                oblivious = found.figures.asr_oblivious
                figure = adaptive if self.measure == "asr_adaptive" else oblivious
                yield (one.defended, found.attack, found.dataset), figure


def state_of_figure(figure: Estimate | None, limit: float, side: Side = "over") -> State:
    """Return how the 95 % interval of a figure stands to a limit.

    >>> state_of_figure(Estimate(value=0.2, low=0.1, high=0.4, n=20), 0.3)
    'undecided'

    Args:
        figure: The figure; None: there is none.
        limit: The value.
        side: Whether a figure over or one under the limit fails.
    """
    if figure is None:
        return "unknown"
    low, high = figure.low, figure.high
    if side == "under":
        low, high, limit = -high, -low, -limit
    if low > limit + _ROUNDING:
        return "failed"
    return "passed" if high <= limit + _ROUNDING else "undecided"


def state_of_gate(states: Iterable[State], undecided: Policy | None = None) -> State | None:
    """Return what becomes of a whole gate; None where it judges nothing.

    >>> state_of_gate(["passed", "undecided", "unknown"])
    'unknown'
    >>> state_of_gate(["passed", "undecided"], undecided="pass")
    'passed'

    Args:
        states: What is said of each figure. Failed outranks unknown, which outranks undecided.
        undecided: What an undecided figure counts as; None: as itself.
    """
    counted: dict[Policy | None, State] = {"fail": "failed", "pass": "passed"}
    settled = counted.get(undecided, "undecided")
    found = {settled if state == "undecided" else state for state in states}
    order: tuple[State, ...] = ("failed", "unknown", "undecided", "passed")
    return next((state for state in order if state in found), None)


def judged(
    results: Results, judgements: Sequence[Judgement], undecided: Policy | None = None
) -> Results:
    """Return the figures together with what gates say of them; see ``Results.gate_state``."""
    states = [one.state for one in judgements]
    if results.stopped is not None and not results.stopped.samples:
        states.append("unknown")
    return results.model_copy(
        update={
            "gate_state": state_of_gate(states, undecided),
            "judgements": tuple(one.entry for one in judgements),
        }
    )


def ungated(results: Results) -> Results:
    """Return the figures without what gates say of them."""
    return results.model_copy(update={"gate_state": None, "judgements": ()})


def parse_bound(text: str, side: Side = "over") -> Bound:
    """Read a bound such as ``asr_correct=0.5`` or ``pwws.asr_correct=0.5``.

    >>> parse_bound("pwws.asr_correct=0.5")
    Bound(measure='asr_correct', limit=0.5, attack='pwws', side='over')

    Args:
        text: A figure, with or without an attack before it, and a number.
        side: Whether figures over it or under it fail.

    Raises:
        WeaklinkError: It names no measure that can be bounded on this side, or no number that it
            can have.
    """
    named, _, number = (part.strip() for part in text.partition("="))
    attack, _, measure = named.rpartition(".")
    measure = _OLDER.get(measure, measure)
    known = _MEASURES[side]
    if measure not in known:
        option = f"--fail-{side}"
        raise WeaklinkError(
            f"{measure!r} is not a figure that can be bounded by {option}.",
            instead(measure, known, f"Give a bound such as {known[0]}=0.5, on one of:"),
        )
    lowest = -1.0 if measure == "delta" else 0.0
    try:
        limit = float(number)
    except ValueError:
        limit = float("nan")
    if not lowest <= limit <= 1:
        raise WeaklinkError(
            f"{number!r} is not a bound for {measure}.",
            f"Give a number from {lowest:g} to 1, such as {measure}=0.5.",
        )
    return Bound(measure, limit, attack or None, side)
