"""The studies that come with weaklink, as commented TOML files."""

from __future__ import annotations

from importlib.resources import files

from weaklink.errors import WeaklinkError, instead

_FOLDER = files("weaklink.campaigns.presets")
_TEMPLATE = "template"


def presets() -> tuple[str, ...]:
    """Return the names of the presets."""
    names = (entry.name for entry in _FOLDER.iterdir() if entry.name.endswith(".toml"))
    return tuple(sorted({name.removesuffix(".toml") for name in names} - {_TEMPLATE}))


def preset_text(name: str) -> str:
    """Return the file of a preset, or the template of every key, comments included.

    Raises:
        WeaklinkError: There is no preset of that name.
    """
    if name not in (*presets(), _TEMPLATE):
        raise WeaklinkError(f"There is no preset named {name!r}.", instead(name, presets()))
    return _FOLDER.joinpath(f"{name}.toml").read_text(encoding="utf-8")
