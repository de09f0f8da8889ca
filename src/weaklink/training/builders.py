"""The resources that weaklink can build, by name."""

from __future__ import annotations

from difflib import get_close_matches
from pathlib import Path
from typing import Protocol

from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.training.building import BuildOptions, build_network


class Builder(Protocol):
    """Builds a resource in the cache folder."""

    def __call__(self, options: BuildOptions, progress: Progress) -> Path:
        """Build it, unless it is there and ``options.again`` is false, and return its folder."""


def build_resource(name: str, options: BuildOptions, progress: Progress) -> Path:
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
    return BUILDERS[name](options, progress)


def _counter_fitted(options: BuildOptions, progress: Progress) -> Path:
    from weaklink.lexicons.counter_fitted import build_counter_fitted

    if options.corpus:
        raise WeaklinkError(
            "Counter-fitted vectors are not trained on a corpus.", "Remove --corpus."
        )
    return build_counter_fitted(progress, again=options.again)


def _scpn(options: BuildOptions, progress: Progress) -> Path:
    from weaklink.training.scpn.recipe import ScpnRecipe

    return build_network(ScpnRecipe(), options, progress)


def _gan(options: BuildOptions, progress: Progress) -> Path:
    from weaklink.training.gan.recipe import GanRecipe

    return build_network(GanRecipe(), options, progress)


BUILDERS: dict[str, Builder] = {"counter-fitted": _counter_fitted, "scpn": _scpn, "gan": _gan}
