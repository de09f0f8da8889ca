"""An estimate as a line from 0 to 1: its interval, and a dot at its value."""

from __future__ import annotations

from markupsafe import Markup

from weaklink.measures import Estimate
from weaklink.report.written import estimate as written

_WIDTH, _HEIGHT, _DOT = 120, 14, 4


def interval_svg(rate: Estimate) -> Markup:
    """Return the picture; what it shows is its label, too."""
    inner = _WIDTH - 2 * _DOT
    low, value, high = (_DOT + inner * end for end in (rate.low, rate.value, rate.high))
    middle = _HEIGHT / 2
    return Markup(
        '<svg class="interval" role="img" aria-label="{label}" width="{width}" height="{height}">'
        '<line class="scale" x1="{left}" x2="{right}" y1="{middle}" y2="{middle}"/>'
        '<line class="ends" x1="{low:.1f}" x2="{high:.1f}" y1="{middle}" y2="{middle}"/>'
        '<circle cx="{value:.1f}" cy="{middle}" r="{dot}"/></svg>'
    ).format(
        label=written(rate), width=_WIDTH, height=_HEIGHT, left=_DOT, right=_WIDTH - _DOT,
        low=low, high=high, value=value, middle=middle, dot=_DOT,
    )  # fmt: skip
