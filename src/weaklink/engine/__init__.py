"""Drives many attacks at once and gives every model full batches."""

from weaklink.engine.attempt import Job
from weaklink.engine.campaign import Assignment, ConfiguredAttack, LoadedVictim, Run
from weaklink.engine.models import Models, remember_scores
from weaklink.engine.scheduler import ModelFailure, Scheduler

__all__ = [
    "Assignment",
    "ConfiguredAttack",
    "Job",
    "LoadedVictim",
    "ModelFailure",
    "Models",
    "Run",
    "Scheduler",
    "remember_scores",
]
