import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.text import Passages, Words

TEXT = st.lists(
    st.sampled_from(
        [" .", '" .', "good", "it's", "a", "b-c", " ", "  ", ".", ",", "--", "/", "!", '"', "(",
         ")", "<br />", "\n\n", "...", "—", "😀", ";", ":", "<", ">"]
    ),
    max_size=40,
).map("".join)  # fmt: skip


def split(text, most=20):
    return Passages.split(Words.split(text), most)


@given(TEXT, st.integers(1, 8))
def test_round_trip_and_bound(text, most):
    passages = split(text, most)
    assert str(passages) == text
    assert len(passages.gaps) == len(passages) + 1
    counts = [len(Words.split(passage)) for passage in passages.passages]
    assert all(1 <= count <= most for count in counts)
    assert sum(counts) == len(Words.split(text))


@pytest.mark.parametrize(
    ("text", "most", "passages"),
    [
        ("Fine. Good!", 20, ("Fine.", "Good!")),
        ('He left. "Fine," she said.', 20, ("He left.", '"Fine," she said.')),
        ("One.<br /><br />Two.", 20, ("One.", "Two.")),
        ("a fine film . good .", 20, ("a fine film .", "good .")),
        ('he said " good " .', 20, ('he said " good " .',)),
        ("a b c , d e f .", 4, ("a b c", "d e f .")),
        ("a b c, d e f.", 4, ("a b c", "d e f.")),
        ("a, b c d e f", 4, ("a", "b c", "d e f")),
        ("a b c d e f g", 4, ("a b c", "d e f g")),
        ("he (or she) left", 2, ("he", "(or she)", "left")),
        ("now--or never", 2, ("now", "or never")),
        ("and/or", 1, ("and", "or")),
        ("", 5, ()),
        ("...", 5, ()),
    ],
)
def test_where_texts_are_cut(text, most, passages):
    assert split(text, most).passages == passages


def test_what_the_victim_does_not_read_stays():
    passages = Passages.split(Words.split("One. Two. Three.", until=9), 20)
    assert passages.passages == ("One.", "Two.")
    assert str(passages.replace(1, "2!")) == "One. 2! Three."
