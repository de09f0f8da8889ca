"""How many workers a Ray cluster has room for, and what of a GPU each one gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

Resources: TypeAlias = Mapping[str, float]
"""What a node has, as Ray counts it: ``CPU``, ``GPU`` and others."""

_NOT_COUNTED = ("cpu", "mps")
"""Devices that are not GPUs to Ray."""

_LEAST = 1e-4
"""Ray counts resources in steps of this size."""


def nodes() -> list[Resources]:
    """Return what each node of the connected cluster has."""
    import ray

    found: list[dict[str, Any]] = ray.nodes()
    return [node["Resources"] for node in found if node["Alive"]]


def gpus_of(asked: float | None, device: str, cluster: Sequence[Resources]) -> float:
    """Return the GPUs of each worker; Ray hides every GPU from a worker that gets none.

    Args:
        asked: What the specification says; None: one where models run on a GPU.
        device: Where models run; ``auto``: on a GPU where there is one.
        cluster: What each node has.
    """
    if asked is not None:
        return asked
    has_some = any(node.get("GPU", 0) for node in cluster)
    return float(has_some if device == "auto" else device not in _NOT_COUNTED)


def room_for(cluster: Sequence[Resources], cpus: float, gpus: float) -> int:
    """Return how many workers fit, at least 1. Workers that share a GPU are on that one alone.

    Args:
        cluster: What each node has.
        cpus: Of each worker.
        gpus: Of each worker: a share of one, or a whole number.
    """
    return max(1, sum(_room_on(node, cpus, gpus) for node in cluster))


def bound_memory(gpus: float) -> None:
    """Let this process take no more of its GPU's memory than its share of that GPU.

    Beyond it torch raises as if the GPU were full, and batches are halved. What CUDA itself takes
    for the process, and what other runtimes take, is not counted.

    Args:
        gpus: Of this worker. None, or whole ones, are not shared and not bounded.
    """
    if not 0 < gpus < 1:
        return
    import torch

    if torch.cuda.is_available():
        torch.cuda.set_per_process_memory_fraction(gpus)


def _room_on(node: Resources, cpus: float, gpus: float) -> int:
    room = int(node.get("CPU", 0) / cpus + _LEAST)
    if not gpus:
        return room
    found = int(node.get("GPU", 0))
    return min(room, int(found / gpus) if gpus >= 1 else found * int(1 / gpus + _LEAST))
