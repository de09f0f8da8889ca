"""Finds the trained networks: the user's own, else the packaged ones."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, TypeAlias

from weaklink.cache import cache_folder
from weaklink.packaged import Packaged

Network: TypeAlias = Literal["scpn", "gan"]

WEIGHTS = "network.safetensors"
MANIFEST = "manifest.json"
_PACKAGED = Packaged("weaklink", "weaklink", "generators/weights")


def built_folder(name: Network) -> Path:
    """Return the folder of a network that the user built; its number counts the ways of building.

    It may not exist.
    """
    return cache_folder() / f"{name}-1"


def packaged_folder(name: Network) -> Path | None:
    """Return the folder of the network that comes with weaklink, or None if it does not."""
    weights = _PACKAGED.find()
    folder = weights / name if weights else None
    return folder if folder and folder.is_dir() else None


def network_folder(name: Network) -> Path | None:
    """Return the folder of the built network, else that of the packaged one, else None."""
    built = built_folder(name)
    return built if built.is_dir() else packaged_folder(name)
