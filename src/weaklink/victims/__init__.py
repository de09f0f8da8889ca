"""Classifiers under attack: transformers models and any Python callable."""

from weaklink.victims.protocol import (
    Differentiable,
    Encoded,
    FirstOrder,
    Floats,
    Gradient,
    Victim,
)

__all__ = ["Differentiable", "Encoded", "FirstOrder", "Floats", "Gradient", "Victim"]
