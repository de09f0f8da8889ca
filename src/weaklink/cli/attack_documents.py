"""Installed attacks, as tables and JSON show them."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, JsonValue

from weaklink.attacks.attack import Attack
from weaklink.attacks.registry import installed
from weaklink.document import Document
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.letters import ENGLISH


class _AttackEntry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ParameterEntry(_AttackEntry):
    """A parameter of an attack."""

    name: str
    default: JsonValue
    description: str | None


class RuleEntry(_AttackEntry):
    """A rule of an attack, beside its sources."""

    rule: str
    """What it decides."""
    paper: str
    """The paper's value."""
    code: str
    """The value in the authors' code."""
    ours: str
    """weaklink's value, with the defaults of parameters."""
    why: str
    """The reason, where ours is not the paper's."""


class AttackEntry(_AttackEntry):
    """An installed attack."""

    name: str
    paper: str
    """Authors, year, title and address."""
    summary: str
    needs: Literal["probabilities", "probabilities and gradients"]
    """What a victim must give out, with the default parameters."""
    uses: tuple[str, ...]
    """Names of resources."""
    languages: str
    """Languages that it covers (ISO 639-1), and what it takes to cover others."""
    repetitions: int
    """How often a sample is attacked by default."""
    code: str
    """Where the authors' code is, or why it cannot be compared with; "" if not told."""
    collection: str
    """The name that chooses it together with others, and leaves it out of ``all``; "" if none."""
    rules: tuple[RuleEntry, ...]
    parameters: tuple[ParameterEntry, ...]


class AttackDocument(AttackEntry, Document):
    """One attack."""

    kind: Literal["attack"] = "attack"
    schema_version: Literal[1] = 1


class AttacksDocument(Document):
    """Every installed attack."""

    kind: Literal["attacks"] = "attacks"
    schema_version: Literal[1] = 1
    attacks: tuple[AttackEntry, ...]


def describe_all() -> AttacksDocument:
    """Return every installed attack."""
    return AttacksDocument(attacks=tuple(_entry(attack) for attack in installed().values()))


def describe(attack: Attack[Any]) -> AttackDocument:
    """Return one attack."""
    return AttackDocument(**dict(_entry(attack)))


def _entry(attack: Attack[Any]) -> AttackEntry:
    gradients = attack.parameters().needs_gradients
    return AttackEntry(
        name=attack.name,
        paper=attack.paper,
        summary=attack.summary,
        needs="probabilities and gradients" if gradients else "probabilities",
        uses=attack.uses,
        languages=_languages(attack),
        repetitions=attack.repetitions,
        code=attack.code,
        collection=attack.collection,
        rules=tuple(RuleEntry(**row) for row in attack.table),
        parameters=tuple(
            ParameterEntry(name=name, default=field.default, description=field.description)
            for name, field in attack.parameters.model_fields.items()
        ),
    )


def _languages(attack: Attack[Any]) -> str:
    """Return the languages that an attack covers, and what it takes to cover others."""
    if attack.languages:
        return ", ".join(attack.languages)
    needed = (coverage_of(name) for name in attack.uses if name not in attack.optional)
    beyond = [one.beyond for one in needed if one is not None]
    if not beyond:
        return "any"
    return f"en; others with {' and '.join(dict.fromkeys(beyond))}" if all(beyond) else ENGLISH
