"""Pure functions over outcomes: rates, delta, transfer, with intervals and tests."""

from weaklink.measures.summary import (
    AttackSummary,
    ChainSummary,
    Estimate,
    Summary,
    VictimSummary,
)

__all__ = ["AttackSummary", "ChainSummary", "Estimate", "Summary", "VictimSummary"]
