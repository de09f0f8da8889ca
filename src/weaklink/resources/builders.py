"""The resources that weaklink can build, by name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.resources.counter_fitted import build_counter_fitted


class Builder(Protocol):
    """Builds a resource in the cache folder."""

    def __call__(self, progress: Progress, *, again: bool) -> Path:
        """Build it, unless it is there and ``again`` is false, and return its folder."""


BUILDERS: dict[str, Builder] = {"counter-fitted": build_counter_fitted}


def build_resource(name: str, progress: Progress, *, again: bool = False) -> Path:
    """Build a resource and return its folder, which has a ``manifest.json``.

    Raises:
        WeaklinkError: Nothing of that name can be built, or what it is built from is missing.
    """
    if name not in BUILDERS:
        known = ", ".join(BUILDERS)
        nearest = get_close_matches(name, BUILDERS, n=1)
        raise WeaklinkError(
            f"{name!r} cannot be built; these can: {known}.",
            f"Did you mean {nearest[0]}?" if nearest else "Choose one of them.",
        )
    return BUILDERS[name](progress, again=again)
