"""TextFooler and PWWS find the very text that their published decision rules lead to."""

from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.attacks.pwws import pwws
from weaklink.attacks.textfooler import textfooler
from weaklink.engine.metering import Meter
from weaklink.testing import (
    ToyEncoder,
    ToyLexicon,
    ToyTagger,
    ToyVictim,
    drive,
    toy_answers,
    toy_context,
)
from weaklink.text import Words

from .oracles import pwws as pwws_oracle
from .oracles import textfooler as textfooler_oracle

WORDS = ("plot", "acting", "score", "pace")
SUBSTITUTES = tuple(f"{word}{i}" for word in WORDS for i in range(3))
WEIGHTS = st.integers(-128, 128).map(lambda n: n / 64)
"""Sums of these are exact, so that equal texts score equally whatever the order of their words."""


@st.composite
def problems(draw):
    words = draw(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4))
    weights = {w: draw(WEIGHTS) for w in (*WORDS, *SUBSTITUTES)}
    substitutes = {
        word: draw(st.lists(st.sampled_from(SUBSTITUTES), max_size=3, unique=True))
        for word in WORDS
    }
    tags = {w: draw(st.sampled_from(["NOUN", "VERB", "ADJ"])) for w in (*WORDS, *SUBSTITUTES)}
    return words, ToyVictim(weights), substitutes, tags


def solve(attack, words, victim, substitutes, tags, **parameters):
    text = " ".join(words)
    context = toy_context(
        text, victim, attack.parameters(**parameters), lexicon=ToyLexicon(substitutes)
    )
    meter = Meter(most=None, charged=1, original=context.original)
    steps = meter.run(attack.run(Words.split(text), context))
    return drive(steps, toy_answers(victim, ToyTagger(tags)))[0]


def scorer(victim):
    return lambda words: victim.forward([" ".join(words)])[0].tolist()


@settings(max_examples=120, deadline=None)
@given(problems(), st.sampled_from([0.0, 0.9, 0.96, 0.99]))
def test_textfooler_equals_its_oracle(problem, bound):
    words, victim, substitutes, tags = problem

    def similar(one, other):
        rows = ToyEncoder().forward([" ".join(one), " ".join(other)])
        return float(rows[0] @ rows[1])

    expected = textfooler_oracle(
        words,
        score=scorer(victim),
        substitutes=substitutes,
        tag=lambda word: tags[word],
        similar=similar,
        bound=bound,
    )
    found = solve(
        textfooler, words, victim, substitutes, tags,
        min_sentence_cosine=bound, min_word_cosine=-1, window=0,
    )  # fmt: skip
    assert found == (None if expected is None else " ".join(expected))


@settings(max_examples=120, deadline=None)
@given(problems())
def test_pwws_equals_its_oracle(problem):
    words, victim, substitutes, _ = problem
    expected = pwws_oracle(
        words, score=scorer(victim), substitutes=substitutes, unknown=victim.unknown
    )
    found = solve(pwws, words, victim, substitutes, {})
    assert found == (None if expected is None else " ".join(expected))


def test_the_oracles_meet_successes_and_failures():
    """Both ends occur among such problems, so that the comparison says something."""
    victim = ToyVictim({"plot": 1.0, "plot0": -1.0, "acting": 0.5})
    arguments = (victim, {"plot": ["plot0"]}, {})
    assert solve(pwws, ["plot", "acting"], *arguments) == "plot0 acting"
    assert solve(textfooler, ["plot"], *arguments) == "plot0"
    assert solve(textfooler, ["plot"], *arguments, min_short_sentence_cosine=0.999) is None
