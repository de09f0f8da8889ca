"""What computes a model's forward pass: torch, or a fused runtime that computes the same faster."""

from weaklink.models.runtimes.choice import (
    MARGIN,
    Chosen,
    Portable,
    Runtime,
    RuntimeFallback,
    choose,
)
from weaklink.models.runtimes.network import (
    TYPE_BITS,
    BatchLayout,
    Ids,
    Network,
    Precision,
    Rows,
    TorchNetwork,
    arranged,
    carries_types,
    pad,
    untyped,
)

__all__ = [
    "MARGIN",
    "TYPE_BITS",
    "BatchLayout",
    "Chosen",
    "Ids",
    "Network",
    "Portable",
    "Precision",
    "Rows",
    "Runtime",
    "RuntimeFallback",
    "TorchNetwork",
    "arranged",
    "carries_types",
    "choose",
    "pad",
    "untyped",
]
