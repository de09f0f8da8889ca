"""The paper's study: what it selects, what became of it, and its tables."""

from weaklink.study.record import (
    CampaignEntry,
    ChainEntry,
    Excluded,
    Failure,
    FunnelStep,
    Link,
    ModelEntry,
    ReplayEntry,
    StudyRecord,
)

__all__ = [
    "CampaignEntry",
    "ChainEntry",
    "Excluded",
    "Failure",
    "FunnelStep",
    "Link",
    "ModelEntry",
    "ReplayEntry",
    "StudyRecord",
]
