"""When an adversarial text is valid."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.examples import an_outcome, the_scenario
from weaklink.measures import Bounds
from weaklink.measures.quality import WORDS_CHANGED, breaches, characters_changed
from weaklink.measures.quality import valid as valid_text
from weaklink.store import Status, to_frame
from weaklink.text.changes import count_changed_characters

BOUNDS = Bounds(min_similarity=0.8, max_perplexity_ratio=2, max_words_changed=0.5)


def valid(outcome, bounds):
    return to_frame([outcome]).select(valid_text(bounds)).item()


def words_changed(outcome):
    return to_frame([outcome]).select(WORDS_CHANGED).item()


def a_text(**rest):
    measured = {
        "similarity": 0.8,
        "words": 4,
        "words_changed": 2,
        "original_perplexity": 50.0,
        "adversarial_perplexity": 100.0,
    }
    return an_outcome(**measured | rest)


def test_a_text_on_every_bound_is_valid():
    assert valid(a_text(), BOUNDS) is True


@pytest.mark.parametrize(
    "beyond", [{"similarity": 0.7999}, {"words_changed": 3}, {"adversarial_perplexity": 100.1}]
)
def test_a_text_beyond_any_bound_is_not(beyond):
    assert valid(a_text(**beyond), BOUNDS) is False


@pytest.mark.parametrize(
    "unknown", [{"similarity": None}, {"words_changed": None}, {"original_perplexity": None}]
)
def test_a_bound_on_what_was_not_measured_does_not_apply(unknown):
    assert valid(a_text(**unknown), BOUNDS) is True


@pytest.mark.parametrize("status", [s for s in Status if s is not Status.SUCCEEDED])
def test_only_successes_are_judged(status):
    assert valid(a_text(status=status), BOUNDS) is None


@pytest.mark.parametrize(
    "bounds",
    [{"min_similarity": 1.1}, {"max_perplexity_ratio": 0}, {"max_words_changed": -0.1}, {"x": 1}],
)
def test_bounds_that_no_text_could_have_are_refused(bounds):
    with pytest.raises(ValidationError):
        Bounds(**bounds)


def test_shares_stay_within_one():
    assert words_changed(a_text(words_changed=9)) == 1
    assert words_changed(a_text(words=0)) is None
    assert characters_changed(["ab", "abcd", ""], ["wxyz", "abXd", "a"]).tolist() == [1, 0.25, 1]


def distance(a, b):
    """The fewest edits, by the recursion that defines them."""
    if not a or not b:
        return len(a) + len(b)
    return min(
        distance(a[1:], b) + 1, distance(a, b[1:]) + 1, distance(a[1:], b[1:]) + (a[0] != b[0])
    )


@given(st.text("aé🎬", max_size=5), st.text("aé🎬", max_size=5))
def test_characters_changed_is_the_edit_distance(original, adversarial):
    assert count_changed_characters([original], [adversarial]) == [distance(original, adversarial)]


@st.composite
def some_outcomes(draw):
    return [
        a_text(
            sample=draw(st.integers(0, 3)),
            repetition=repetition,
            status=draw(st.sampled_from(Status)),
            similarity=draw(st.floats(-1, 1)),
            words_changed=draw(st.integers(0, 4)),
            adversarial_perplexity=draw(st.one_of(st.none(), st.floats(1, 1000))),
        )
        for repetition in range(draw(st.integers(1, 8)))
    ]


limits = st.builds(
    Bounds,
    min_similarity=st.floats(-1, 1),
    max_perplexity_ratio=st.floats(0.1, 20),
    max_words_changed=st.floats(0, 1),
)


@settings(max_examples=12, deadline=None)
@given(some_outcomes(), limits, limits)
def test_asr_valid_is_at_most_asr_all_and_tighter_bounds_never_raise_it(outcomes, one, other):
    tighter = Bounds(
        min_similarity=max(one.min_similarity, other.min_similarity),
        max_perplexity_ratio=min(one.max_perplexity_ratio, other.max_perplexity_ratio),
        max_words_changed=min(one.max_words_changed, other.max_words_changed),
    )
    loose, tight = (the_scenario(outcomes, bounds, 8, 4) for bounds in (one, tighter))
    everything, some, fewer = loose.asr_all, loose.asr_valid, tight.asr_valid
    if everything is None:
        assert some is fewer is None
    else:
        assert fewer.value <= some.value <= everything.value
        assert fewer.n == some.n == everything.n


@settings(max_examples=12, deadline=None)
@given(some_outcomes(), limits)
def test_asr_valid_is_the_asr_of_an_attack_that_keeps_within_the_bounds(outcomes, bounds):
    kept = [
        outcome if valid(outcome, bounds) is not False else replace(outcome, status=Status.FAILED)
        for outcome in outcomes
    ]
    assert the_scenario(outcomes, bounds, 8, 4).asr_valid == the_scenario(kept, None, 8, 4).asr_all


def test_names_every_bound_that_a_text_is_beyond():
    text = to_frame([a_text(similarity=0.1, words_changed=3)])
    beyond = [name for name, breach in breaches(BOUNDS).items() if text.select(breach).item()]
    assert beyond == ["similarity", "words changed"]
