"""Pure functions over a campaign's outcomes: rates, delta, transfer, with intervals and tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.lazy import importer

if TYPE_CHECKING:
    from weaklink.measures.bounds import Bounds
    from weaklink.measures.frames import links_frame, scenarios_frame
    from weaklink.measures.gate import Bound, Judgement, parse_bound
    from weaklink.measures.options import Options
    from weaklink.measures.results import Results
    from weaklink.measures.saved.read import read_results
    from weaklink.measures.statistics.estimate import Estimate

_MODULES = {
    "Bound": "gate",
    "Bounds": "bounds",
    "Estimate": "statistics.estimate",
    "Judgement": "gate",
    "Options": "options",
    "Results": "results",
    "links_frame": "frames",
    "parse_bound": "gate",
    "read_results": "saved.read",
    "scenarios_frame": "frames",
}

__all__ = [
    "Bound",
    "Bounds",
    "Estimate",
    "Judgement",
    "Options",
    "Results",
    "links_frame",
    "parse_bound",
    "read_results",
    "scenarios_frame",
]

__getattr__ = importer(__name__, _MODULES)
