"""A specification as a TOML file, or a preset."""

from __future__ import annotations

from pathlib import Path

from weaklink.campaigns.presets import preset_text, presets
from weaklink.campaigns.specification.specification import Specification
from weaklink.errors import WeaklinkError, instead
from weaklink.guards.toml_text import parse_toml

_REQUIRED = ("name", "data")
"""Of which a replay of stored texts needs no data."""


def read_specification(source: str) -> Specification:
    """Read a specification from a TOML file, or a preset by its name.

    Raises:
        WeaklinkError: There is neither, or it is not TOML, or a key or value is not allowed.
    """
    text = preset_text(source) if source in presets() else _text_of(Path(source))
    try:
        values = parse_toml(text)
    except ValueError as error:
        raise WeaklinkError(
            f"{source} is not valid TOML: {error}.", "Fix it, or start from `weaklink study init`."
        ) from error
    remedy = "See `weaklink study init` for every key and its meaning."
    required = _REQUIRED[:1] if "replay" in values else _REQUIRED
    if missing := [name for name in required if name not in values]:
        raise WeaklinkError(f"In {source}, the key {missing[0]} is missing.", remedy)
    if "store" in values:
        raise WeaklinkError(
            f"In {source}, the key store is not allowed: a study has its store in its own folder.",
            "Remove it, and name the folder with --out.",
        )
    return Specification.checked(values, f"In {source},", remedy)


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        raise WeaklinkError(
            f"{path} is neither a preset nor a readable file.",
            instead(str(path), presets(), "Give a TOML file, or one of:"),
        ) from error
