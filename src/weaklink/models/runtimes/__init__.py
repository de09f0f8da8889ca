"""What computes a model's forward pass: torch, or a fused runtime that computes the same faster."""

from weaklink.models.runtimes.choice import (
    MARGIN,
    Chosen,
    Portable,
    Runtime,
    RuntimeFallback,
    choose,
)
from weaklink.models.runtimes.network import Ids, Network, Precision, Rows, TorchNetwork, pad

__all__ = [
    "MARGIN",
    "Chosen",
    "Ids",
    "Network",
    "Portable",
    "Precision",
    "Rows",
    "Runtime",
    "RuntimeFallback",
    "TorchNetwork",
    "choose",
    "pad",
]
