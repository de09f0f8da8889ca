"""Pure functions over outcomes: rates, delta, transfer, with intervals and tests."""

from weaklink.measures.frames import attacks_frame, chain_frame, victims_frame
from weaklink.measures.gate import Bound, Breach, parse_bound
from weaklink.measures.quality import Bounds, valid
from weaklink.measures.summarise import summarise
from weaklink.measures.summary import (
    AttackSummary,
    ChainSummary,
    Estimate,
    Summary,
    VictimSummary,
)

__all__ = [
    "AttackSummary",
    "Bound",
    "Bounds",
    "Breach",
    "ChainSummary",
    "Estimate",
    "Summary",
    "VictimSummary",
    "attacks_frame",
    "chain_frame",
    "parse_bound",
    "summarise",
    "valid",
    "victims_frame",
]
