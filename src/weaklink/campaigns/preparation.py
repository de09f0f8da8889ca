"""Everything about an audit or a study that can go wrong before the first attack."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from weaklink.attacks import Lexicon
from weaklink.attacks.registry import configure, select
from weaklink.campaigns.digests import load_resources
from weaklink.data import Dataset
from weaklink.data.training_samples import read_training_samples
from weaklink.engine import Armed, Models, Settings, Target, remember_scores
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import Encoder
from weaklink.models.runtimes import Portable
from weaklink.progress import Progress
from weaklink.victims import Differentiable, TrustWarning, Victim, check_trust, load_victim
from weaklink.victims.labels import align


def arm(settings: Settings) -> list[Armed]:
    """Return the attacks with their parameters.

    Raises:
        WeaklinkError: An attack or a parameter is unknown, or a value is not allowed.
    """
    attacks = select(settings.attacks)
    idle = set(settings.parameters) - {attack.name for attack in attacks}
    if idle:
        raise WeaklinkError(
            f"There are parameters for {', '.join(sorted(idle))}, which does not run.",
            "Name it among the attacks, or leave its parameters out.",
        )
    return [Armed(a, configure(a, settings.parameters.get(a.name, {}))) for a in attacks]


def load(
    name: str, settings: Settings, progress: Progress, *, place: str | Path | None = None
) -> Victim:
    """Load a victim.

    Args:
        name: What it is called, and where it is unless ``place`` says otherwise.
        settings: How it is to run.
        progress: Is told of it.
        place: A local folder.

    Raises:
        WeaklinkError: It cannot be loaded.
    """
    progress.begin(f"Loading {name}")
    return load_victim(
        name,
        place=place,
        device=settings.device,
        precision=settings.precision,
        allow_pickle=settings.allow_pickle,
        trust_remote_code=settings.trust_remote_code,
    )


def by_fingerprint(
    armed: Iterable[Armed],
    settings: Settings,
    lexicon: Lexicon,
    models: Models,
    progress: Progress,
) -> dict[str, Armed]:
    """Load what the attacks use, and return them by the digest of all that they depend on.

    Raises:
        WeaklinkError: A resource is missing.
    """
    armed = tuple(armed)
    used = [name for one in armed for name in one.attack.uses]
    digests = load_resources([*used, "encoder"], lexicon, models, progress)
    return {one.fingerprint(digests, settings.target, settings.max_queries): one for one in armed}


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


def seen_in_training(folders: Iterable[str | Path]) -> frozenset[str]:
    """Return digests of the texts that the victims in some folders say they were trained on."""
    return frozenset().union(*(read_training_samples(Path(folder)) for folder in folders))


def quicken(
    models: Iterable[Victim | Encoder], settings: Settings, dataset: Dataset, progress: Progress
) -> None:
    """Let the chosen runtime compute models, where they are such that runtimes can.

    Raises:
        WeaklinkError: The runtime is not installed, or not made for a model's device.
    """
    texts = [sample.text for sample in dataset.samples]
    for model in models:
        if isinstance(model, Portable):
            progress.begin(f"Choosing a runtime for {model.name}")
            model.run_on(settings.runtime, texts)


def aim(victim: Victim, dataset: Dataset) -> Target:
    """Return the victim ready to be asked, with the data's labels in terms of its own."""
    return Target(victim, remember_scores(victim), align(dataset.labels, victim.labels))


def examine(target: Target, dataset: Dataset, progress: Progress) -> tuple[TrustWarning, ...]:
    """Score the samples and return the trust warnings."""
    progress.begin(f"Checking {target.victim.name}")
    probabilities = target.scores.rows([sample.text for sample in dataset.samples])
    return check_trust(target.victim, dataset, probabilities)
