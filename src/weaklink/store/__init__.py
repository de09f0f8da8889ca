"""Outcomes and campaigns in a real database."""

from weaklink.store.campaign import (
    AttackRecord,
    Campaign,
    DataRecord,
    TrustWarning,
    VictimRecord,
)
from weaklink.store.outcome import Outcome, OutcomeKey, Status

__all__ = [
    "AttackRecord",
    "Campaign",
    "DataRecord",
    "Outcome",
    "OutcomeKey",
    "Status",
    "TrustWarning",
    "VictimRecord",
]
