"""What changed, word by word."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from weaklink.text.changes import Segment, changed_words, count_changed_words

texts = st.text(st.sampled_from("ab'-. \n\té\u200b"), max_size=30) | st.text(max_size=30)


@given(texts, texts)
def test_the_segments_give_back_both_texts(original, adversarial):
    segments = changed_words(original, adversarial)

    assert "".join(segment.original for segment in segments) == original
    assert "".join(segment.adversarial for segment in segments) == adversarial
    assert all(one.changed != other.changed for one, other in pairwise(segments))


@given(texts)
def test_nothing_changed_is_one_segment_and_no_word(text):
    assert changed_words(text, text) == ((Segment(text, text),) if text else ())
    assert count_changed_words(text, text) == 0


@given(st.lists(st.sampled_from(["good", "film", "the"]), min_size=1, max_size=12), st.data())
def test_counts_exactly_the_words_that_were_replaced(words, data):
    positions = data.draw(st.sets(st.integers(0, len(words) - 1)))
    before = " ".join(words)
    after = " ".join(f"new{i}" if i in positions else word for i, word in enumerate(words))

    changed = [s for s in changed_words(before, after) if s.changed]
    assert changed == [Segment(words[i], f"new{i}") for i in sorted(positions)]
    assert count_changed_words(before, after) == len(positions)


def test_two_neighbours_that_were_replaced_are_two_segments():
    assert [s for s in changed_words("a very fine film", "a quite grand film") if s.changed] == [
        Segment("very", "quite"),
        Segment("fine", "grand"),
    ]


def test_a_gap_that_changed_goes_with_the_changed_word_beside_it():
    assert changed_words("(fine) film", "“grand” film") == (
        Segment("(fine) ", "“grand” "),
        Segment("film", "film"),
    )


def test_splits_deletions_and_insertions():
    assert count_changed_words("a foolish film", "a fool ish film") == 1
    assert count_changed_words("a very fine film", "a fine film") == 1
    assert count_changed_words("a fine film", "a very very fine film") == 2
    assert count_changed_words("", "new words") == 2


def test_a_shift_does_not_change_the_words_that_moved():
    assert count_changed_words("a foolish film it is then", "a fool ish film it then") == 2


def test_a_change_of_punctuation_shows_but_is_no_word():
    assert count_changed_words("Good.", "Good!") == 0
    assert changed_words("Good.", "Good!")[-1] == Segment(".", "!")
