"""The victims of a campaign: loaded one at a time, and checked before any is attacked."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from weaklink.campaigns.prepare.operating import OperatingPoints
from weaklink.campaigns.prepare.remote import guided_attacks, left_out
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset
from weaklink.defences.guard import GuardedVictim
from weaklink.engine import ConfiguredAttack, LoadedVictim, remember_scores
from weaklink.errors import WeaklinkError, instead
from weaklink.measures.defences.false_alarms import false_alarms
from weaklink.models.encoder import Encoder
from weaklink.models.runtimes import Portable, Precision
from weaklink.progress import Progress
from weaklink.victims import Differentiable, TrustWarning, Victim, check_trust, load_victim
from weaklink.victims.label_order import check_label_order
from weaklink.victims.labels import align
from weaklink.victims.operating_point import at_point, bare_of, point_of
from weaklink.victims.remote.trust import check_remote

_TRIED_IN_TIME = 16
"""Samples that runtimes are compared on where time is bounded; a run compares them on its own."""

IN_BLOCKS = 3
"""Victims in memory at a time in a campaign that goes block by block: a link and a reference."""


@dataclass
class _Held:
    """A victim in memory, whether its runtime was chosen, and the data that it is ready for."""

    victim: Victim
    fast: bool = False
    on: tuple[Dataset, LoadedVictim] | None = None


class Victims:
    """Loads victims by name. The last that were asked for stay in memory: one, or a few.

    Args:
        spec: How they are to run.
        places: Folders of those that the campaign made.
        progress: Is told of each that is loaded.
        answers: File of the answers of remote victims, where the specification names none.

    Attributes:
        places: Folders of those that the campaign made.
        provided: Functions that make victims, by the names that stand for them.
    """

    def __init__(
        self,
        spec: Specification,
        places: Mapping[str, Path],
        progress: Progress,
        answers: Path | None = None,
    ) -> None:
        self._spec = spec
        self.places = places
        self._remote = spec.remote(answers)
        self._progress = progress
        self._room = IN_BLOCKS if spec.in_blocks else 1
        self._held = dict[str, _Held]()
        self._made = dict[str, Victim]()
        self._points = OperatingPoints(spec, progress)
        self.provided = dict[str, Callable[[], Victim]]()

    def provide(self, name: str, make: Callable[[], Victim]) -> None:
        """Let a name stand for a victim that a function makes, once."""
        self.provided[name] = make

    def load(self, name: str) -> Victim:
        """Return a victim.

        Raises:
            WeaklinkError: It cannot be loaded.
        """
        return self._hold(name).victim

    def _hold(self, name: str) -> _Held:
        """Return a victim in memory, for which the one that was asked for longest ago goes."""
        held = self._held.pop(name, None)
        if held is None:
            self._make_room()
            self._progress.begin(f"Loading {name}")
            bare = self._make(name) if name in self.provided else self.load_bare(name)
            held = _Held(self.at_point(bare))
        self._held[name] = held
        return held

    def _make_room(self) -> None:
        """Let go of a victim if need be. It is in a cycle with its memory of scores."""
        if len(self._held) >= self._room:
            del self._held[next(iter(self._held))]
            gc.collect()

    def _make(self, name: str) -> Victim:
        if name not in self._made:
            self._made[name] = self.provided[name]()
        return self._made[name]

    def load_bare(self, name: str, precision: Precision | None = None) -> Victim:
        """Load a victim of its own, which is not kept.

        Args:
            name: Its name.
            precision: What it computes in; None: what the specification says.

        Raises:
            WeaklinkError: It cannot be loaded.
        """
        return load_victim(
            name,
            place=self.places.get(name),
            device=self._spec.device,
            precision=precision or self._spec.precision,
            allow_pickle=self._spec.allow_pickle,
            trust_remote_code=self._spec.trust_remote_code,
            read_as=self._spec.read_as,
            function_timeout=self._spec.function_timeout,
            remote=self._remote,
        )

    def at_point(self, victim: Victim) -> Victim:
        """Return a bare victim at the operating point of the specification, if it has one.

        A guarded victim is returned as it is: the model behind the guard has the point.

        Raises:
            WeaklinkError: No threshold can be set for it.
        """
        point = None if isinstance(victim, GuardedVictim) else self._points.of(victim)
        return victim if point is None else at_point(victim, point)

    def quicken(self, name: str, dataset: Dataset) -> None:
        """Let the chosen runtime compute a victim.

        Raises:
            WeaklinkError: It cannot be loaded, or the runtime not be used.
        """
        held = self._hold(name)
        if not held.fast:
            quicken([held.victim], self._spec, dataset, self._progress)
            held.fast = True

    def on(self, name: str, dataset: Dataset) -> LoadedVictim:
        """Return a victim ready to be asked, with the data's labels in terms of its own.

        Raises:
            WeaklinkError: It cannot be loaded.
        """
        held = self._hold(name)
        if held.on is None or held.on[0] is not dataset:
            gold = align(dataset.labels, held.victim.labels)
            held.on = dataset, LoadedVictim(held.victim, remember_scores(held.victim), gold)
        return held.on[1]


def check_gradients(attacks: Sequence[ConfiguredAttack], victim: Victim) -> None:
    """Refuse attacks that need gradients of a victim that has none.

    Raises:
        WeaklinkError: There is such an attack.
    """
    needy = [one.attack.name for one in attacks if one.parameters.needs_gradients]
    if needy and not isinstance(victim, Differentiable):
        why = victim.details.get("no_gradients", "")
        raise WeaklinkError(
            f"{victim.name} offers no gradients{f' ({why})' * bool(why)}, and {', '.join(needy)} "
            "needs them.",
            "Leave that attack out, or give a transformers model that offers them.",
        )


def check_target(target: str | None, victim: Victim) -> None:
    """Refuse a target that the victim never answers.

    Raises:
        WeaklinkError: It is none of the victim's labels.
    """
    if target is not None and target not in victim.labels:
        raise WeaklinkError(
            f"{target!r} is not a label of {victim.name}.",
            instead(target, victim.labels, "Its labels are"),
        )


def check_labels(dataset: Dataset, victim: Victim) -> None:
    """Refuse data with more labels than the victim tells apart.

    Raises:
        WeaklinkError: It has more.
    """
    if len(dataset.labels) > len(victim.labels):
        raise WeaklinkError(
            f"{dataset.name} has labels {', '.join(dataset.labels)}, and {victim.name} knows only "
            f"{', '.join(victim.labels)}.",
            "Give data with labels that the model knows.",
        )


def trust_warnings(
    victim: LoadedVictim,
    dataset: Dataset,
    attacks: Iterable[ConfiguredAttack],
    spec: Specification,
    progress: Progress,
) -> tuple[TrustWarning, ...]:
    """Score the samples and return the trust warnings.

    Raises:
        WeaklinkError: There are some, and the specification refuses them.
    """
    name = victim.victim.name
    progress.begin(f"Checking {name}")
    texts = [sample.text for sample in dataset.samples]
    rows = victim.scores.rows(texts)
    guided, left = guided_attacks(spec, attacks), left_out(spec)
    probabilities = rows[:, : len(victim.victim.labels)]
    warnings = (
        *check_trust(victim.victim, dataset, probabilities, targeted=spec.target is not None),
        *check_label_order(victim.victim, dataset, probabilities),
        *check_remote(bare_of(victim.victim), texts, guided, left),
    )
    if warnings and spec.refuse_warnings:
        raise WeaklinkError(
            f"A trust check warns of {name} on {dataset.name}: {warnings[0].message}",
            "Fix the cause, or run without --refuse-warnings.",
        )
    notices = (TrustWarning(check="data", message=notice) for notice in dataset.notices)
    return (*warnings, *notices, *_evasion(spec), *_operating(victim.victim))


def _evasion(spec: Specification) -> Iterable[TrustWarning]:
    """Say what rates mean where only samples of one label are attacked."""
    if spec.source is not None:
        reached = "any other label" if spec.target is None else spec.target
        yield TrustWarning(
            check="evasion-rates",
            message=f"Only samples that the model gives {spec.source} are attacked, and a success "
            f"is one that it gives {reached}. Every asr is an evasion rate: the share of those "
            "samples that get past it.",
        )


def _operating(victim: Victim) -> Iterable[TrustWarning]:
    """Say at which point a victim operates, and what that costs in false alarms."""
    point = point_of(victim)
    if point is None:
        return
    told = f"A text counts as {point.label} from a probability of {point.threshold!r} up"
    rate = false_alarms(point)
    if point.benign is None or rate is None:
        cost = ". How many benign texts that flags was not measured (--false-alarms, --calibrate)."
    else:
        texts, flagged = f"{point.benign.texts:,}", f"{point.benign.flagged:,}"
        cost = (
            f", the lowest threshold that flags at most {point.benign.allowed:.3g} of the {texts} "
            f"benign texts of {point.benign.source}. It flags {flagged}: a false-alarm rate of "
            f"{rate.value:.2%} (95 % interval {rate.low:.2%} to {rate.high:.2%}, n={texts})."
        )
    yield TrustWarning(check="operating-point", message=told + cost)


def quicken(
    models: Iterable[Victim | Encoder], spec: Specification, dataset: Dataset, progress: Progress
) -> None:
    """Use the chosen runtime for each model that supports runtimes.

    Raises:
        WeaklinkError: The runtime is not installed, or does not support a model's device.
    """
    most = None if spec.max_minutes is None else _TRIED_IN_TIME
    texts = [sample.text for sample in dataset.samples[:most]]
    for model in models:
        if isinstance(model, Portable):
            progress.begin(f"Choosing a runtime for {model.name}")
            model.run_on(spec.runtime, texts)
