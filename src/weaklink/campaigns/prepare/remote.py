"""What is different where the models of a campaign are remote."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from weaklink.attacks import Attack
from weaklink.attacks.registry import ALL, collections, configure, installed, select
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack
from weaklink.victims.remote.names import names_remote


def answers_of(spec: Specification, folder: Path, *, alone: bool) -> Path:
    """Return the file of the answers of remote models: beside the outcomes.

    Args:
        spec: Says where the outcomes of an audit are.
        folder: That of a study.
        alone: Whether it is an audit.
    """
    return Path(f"{spec.store}.answers") if alone else folder / "answers.sqlite"


def left_out(spec: Specification, given: Mapping[str, Attack[Any]] | None = None) -> list[str]:
    """Return the attacks that are left out, since they need gradients, which no server offers.

    In a study with local models nothing is left out: there a remote model fails.

    Args:
        spec: The specification.
        given: Attacks that are not installed, by name.
    """
    if spec.replay is not None:
        return []
    named = [*spec.models, *(model for chain in spec.chains for model in chain.models)]
    remote = [names_remote(name) for name in named]
    if not any(remote) or not (all(remote) or spec.link):
        return []
    return [
        attack.name
        for attack in _known(spec, given)
        if configure(attack, spec.parameters.get(attack.name, {})).needs_gradients
    ]


def guided_attacks(spec: Specification, attacks: Iterable[ConfiguredAttack]) -> dict[str, str]:
    """Return the attacks that probabilities guide, with what each can do with labels alone.

    Args:
        spec: The specification.
        attacks: Those that are made.
    """
    if spec.replay is not None:
        return {}
    return {
        one.attack.name: one.attack.on_labels or "is written for probabilities" for one in attacks
    }


def _known(
    spec: Specification, given: Mapping[str, Attack[Any]] | None = None
) -> list[Attack[Any]]:
    """Return the attacks that are installed or given."""
    known = {ALL, *installed(), *collections(), *(given or {})}
    names = [name for name in spec.attacks if name in known]
    return select(names, given) if names else []
