"""Finding installed attacks by name, and giving them parameters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any

from pydantic import ValidationError

from weaklink.attacks.attack import Attack, Parameters
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.plugins import installed_plugins, unknown
from weaklink.validation import fault

GROUP = "weaklink.attacks"
ALL = "all"
REPLAY = "replay-"
"""Stands before the name of an attack whose texts are replayed."""


@cache
def installed() -> dict[str, Attack[Any]]:
    """Return every installed attack by name, in alphabetical order, those of collections last.

    Raises:
        WeaklinkError: An entry point does not lead to an ``Attack`` of its own name.
    """
    remedy = "Point it at a function decorated with weaklink.attacks.attack"
    attacks: dict[str, Attack[Any]] = installed_plugins(GROUP, Attack, "an attack", remedy)
    return dict(sorted(attacks.items(), key=lambda item: (item[1].collection, item[0])))


def collections() -> dict[str, list[str]]:
    """Return the names of the attacks of each collection."""
    found: dict[str, list[str]] = {}
    for attack in installed().values():
        if attack.collection:
            found.setdefault(attack.collection, []).append(attack.name)
    return found


def find(name: str) -> Attack[Any]:
    """Return the attack of that name.

    Raises:
        WeaklinkError: There is none; names the nearest and all that there are.
    """
    attacks = installed()
    if name not in attacks:
        raise unknown(name, "attack", attacks, collections())
    return attacks[name]


def seen_by(name: str) -> Callable[[str, str], str] | None:
    """Return what an installed attack, or a replay of what it found, has as ``Attack.seen``."""
    found = installed().get(name.removeprefix(REPLAY))
    return None if found is None else found.seen


def select(
    names: Sequence[str], given: Mapping[str, Attack[Any]] | None = None
) -> list[Attack[Any]]:
    """Return the named attacks once each, in the order named.

    ``all`` means every one installed that belongs to no collection. The name of a collection means
    its attacks.

    Args:
        names: The names.
        given: Attacks by name that need not be installed.

    Raises:
        WeaklinkError: A name is unknown, or there is none.
    """
    if not names:
        raise WeaklinkError("No attack was named.", f"Choose from {', '.join(installed())}.")
    meant = collections() | {ALL: [a.name for a in installed().values() if not a.collection]}
    wanted = (one for name in names for one in meant.get(name, [name]))
    known = given or {}
    return [known[name] if name in known else find(name) for name in dict.fromkeys(wanted)]


def configure(attack: Attack[Any], values: Mapping[str, Any]) -> Parameters:
    """Return the attack's parameters with the given ones in the place of defaults.

    Raises:
        WeaklinkError: A parameter is unknown or its value is not allowed.
    """
    with _refusals(attack):
        parameters: Parameters = attack.parameters.model_validate(values, strict=False)
    return parameters


@contextmanager
def _refusals(attack: Attack[Any]) -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        wrong = fault(error, attack.parameters, lambda key: f"{attack.name}.{key}")
        raise WeaklinkError(
            f"Parameter {wrong}.",
            f"See `weaklink attacks show {attack.name}`.",
        ) from error


def parse_assignments(assignments: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Turn ``attack.parameter=value`` strings into values by attack.

    >>> parse_assignments(["textfooler.window=0"])
    {'textfooler': {'window': 0}}

    Raises:
        WeaklinkError: One has another form, names an attack that is not installed or a parameter
            that it does not have, or has a value that is not allowed.
    """
    words: dict[str, dict[str, str]] = {}
    for assignment in assignments:
        name, dot, rest = assignment.partition(".")
        key, equals, value = rest.partition("=")
        if not (dot and equals and key):
            raise WeaklinkError(
                f"{assignment!r} is not a parameter assignment.",
                "Write ATTACK.PARAMETER=VALUE, as in textfooler.min_word_cosine=0.6.",
            )
        words.setdefault(find(name).name, {})[key] = value
    values = dict[str, dict[str, Any]]()
    for name, given in words.items():
        with _refusals(attack := find(name)):
            values[name] = attack.parameters.of_words(given)
    return values


def why_left_out(
    attack: Attack[Any], language: str, *, own_paraphraser: bool = False
) -> str | None:
    """Return why an attack cannot be made on texts of a language, and the remedy; None if it can.

    Args:
        attack: The attack.
        language: ISO 639-1 code.
        own_paraphraser: Whether SCPN has the user's paraphraser, which may know more languages.
    """
    if language == ENGLISH:
        return None
    if attack.languages and language not in attack.languages:
        return _said(attack, language, f"its rules are for {', '.join(attack.languages)} alone")
    for resource in attack.uses:
        coverage = coverage_of(resource)
        own = resource == "scpn" and own_paraphraser
        if coverage is None or resource in attack.optional or own or coverage.covers(language):
            continue
        remedy = coverage.remedy(language)
        reason = f"it needs {coverage.what} of that language, which is not here"
        return " ".join(filter(None, (_said(attack, language, reason), remedy)))
    return None


def _said(attack: Attack[Any], language: str, reason: str) -> str:
    texts = f"the texts are in another language than English ({language})"
    return f"{attack.name} is left out: {texts}, and {reason}."
