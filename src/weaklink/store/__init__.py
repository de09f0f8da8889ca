"""Outcomes and campaigns in a real database."""

from weaklink.store.campaign import (
    AttackRecord,
    Campaign,
    DataRecord,
    VictimRecord,
)
from weaklink.store.frame import export, to_frame
from weaklink.store.outcome import Outcome, OutcomeKey, Status
from weaklink.store.store import Registration, Store, StoredCampaign, open_store

__all__ = [
    "AttackRecord",
    "Campaign",
    "DataRecord",
    "Outcome",
    "OutcomeKey",
    "Registration",
    "Status",
    "Store",
    "StoredCampaign",
    "VictimRecord",
    "export",
    "open_store",
    "to_frame",
]
