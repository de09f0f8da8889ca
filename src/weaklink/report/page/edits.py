"""What an attack changed in a text, with hidden characters made visible."""

from __future__ import annotations

from typing import TypeAlias

from weaklink.report.visible_lines import visible_lines
from weaklink.text import changed_words

Piece: TypeAlias = str | tuple[str, str]
"""A stretch of text that stayed, or one that went with the one that came in its place."""
Edit: TypeAlias = tuple[int, int, str]
"""Where a stretch of the original begins and ends, in UTF-16 units, and what stands there now."""


def pieces(original: str, adversarial: str) -> list[Piece]:
    """Return both texts, aligned by their words."""
    return [
        (visible_lines(segment.original), visible_lines(segment.adversarial))
        if segment.changed
        else visible_lines(segment.original)
        for segment in changed_words(original, adversarial)
    ]


def edits_of(original: str, adversarial: str) -> tuple[Edit, ...]:
    """Return what to put where in the visible original to have the visible adversarial text."""
    edits, position = [], 0
    for piece in pieces(original, adversarial):
        before, after = (piece, piece) if isinstance(piece, str) else piece
        end = position + _units(before)
        if not isinstance(piece, str):
            edits.append((position, end, after))
        position = end
    return tuple(edits)


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
