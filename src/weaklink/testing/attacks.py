"""The rules for every attack. Check a new attack against them first.

from weaklink.testing import check_attack
check_attack(my_attack)
"""

from __future__ import annotations

import random
from typing import Any, cast

from weaklink.attacks import (
    Ask,
    Attack,
    Context,
    Decode,
    FindEntities,
    Goal,
    Gradients,
    Invert,
    Lexicon,
    Note,
    Parameters,
    Paraphrase,
    Score,
    Similarity,
    Tag,
)
from weaklink.engine.metering import Meter
from weaklink.testing.driving import Answers, drive
from weaklink.testing.toy import (
    ToyEncoder,
    ToyLatentSpace,
    ToyLexicon,
    ToyParaphraser,
    ToyTagger,
    ToyVictim,
)
from weaklink.text import Words

SUBSTITUTES = {
    "good": ("fine", "decent", "nice"),
    "film": ("movie", "picture"),
    "slow": ("sluggish", "tardy"),
    "really": ("truly",),
}
TEXTS = (
    "a really GOOD film, if slow.",
    "Slow! Slow, slow film...\n\nNot good?  Really?",
    "good",
    "the of and to",
    "😀 — 123 <br /> ñandú's  ok",
)


def toy_answers(victim: ToyVictim, tagger: ToyTagger | None = None) -> Answers:
    """Return answers to every kind of ask, from the toy victim and its company."""
    encoder, tagger = ToyEncoder(), tagger or ToyTagger()
    paraphraser, space = ToyParaphraser(), ToyLatentSpace()

    def similarities(ask: Similarity) -> Any:  # noqa: ANN401 - an array
        rows = encoder.forward([ask.reference, *ask.texts])
        return rows[1:] @ rows[0]

    return {
        Score: lambda ask: victim.forward(ask.texts),
        Gradients: lambda ask: victim.gradients(ask.requests),
        Similarity: similarities,
        Tag: lambda ask: (tagger.penn_tags if ask.penn else tagger.tags)(ask.texts),
        FindEntities: lambda ask: tagger.entities([ask.words])[0],
        Paraphrase: lambda ask: tuple(
            paraphraser.paraphrase([(ask.text, template) for template in ask.templates])
        ),
        Invert: lambda ask: space.invert([ask.text])[0],
        Decode: lambda ask: tuple(space.decode([(code, ask.like) for code in ask.codes])),
        Note: lambda _: None,
    }


def toy_context(
    text: str,
    victim: ToyVictim,
    parameters: Parameters,
    *,
    lexicon: ToyLexicon | None = None,
    target: int | None = None,
    seed: int = 0,
) -> Context[Any]:
    """Return the context of an attack on ``text`` against the toy victim."""
    original = victim.forward([text])[0]
    return Context(
        parameters=parameters,
        goal=Goal(int(original.argmax()), target),
        original=original,
        gold=None,
        unknown=victim.unknown,
        lexicon=cast("Lexicon", lexicon or ToyLexicon(SUBSTITUTES)),
        random=random.Random(seed),  # noqa: S311 - reproducibility is the point
    )


def run_attack(
    attack: Attack[Any], text: str, victim: ToyVictim, *, seed: int = 0, **parameters: object
) -> tuple[str | None, list[Ask]]:
    """Run an attack on ``text`` against the toy victim; return its result and what it asked."""
    context = toy_context(text, victim, attack.parameters(**parameters), seed=seed)
    meter = Meter(most=None, charged=1, original=context.original)
    steps = meter.run(attack.run(Words.split(text), context))
    return drive(steps, toy_answers(victim))


def check_attack(attack: Attack[Any]) -> None:
    """Run an attack on difficult texts, and check what the engine relies on.

    It ends with None or with a text that reaches the goal; it does the same when it is run again
    with the same seed; every parameter has a default and a description; paper and docstring say
    what it is.

    Raises:
        AssertionError: It does not hold; the message says what and on which text.
    """
    assert attack.paper, f"{attack.name} names no paper"
    assert attack.summary, f"{attack.name} has no docstring"
    for key, field in attack.parameters.model_fields.items():
        assert field.description, f"{attack.name}.{key} has no description"
    victim = ToyVictim()
    for text in TEXTS:
        result, asked = run_attack(attack, text, victim)
        again, asked_again = run_attack(attack, text, victim)
        where = f"{attack.name} on {text!r}"
        assert (result, asked) == (again, asked_again), f"{where} differs when repeated"
        if result is not None:
            before, after = victim.forward([text, result]).argmax(axis=1)
            assert before != after, f"{where}: {result!r} does not reach the goal"
