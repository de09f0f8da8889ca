"""What a person sees of a text: the marks that the attack writes, and how a screen shows them."""

from __future__ import annotations

import re

INVISIBLE = ("\u200b", "\u200c", "\u200d")
"""Zero-width space, non-joiner and joiner."""

BACKSPACE = "\b"

_LATIN = "ABCEHIJKMNOPSTXYZacdehijopsxy"
_ALIKE = (
    0x0391, 0x0392, 0x0421, 0x0395, 0x0397, 0x0399, 0x0408, 0x039A, 0x039C, 0x039D, 0x039F, 0x03A1,
    0x0405, 0x03A4, 0x03A7, 0x03A5, 0x0396, 0x0430, 0x0441, 0x0501, 0x0435, 0x04BB, 0x0456, 0x03F3,
    0x03BF, 0x0440, 0x0455, 0x0445, 0x0443,
)  # fmt: skip
HOMOGLYPHS = dict(zip(_LATIN, map(chr, _ALIKE), strict=True))
"""The letters of the Latin alphabet in intentional.txt, version 17 (Unicode Technical Standard 39),
and the Greek or Cyrillic ones that are drawn alike on purpose."""

_LRO, _RLO, _PDF, _LRI, _PDI = "\u202d", "\u202e", "\u202c", "\u2066", "\u2069"
REORDERING = frozenset((_LRO, _RLO, _PDF, _LRI, _PDI))
"""The marks that ``swapped`` uses."""
_BEFORE, _BETWEEN, _AFTER = _LRO + _LRI + _RLO + _LRI, _PDI + _LRI, _PDI + _PDF + _PDI + _PDF
_SWAPPED = re.compile(f"{_BEFORE}(.){_BETWEEN}(.){_AFTER}", re.DOTALL)
_DELETED = re.compile(f"[^{BACKSPACE}]{BACKSPACE}")


def swapped(first: str, second: str) -> str:
    """Return two characters in the other order, with marks that make a screen show this one.

    The nesting is that of the paper (Section IV-D): whichever direction the text around it has,
    what is written later stands first.
    """
    return f"{_BEFORE}{second}{_BETWEEN}{first}{_AFTER}"


def seen(text: str, original: str) -> str:
    r"""Return a text as a person sees it who knows the original's script.

    Swapped characters stand where a screen shows them, a backspace takes the character before it
    with it, invisible characters are gone, and look-alikes are the letters that they look like.
    Marks that the original has itself stay: they are the text's own.

    >>> seen("b\u200bad plot", "bad plot"), seen("ba!\bd", "bad"), seen(swapped("b", "a"), "ba")
    ('bad plot', 'bad', 'ba')
    >>> seen("l o u d", "loud")
    'l o u d'
    """
    own = set(original)
    if not own & REORDERING:
        text = _SWAPPED.sub(r"\2\1", text)
    if BACKSPACE not in own:
        text = _DELETED.sub("", text)
    drawn = {alike: letter for letter, alike in HOMOGLYPHS.items()} | dict.fromkeys(INVISIBLE, "")
    return text.translate({ord(mark): shown for mark, shown in drawn.items() if mark not in own})
