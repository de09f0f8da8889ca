"""Drives many attacks at once and gives every model full batches."""

from weaklink.engine.attempt import Job
from weaklink.engine.campaign import Assignment, CampaignRun, ConfiguredAttack, LoadedVictim
from weaklink.engine.leasing import DeadlyVictim, Worker, this_worker
from weaklink.engine.models import Models, remember_scores
from weaklink.engine.scheduler import ModelFailure, Scheduler

__all__ = [
    "Assignment",
    "CampaignRun",
    "ConfiguredAttack",
    "DeadlyVictim",
    "Job",
    "LoadedVictim",
    "ModelFailure",
    "Models",
    "Scheduler",
    "Worker",
    "remember_scores",
    "this_worker",
]
