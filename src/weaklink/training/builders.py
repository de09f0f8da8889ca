"""The resources that weaklink can build, by name."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from weaklink.doctor.resources import resources
from weaklink.errors import WeaklinkError, guess
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
        got = {one.name: one.command for one in resources()}
        raise WeaklinkError(
            f"{name!r} cannot be built.",
            f"Get it with: {got[name]}"
            if name in got
            else f"{guess(name, [*BUILDERS, *got])}These can be built: {', '.join(BUILDERS)}.",
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
