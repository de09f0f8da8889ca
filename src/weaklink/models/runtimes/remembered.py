"""What was chosen for a network before, on this machine and with these versions.

To choose, torch computes each text alone, every runtime computes them again, and all race. That is
most of what it takes to start on a large model, and comes out the same the next time.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Sequence
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import NamedTuple

import psutil

from weaklink.cache import cache_folder, digest_of_parts
from weaklink.files import write_atomically

_FORMAT = "1"
_VERSIONED = ("torch", "onnx", "onnxruntime", "openvino", "numpy")


class RememberedRuntime(NamedTuple):
    """What computed a network last, and how that agreed with torch."""

    runtime: str
    """Its name, or ``torch``."""
    difference: float
    checked: int


def recall(key: str, asked: Sequence[str]) -> RememberedRuntime | None:
    """Return what was chosen, if it was for the same key, machine, threads and versions.

    Args:
        key: Digest of all that the network's rows depend on.
        asked: What else the choice depends on.
    """
    with suppress(OSError, ValueError, TypeError, KeyError):
        found = json.loads(_place(key, asked).read_text("utf-8"))
        return RememberedRuntime(
            str(found["runtime"]), float(found["difference"]), int(found["checked"])
        )
    return None


def remember(key: str, asked: Sequence[str], chosen: RememberedRuntime) -> None:
    """Keep a choice; a cache that cannot be written only costs time later."""
    place = _place(key, asked)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(place, json.dumps(chosen._asdict()) + "\n")


def _place(key: str, asked: Sequence[str]) -> Path:
    import torch

    machine = [platform.machine(), platform.processor(), _processor()]
    threads = [str(torch.get_num_threads()), str(psutil.cpu_count())]
    parts = [_FORMAT, key, *asked, *machine, *threads, *map(installed, _VERSIONED)]
    return cache_folder() / "runtimes" / f"{digest_of_parts(parts)}.json"


def _processor() -> str:
    """Return the model of the processor, where Linux says it."""
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines():
            if line.startswith(("model name", "CPU part")):
                return line
    return ""


def installed(package: str) -> str:
    """Return a package's name and version, or that there is none."""
    with suppress(PackageNotFoundError):
        return f"{package} {version(package)}"
    return f"no {package}"
