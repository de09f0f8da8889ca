"""Lengths of time in words."""

from __future__ import annotations

_MINUTE = 60


def span(seconds: float) -> str:
    """Return a time in seconds, minutes or hours.

    >>> span(9), span(130), span(9000)
    ('9 s', '2 min 10 s', '2 h 30 min')
    """
    minutes, rest = divmod(round(seconds), _MINUTE)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"
