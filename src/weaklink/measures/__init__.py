"""Pure functions over a campaign's outcomes: rates, delta, transfer, with intervals and tests."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

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


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Import names on first use, so that ``weaklink --help`` need not wait."""
    if name in _MODULES:
        return getattr(import_module(f"weaklink.measures.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'weaklink.measures' has no attribute {name!r}")
