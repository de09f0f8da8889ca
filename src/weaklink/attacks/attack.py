"""What an attack is: a pure generator, and a record of what it needs."""

from __future__ import annotations

import inspect
import random
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from weaklink.attacks.asks import Ask
from weaklink.attacks.goal import Goal
from weaklink.attacks.lexicon import Lexicon
from weaklink.attacks.rules.rule import Rule
from weaklink.text import Words
from weaklink.text.pairs import ALONE, Beside
from weaklink.validation import GivenValues
from weaklink.victims import Floats

T = TypeVar("T")

Steps: TypeAlias = Generator[Ask, Any, T]
"""A computation that yields asks, is sent their replies, and ends with a ``T``."""


class Parameters(GivenValues):
    """Parameters of an attack; every field has a default and a description."""

    @property
    def needs_gradients(self) -> bool:
        """Whether the attack asks for gradients with these parameters."""
        return False


P = TypeVar("P", bound=Parameters)


@dataclass(frozen=True)
class Context(Generic[P]):
    """All that an attack may know besides the text. It holds no model.

    Attributes:
        parameters: The attack's own parameters.
        goal: When the attack has won.
        original: Probabilities of the original text, shape (labels,).
        gold: The gold label, an index into the data set's labels; None where there is none.
        unknown: The word that the victim reads as unknown.
        lexicon: Synonyms, vectors and named entities.
        random: The only source of randomness; seeded by seed, attack, sample and repetition.
        beside: What stands beside the text, if it is a segment of a pair.
    """

    parameters: P
    goal: Goal
    original: Floats
    gold: int | None
    unknown: str
    lexicon: Lexicon
    random: random.Random
    beside: Beside = ALONE


@dataclass(frozen=True)
class Attack(Generic[P]):
    """An attack as it is registered under the entry point group ``weaklink.attacks``.

    Attributes:
        name: What users call it.
        paper: Authors, year, title and address.
        parameters: The class of its parameters.
        run: Takes the words, of which there is at least one, and the context; ends with the
            adversarial text, or None.
        uses: Names of the resources that its outcomes depend on, as ``resources list`` has them.
        repetitions: How often a sample is attacked by default; more than one if it is random.
        version: Raised whenever the attack's outcomes may change, so that stored ones are not
            taken for new ones.
        code: Where the authors' code is, or why it cannot be compared with; "" if not told.
        rules: Its rules beside those of the paper and of the authors' code.
        collection: The name by which it is chosen together with others, and apart from ``all``;
            "" if it belongs to no collection.
        on_labels: What it can still do to a victim that answers a label alone; "" if not told.
        covers: Whether it can do anything with a text; what it cannot is skipped and enters no
            rate. None: it can be tried on every text.
        seen: Takes an adversarial text and its original, and returns what a person sees of the
            first. Similarity, words changed and fluency are measured on that. None: all of it.
        optional: Those of the resources that it does without where they do not cover a language.
        languages: ISO 639-1 codes of the languages that its rules are for; none: any language that
            its resources cover.
    """

    name: str
    paper: str
    parameters: type[P]
    run: Callable[[Words, Context[P]], Steps[str | None]]
    uses: tuple[str, ...] = ()
    repetitions: int = 1
    version: int = 1
    code: str = ""
    rules: tuple[Rule, ...] = ()
    collection: str = ""
    on_labels: str = ""
    covers: Callable[[str], bool] | None = None
    seen: Callable[[str, str], str] | None = None
    optional: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Let ``help`` show the algorithm's docstring, and its rules from the table below it."""
        rows = self.table if self.rules else []
        told = [inspect.cleandoc(self.run.__doc__ or ""), *map(_told, rows)]
        object.__setattr__(self, "__doc__", "\n\n".join(filter(None, told)))

    @property
    def table(self) -> list[dict[str, str]]:
        """The rows of ``rules``, by heading."""
        defaults = self.parameters().model_dump()
        return [rule.told(defaults) for rule in self.rules]

    @property
    def summary(self) -> str:
        """The first line of the attack's docstring."""
        return (self.run.__doc__ or "").strip().partition("\n")[0]


def _told(row: dict[str, str]) -> str:
    """Return a rule with its values in the paper, in the authors' code and here."""
    name, *values = row.items()
    lines = [f"{name[1]}:", *(f"    {key}: {value}" for key, value in values if value)]
    return "\n".join(lines)


def attack(  # noqa: PLR0913 - one for each field
    *,
    name: str,
    paper: str,
    parameters: type[P],
    uses: tuple[str, ...] = (),
    repetitions: int = 1,
    version: int = 1,
    code: str = "",
    rules: tuple[Rule, ...] = (),
    collection: str = "",
    on_labels: str = "",
    seen: Callable[[str, str], str] | None = None,
    optional: tuple[str, ...] = (),
    languages: tuple[str, ...] = (),
) -> Callable[[Callable[[Words, Context[P]], Steps[str | None]]], Attack[P]]:
    """Turn a generator function into an ``Attack``; see there for the arguments."""

    def decorate(run: Callable[[Words, Context[P]], Steps[str | None]]) -> Attack[P]:
        return Attack(
            name, paper, parameters, run, uses, repetitions, version, code, rules, collection,
            on_labels, optional=optional, languages=languages, seen=seen,
        )  # fmt: skip

    return decorate
