"""The victims of a campaign: loaded one at a time, and checked before any is attacked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset
from weaklink.engine import ConfiguredAttack, LoadedVictim, remember_scores
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import Encoder
from weaklink.models.runtimes import Portable
from weaklink.progress import Progress
from weaklink.victims import Differentiable, TrustWarning, Victim, check_trust, load_victim
from weaklink.victims.labels import align


class Victims:
    """Loads victims by name. One is in memory at a time: the last that was asked for.

    Args:
        spec: How they are to run.
        places: Folders of those that the campaign made.
        progress: Is told of each that is loaded.
    """

    def __init__(self, spec: Specification, places: Mapping[str, Path], progress: Progress) -> None:
        self._spec = spec
        self._places = places
        self._progress = progress
        self._name = ""
        self._victim: Victim | None = None
        self._fast = False
        self._on: tuple[Dataset, LoadedVictim] | None = None
        self._provided = dict[str, Callable[[], Victim]]()

    def provide(self, name: str, make: Callable[[], Victim]) -> None:
        """Let a name stand for a victim that a function makes."""
        self._provided[name] = make

    def load(self, name: str) -> Victim:
        """Return a victim.

        Raises:
            WeaklinkError: It cannot be loaded.
        """
        if self._victim is None or self._name != name:
            self._victim, self._on, self._fast = None, None, False
            self._progress.begin(f"Loading {name}")
            make = self._provided.get(name)
            self._victim = self._load(name) if make is None else make()
            self._name = name
        return self._victim

    def _load(self, name: str) -> Victim:
        return load_victim(
            name,
            place=self._places.get(name),
            device=self._spec.device,
            precision=self._spec.precision,
            allow_pickle=self._spec.allow_pickle,
            trust_remote_code=self._spec.trust_remote_code,
        )

    def quicken(self, name: str, dataset: Dataset) -> None:
        """Let the chosen runtime compute a victim.

        Raises:
            WeaklinkError: It cannot be loaded, or the runtime not be used.
        """
        victim = self.load(name)
        if not self._fast:
            quicken([victim], self._spec, dataset, self._progress)
            self._fast = True

    def on(self, name: str, dataset: Dataset) -> LoadedVictim:
        """Return a victim ready to be asked, with the data's labels in terms of its own.

        Raises:
            WeaklinkError: It cannot be loaded.
        """
        victim = self.load(name)
        if self._on is None or self._on[0] is not dataset:
            gold = align(dataset.labels, victim.labels)
            self._on = dataset, LoadedVictim(victim, remember_scores(victim), gold)
        return self._on[1]


def check_gradients(attacks: Sequence[ConfiguredAttack], victim: Victim) -> None:
    """Refuse attacks that need gradients of a victim that has none.

    Raises:
        WeaklinkError: There is such an attack.
    """
    needy = [one.attack.name for one in attacks if one.parameters.needs_gradients]
    if needy and not isinstance(victim, Differentiable):
        raise WeaklinkError(
            f"{victim.name} offers no gradients, and {', '.join(needy)} needs them.",
            "Leave that attack out, or give a transformers model.",
        )


def check_target(target: str | None, victim: Victim) -> None:
    """Refuse a target that the victim never answers.

    Raises:
        WeaklinkError: It is none of the victim's labels.
    """
    if target is not None and target not in victim.labels:
        raise WeaklinkError(
            f"{target!r} is not a label of {victim.name}.",
            f"Its labels are {', '.join(victim.labels)}.",
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
    victim: LoadedVictim, dataset: Dataset, spec: Specification, progress: Progress
) -> tuple[TrustWarning, ...]:
    """Score the samples and return the trust warnings.

    Raises:
        WeaklinkError: There are some, and the specification refuses them.
    """
    name = victim.victim.name
    progress.begin(f"Checking {name}")
    rows = victim.scores.rows([sample.text for sample in dataset.samples])
    warnings = check_trust(victim.victim, dataset, rows[:, : len(victim.victim.labels)])
    if warnings and spec.refuse_warnings:
        raise WeaklinkError(
            f"A trust check warns of {name} on {dataset.name}: {warnings[0].message}",
            "Fix the cause, or run without --refuse-warnings.",
        )
    return warnings


def quicken(
    models: Iterable[Victim | Encoder], spec: Specification, dataset: Dataset, progress: Progress
) -> None:
    """Use the chosen runtime for each model that supports runtimes.

    Raises:
        WeaklinkError: The runtime is not installed, or does not support a model's device.
    """
    texts = [sample.text for sample in dataset.samples]
    for model in models:
        if isinstance(model, Portable):
            progress.begin(f"Choosing a runtime for {model.name}")
            model.run_on(spec.runtime, texts)
