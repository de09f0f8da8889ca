"""Classifiers under attack: transformers models and any Python callable."""

from weaklink.victims.callable import CallableVictim
from weaklink.victims.load import load_victim
from weaklink.victims.protocol import (
    Differentiable,
    Encoded,
    FirstOrder,
    Floats,
    Gradient,
    Victim,
)

__all__ = [
    "CallableVictim",
    "Differentiable",
    "Encoded",
    "FirstOrder",
    "Floats",
    "Gradient",
    "Victim",
    "load_victim",
]
