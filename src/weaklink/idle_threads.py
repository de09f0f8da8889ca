"""How threads of GNU OpenMP wait for each other: they spin, or sleep where others want to compute.

libgomp's threads spin for some milliseconds before they sleep. That saves time on a quiet machine.
Where the processors are busy, threads that spin take them from those that compute: ten training
steps took 89 and 146 s in place of 7 and 35 s at loads of 7 to 23 on two cores. It must be chosen
before torch is loaded.
"""

from __future__ import annotations

import os
from typing import Literal, TypeAlias

Waiting: TypeAlias = Literal["sleep", "spin"]

VARIABLE = "GOMP_SPINCOUNT"
_ASKED = (VARIABLE, "OMP_WAIT_POLICY", "GOMP_CPU_AFFINITY")
"""Who sets one of these has chosen."""
_BUSY = 0.5
"""Load for each core that counts as busy."""


def choose() -> None:
    """Let threads sleep if the machine is busy, unless the user has chosen."""
    if not any(name in os.environ for name in _ASKED) and is_busy():
        os.environ[VARIABLE] = "0"


def is_busy() -> bool:
    """Return whether others compute on half of the cores or more, by the load of a minute."""
    found = load()
    return found is not None and found >= _BUSY * (os.cpu_count() or 1)


def load() -> float | None:
    """Return the load of the last minute; None where the system does not say it."""
    try:
        return os.getloadavg()[0]
    except OSError:
        return None


def chosen() -> Waiting:
    """Return how threads wait in this process."""
    sleeps = (os.environ.get(VARIABLE) == "0", os.environ.get("OMP_WAIT_POLICY") == "passive")
    return "sleep" if any(sleeps) else "spin"
