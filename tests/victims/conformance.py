"""What every victim must hold to."""

import numpy as np

from weaklink.text import Words

TEXTS = (
    "a very good film",
    "the plot is not good, the film is bad!",
    "",
    "   ",
    "ÉTÉ ☃ 😀 naïve",
    "good " * 60,
    "unbelievably-" * 12,
    "no",
)


def check_victim(victim):
    """Raise AssertionError where the victim breaks a rule of ``weaklink.victims.Victim``."""
    check_rows(victim)
    check_independence(victim)
    check_encoding(victim)
    check_visible(victim)


def check_rows(victim):
    """Rows are probabilities, one for each text, and one column for each label."""
    rows = victim.forward(victim.encode(TEXTS))
    assert rows.dtype == np.float64
    assert rows.shape == (len(TEXTS), len(victim.labels))
    assert (rows >= 0).all()
    np.testing.assert_allclose(rows.sum(axis=1), 1, atol=1e-12)


def check_independence(victim):
    """A row is bit for bit the same alone, in any order, and beside any others."""
    encoded = victim.encode(TEXTS)
    alone = np.concatenate([victim.forward([item]) for item in encoded])
    np.testing.assert_array_equal(victim.forward(encoded), alone)
    np.testing.assert_array_equal(victim.forward(encoded[::-1]), alone[::-1])
    np.testing.assert_array_equal(
        victim.forward(encoded[:1] * 5 + encoded[5:6])[:5], alone[[0] * 5]
    )


def check_encoding(victim):
    """Encoding is the same text by text, hashable, and equal for equal texts."""
    encoded = victim.encode(TEXTS)
    assert victim.encode([]) == []
    assert [victim.encode([text])[0] for text in TEXTS] == encoded
    assert len(set(encoded)) > 1


def check_visible(victim):
    """What lies beyond the visible characters changes nothing; what lies within is split."""
    for text in TEXTS:
        end = victim.visible(text)
        assert 0 <= end <= len(text)
        if end < len(text):
            longer, beyond = f"{text} bad", Words.split(text)
            assert victim.encode([longer]) == victim.encode([text])
            for position, (start, _) in enumerate(beyond.spans()):
                if start >= end:
                    changed = str(beyond.replace(position, "zzz"))
                    assert victim.encode([changed]) == victim.encode([text])
