"""The attacks of a campaign: with their parameters, and by the digest of all they depend on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from weaklink.attacks import Attack, Lexicon
from weaklink.attacks.registry import configure, select
from weaklink.attacks.replay import ReplayParameters, digest_of_texts, replay
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.remote import left_out
from weaklink.campaigns.prepare.resources import load_resources
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack, Models
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress


def configured_attacks(
    spec: Specification, given: Mapping[str, Attack[Any]] | None = None
) -> list[ConfiguredAttack]:
    """Return the attacks of a specification with their parameters, less ``left_out``.

    Args:
        spec: Names them.
        given: Attacks by name that need not be installed.

    Raises:
        WeaklinkError: An attack or a parameter is unknown, a value is not allowed, or no attack is
            left.
    """
    attacks, without = select(spec.attacks, given), left_out(spec, given)
    idle = set(spec.parameters) - {attack.name for attack in attacks}
    if idle:
        raise WeaklinkError(
            f"There are parameters for {', '.join(sorted(idle))}, which does not run.",
            "Add it to the attacks, or remove its parameters.",
        )
    configured = [
        ConfiguredAttack(a, configure(a, spec.parameters.get(a.name, {})))
        for a in attacks
        if a.name not in without
    ]
    if not configured:
        raise WeaklinkError(
            f"{', '.join(without)} needs gradients, which no server offers.",
            "Name attacks that need none; see `weaklink attacks list`.",
        )
    return configured


def configured_replay(
    texts: Mapping[str, Sequence[str]],
    found_by: str,
    source: str,
    repetition: int = 0,
    *,
    skips: bool = False,
) -> ConfiguredAttack:
    """Return the attack that tries texts that were found before.

    Args:
        texts: Adversarial texts by original text.
        found_by: Name of the attack that found them.
        source: The victim that they were found on, or their file.
        repetition: Repetition of the attack that found them.
        skips: Whether samples without a text are skipped.
    """
    parameters = ReplayParameters(
        source=source, repetition=repetition, texts=digest_of_texts(texts)
    )
    return ConfiguredAttack(replay(texts, found_by, skips=skips), parameters)


def repetitions_of(attack: ConfiguredAttack, spec: Specification) -> int:
    """Return how often each sample is attacked: once without randomness, whatever was asked."""
    if attack.attack.repetitions == 1:
        return 1
    return spec.repetitions or attack.attack.repetitions


def by_fingerprint(
    attacks: Iterable[ConfiguredAttack],
    spec: Specification,
    lexicon: Lexicon,
    models: Models,
    failures: Failures,
    progress: Progress,
) -> dict[str, ConfiguredAttack]:
    """Load what the attacks use, and return them by the digest of all that they depend on.

    An attack that lacks a resource is a failure.
    """
    found = dict[str, ConfiguredAttack]()
    for one in attacks:
        try:
            digests = load_resources([*one.attack.uses, "encoder"], lexicon, models, progress)
        except WeaklinkError as error:
            failures.add(f"attack {one.attack.name}", error)
            continue
        fingerprint = one.fingerprint(
            digests, spec.target, spec.max_queries, spec.source, lexicon.language
        )
        found[fingerprint] = one
    return found
