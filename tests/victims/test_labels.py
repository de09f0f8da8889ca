"""Matching the data's labels with the victim's."""

import pytest

from weaklink.victims.labels import align, looks_reversed

BINARY = ("negative", "positive")


@pytest.mark.parametrize(
    ("data", "victim", "expected"),
    [
        (BINARY, ("NEGATIVE", "POSITIVE"), (0, 1)),
        (BINARY, ("POSITIVE", "NEGATIVE"), (1, 0)),
        (BINARY, ("pos", "neg"), (1, 0)),
        (BINARY, ("negative", "neutral", "positive"), (0, 2)),
        (BINARY, ("LABEL_0", "LABEL_1"), (0, 1)),
        (("0", "1"), BINARY, (0, 1)),
        (("0", "1"), ("LABEL_0", "LABEL_1"), (0, 1)),
        (("1", "0"), ("LABEL_0", "LABEL_1"), (1, 0)),
        (BINARY, ("LABEL_0", "LABEL_1", "LABEL_2"), None),
        (BINARY, ("1 star", "2 stars"), None),
        (BINARY, ("toxic", "harmless"), None),
        (BINARY, ("negative", "Negative"), None),
        (("a", "b", "c"), ("c", "a", "b"), (1, 2, 0)),
        (("-1", "0", "1"), ("1", "-1", "0"), (1, 2, 0)),
        (("-1", "0", "1"), ("LABEL_0", "LABEL_1", "LABEL_2"), (0, 1, 2)),
        (("+", "-"), ("-", "+"), (1, 0)),
        (("👍", "👎"), ("👎", "👍"), (1, 0)),
        (("negat\u0069\u0301f", "positif"), ("positif", "Negat\u00edf"), (1, 0)),
        (("ＮＥＧ", "pos"), ("positive", "negative"), (1, 0)),
        (("हाँ", "हूँ"), ("हूँ", "हाँ"), (1, 0)),
        (("ดี", "ดู"), ("ดู", "ดี"), (1, 0)),
    ],
)
def test_labels_are_matched_by_name_and_else_by_number(data, victim, expected):
    assert align(data, victim) == expected


@pytest.mark.parametrize(
    ("data", "victim", "expected"),
    [
        (("0", "1"), ("positive", "negative"), True),
        (("pos", "neg"), ("LABEL_0", "LABEL_1"), True),
        (("0", "1"), BINARY, False),
        (BINARY, ("positive", "negative"), False),
        (BINARY, ("toxic", "harmless"), False),
    ],
)
def test_labels_matched_by_number_may_look_reversed(data, victim, expected):
    assert looks_reversed(data, victim) is expected
