"""Pure functions over a campaign's outcomes: rates, delta, transfer, with intervals and tests."""

from weaklink.measures.bounds import Bounds
from weaklink.measures.frames import links_frame, scenarios_frame
from weaklink.measures.gate import Bound, Judgement, parse_bound
from weaklink.measures.options import Options
from weaklink.measures.results import Results
from weaklink.measures.saved.read import read_results
from weaklink.measures.statistics.estimate import Estimate

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
