"""A pair of texts, such as premise and hypothesis, as one string that tells which is attacked.

The segments stand on both sides of a boundary: a noncharacter of Unicode, which no text that is
meant for interchange holds. Whatever keeps or hands on texts therefore handles pairs, too.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

_FIRST_ATTACKED, _SECOND_ATTACKED = "\ufdd0", "\ufdd1"
_BOUNDARY = re.compile(f"[{_FIRST_ATTACKED}{_SECOND_ATTACKED}]")


Segment: TypeAlias = Literal["first", "second"]
"""One text of a pair."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands beside the segment that is attacked; nothing, if a text is not a pair.

    Attributes:
        before: The first segment of a pair whose second is attacked.
        after: The second segment of a pair whose first is attacked.
    """

    before: str | None = None
    after: str | None = None

    @property
    def other(self) -> str:
        """The segment that is not attacked; "" if there is none."""
        return self.before or self.after or ""

    def whole(self, segment: str) -> str:
        r"""Return a segment in its place, as the victim is asked for it.

        Raises:
            ValueError: The segment of a pair holds a boundary.

        >>> Beside(before="It rains.").whole("It is wet.")
        'It rains.\ufdd1It is wet.'
        """
        if self.before is None and self.after is None:
            return segment
        if holds_boundary(segment):
            raise ValueError("a segment of a pair holds a boundary of segments")
        if self.before is not None:
            return f"{self.before}{_SECOND_ATTACKED}{segment}"
        return f"{segment}{_FIRST_ATTACKED}{self.after}"


ALONE = Beside()
"""Of a text that is not a pair."""


def parted(text: str) -> tuple[str, Beside]:
    r"""Return the segment of a text that is attacked, and what stands beside it.

    >>> parted("It rains.\ufdd1It is wet.")
    ('It is wet.', Beside(before='It rains.', after=None))
    >>> parted("It is wet.")
    ('It is wet.', Beside(before=None, after=None))
    """
    boundary = _BOUNDARY.search(text)
    if boundary is None:
        return text, ALONE
    first, second = text[: boundary.start()], text[boundary.end() :]
    if boundary[0] == _SECOND_ATTACKED:
        return second, Beside(before=first)
    return first, Beside(after=second)


def segments(text: str) -> tuple[str, ...]:
    """Return both segments of a pair, or a text alone."""
    return tuple(_BOUNDARY.split(text, maxsplit=1))


def attacked_segment(text: str) -> Segment | None:
    """Return which segment of a pair is attacked; None: it is not a pair."""
    boundary = _BOUNDARY.search(text)
    if boundary is None:
        return None
    return "first" if boundary[0] == _FIRST_ATTACKED else "second"


def attacked_in(text: str, segment: Segment) -> str:
    r"""Return a pair as it is where this segment is attacked; a text that is not a pair as it is.

    >>> attacked_in("It rains.\ufdd1It is wet.", "first")
    'It rains.\ufdd0It is wet.'
    """
    boundary = _FIRST_ATTACKED if segment == "first" else _SECOND_ATTACKED
    return boundary.join(segments(text))


def unmarked(text: str) -> str:
    """Return a text, or a pair as it is whichever segment is attacked."""
    return _FIRST_ATTACKED.join(segments(text))


def holds_boundary(text: str) -> bool:
    """Return whether a text is a pair, or would be taken for one."""
    return _FIRST_ATTACKED in text or _SECOND_ATTACKED in text
