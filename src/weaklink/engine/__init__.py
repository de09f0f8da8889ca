"""Drives many attacks at once and gives every model full batches."""

from weaklink.engine.attempt import Job
from weaklink.engine.campaign import Armed, Run, Target
from weaklink.engine.models import Models, remember_scores
from weaklink.engine.scheduler import ModelFailure, Scheduler
from weaklink.engine.settings import Settings

__all__ = [
    "Armed",
    "Job",
    "ModelFailure",
    "Models",
    "Run",
    "Scheduler",
    "Settings",
    "Target",
    "remember_scores",
]
