"""How a field of a specification becomes an option of the command line."""

from __future__ import annotations

from typing import Any

from pydantic import Field

DATA, ATTACKS, OUTPUT, MODELS, REMOTE = "Data", "Attacks", "Output", "Models", "Remote models"
"""Panels of the command line's help."""


def option(
    default: Any,  # noqa: ANN401 - of any field
    description: str,
    panel: str,
    *,
    shown: bool = True,
    words: bool = False,
    flag: str | None = None,
    **limits: Any,  # noqa: ANN401 - those of pydantic
) -> Any:  # noqa: ANN401 - pydantic's own type for a field
    """Return a field that is an option of the command line, too.

    Args:
        default: Its default.
        description: Its help.
        panel: The panel of the help that it stands in.
        shown: Whether the help shows the default.
        words: Whether a word may stand in the place of a number.
        flag: What the option is called, if not as the field; several names apart by blanks.
        limits: What pydantic bounds the value by.
    """
    extra: dict[str, Any] = {"panel": panel, "shown": shown, "words": words, "flag": flag}
    return Field(default, description=description, json_schema_extra=extra, **limits)
