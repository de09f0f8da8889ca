"""Pairs of texts as one string."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.text.pairs import ALONE, Beside, holds_boundary, parted, segments

TEXTS = st.text(max_size=9).filter(lambda text: not holds_boundary(text))


@given(TEXTS, TEXTS)
@settings(max_examples=50)
def test_a_pair_is_parted_into_what_it_was_joined_of(first, second):
    for segment, beside in ((first, Beside(after=second)), (second, Beside(before=first))):
        whole = beside.whole(segment)
        assert parted(whole) == (segment, beside)
        assert segments(whole) == (first, second)


@given(TEXTS)
@settings(max_examples=50)
def test_a_text_alone_stays_as_it_is(text):
    assert ALONE.whole(text) == text
    assert parted(text) == (text, ALONE)
    assert segments(text) == (text,)


def test_the_side_that_is_attacked_makes_another_text():
    assert Beside(before="a").whole("b") != Beside(after="b").whole("a")


def test_a_segment_holds_no_boundary():
    with pytest.raises(ValueError, match="boundary"):
        Beside(before="a").whole("b\ufdd0c")
