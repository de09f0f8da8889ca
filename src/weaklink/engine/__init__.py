"""Drives many attacks at once and gives every model full batches."""

from weaklink.engine.campaign import Armed, Run, Target
from weaklink.engine.models import Models, remember_scores

__all__ = ["Armed", "Models", "Run", "Target", "remember_scores"]
