"""Everything about an audit that can go wrong before the first attack."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from weaklink.attacks.registry import configure, select
from weaklink.auditing.specification import Specification
from weaklink.engine import Armed, Target, remember_scores
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.resources import Dataset
from weaklink.resources.training_samples import read_training_samples
from weaklink.store import TrustWarning
from weaklink.victims import Differentiable, Victim, load_victim
from weaklink.victims.labels import align
from weaklink.victims.trust import check_trust

Role = Literal["upstream", "downstream", "single"]


def arm(spec: Specification) -> list[Armed]:
    """Return the attacks with their parameters.

    Raises:
        WeaklinkError: An attack or a parameter is unknown, or a value is not allowed.
    """
    attacks = select(spec.attacks)
    idle = set(spec.parameters) - {attack.name for attack in attacks}
    if idle:
        raise WeaklinkError(
            f"There are parameters for {', '.join(sorted(idle))}, which does not run.",
            "Name it among the attacks, or leave its parameters out.",
        )
    return [Armed(a, configure(a, spec.parameters.get(a.name, {}))) for a in attacks]


def load_victims(spec: Specification, progress: Progress) -> list[tuple[Role, Victim]]:
    """Load the upstream, where there is one, and the downstream.

    Raises:
        WeaklinkError: One cannot be loaded, or they are the same.
    """
    named: list[tuple[Role, str]] = [("single", spec.downstream)]
    if spec.upstream is not None:
        named = [("upstream", spec.upstream), ("downstream", spec.downstream)]
    victims = []
    for role, name in named:
        progress.begin(f"Loading {name}")
        victim = load_victim(
            name,
            device=spec.device,
            precision=spec.precision,
            allow_pickle=spec.allow_pickle,
            trust_remote_code=spec.trust_remote_code,
        )
        victims.append((role, victim))
    if len({victim.fingerprint for _, victim in victims}) < len(victims):
        raise WeaklinkError(
            f"{spec.upstream} and {spec.downstream} are the same model.",
            "Give the model that the downstream was fine-tuned from, or no upstream.",
        )
    return victims


def check_gradients(armed: Sequence[Armed], victim: Victim) -> None:
    """Refuse attacks that need gradients of a victim that has none.

    Raises:
        WeaklinkError: There is such an attack.
    """
    needy = [one.attack.name for one in armed if one.parameters.needs_gradients]
    if needy and not isinstance(victim, Differentiable):
        raise WeaklinkError(
            f"{victim.name} offers no gradients, and {', '.join(needy)} cannot do without.",
            "Leave that attack out, or give a transformers model.",
        )


def check_target(target: str | None, victim: Victim) -> None:
    """Refuse a target that the victim never answers.

    Raises:
        WeaklinkError: It is none of the victim's labels.
    """
    if target is not None and target not in victim.labels:
        raise WeaklinkError(
            f"{target!r} is no label of {victim.name}.",
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


def seen_in_training(spec: Specification) -> frozenset[str]:
    """Return digests of the texts not to draw: those that a victim says it was trained on."""
    if not spec.unseen:
        return frozenset()
    folders = [Path(name) for name in (spec.upstream, spec.downstream) if name is not None]
    return frozenset().union(*map(read_training_samples, folders))


def aim(victim: Victim, dataset: Dataset) -> Target:
    """Return the victim ready to be asked, with the data's labels in terms of its own."""
    return Target(victim, remember_scores(victim), align(dataset.labels, victim.labels))


def heed(
    target: Target, dataset: Dataset, spec: Specification, progress: Progress
) -> tuple[TrustWarning, ...]:
    """Score the samples and return the trust warnings.

    Raises:
        WeaklinkError: There are some, and the specification refuses them.
    """
    progress.begin(f"Checking {target.victim.name}")
    probabilities = target.scores.rows([sample.text for sample in dataset.samples])
    warnings = check_trust(target.victim, dataset, probabilities)
    if warnings and spec.refuse_warnings:
        raise WeaklinkError(
            f"{target.victim.name} is not to be trusted on {dataset.name}: {warnings[0].message}",
            "Mend it, or let the audit run with the warning.",
        )
    return warnings
