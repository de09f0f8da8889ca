"""The studies that come with weaklink, as commented TOML files."""

from __future__ import annotations

from importlib.resources import files

_FOLDER = files("weaklink.study.presets")


def presets() -> tuple[str, ...]:
    """Return the names of the presets."""
    names = (entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted(name.removesuffix(".toml") for name in names))


def preset_text(name: str) -> str:
    """Return the file of a preset, comments included."""
    return _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
