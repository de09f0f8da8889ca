"""Words as everyday texts spell them, where dictionaries spell them otherwise."""

from __future__ import annotations

import unicodedata

_POINTED = frozenset({"arb", "fas", "heb"})
"""Languages, by ISO 639-3, whose texts leave out the points of vowels that dictionaries have."""
_TATWEEL = "\u0640"


def everyday(text: str, code: str) -> str:
    """Return a text in Unicode's composed form (NFC), without points that texts leave out.

    Args:
        text: A word, or a whole dictionary.
        code: ISO 639-3 code of its language.

    >>> everyday("كِتاب", "arb"), everyday("עֲגָלָה", "heb"), everyday("e\u0301te\u0301", "fra")
    ('كتاب', 'עגלה', 'été')
    """
    composed = unicodedata.normalize("NFC", text)
    if code not in _POINTED:
        return composed
    return "".join(
        letter for letter in composed if unicodedata.category(letter) != "Mn" and letter != _TATWEEL
    )
