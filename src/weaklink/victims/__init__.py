"""Classifiers under attack: transformers models, Python callables and servers."""

from weaklink.victims.load import load_victim
from weaklink.victims.local.callable import CallableVictim
from weaklink.victims.protocol import (
    Differentiable,
    Encoded,
    Exact,
    Featured,
    FirstOrder,
    Floats,
    Gradient,
    ModelGone,
    Victim,
)
from weaklink.victims.trust import TrustWarning, check_trust

__all__ = [
    "CallableVictim",
    "Differentiable",
    "Encoded",
    "Exact",
    "Featured",
    "FirstOrder",
    "Floats",
    "Gradient",
    "ModelGone",
    "TrustWarning",
    "Victim",
    "check_trust",
    "load_victim",
]
