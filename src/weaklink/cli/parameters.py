"""Parameters of attacks from ``-P`` assignments and from a TOML file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from weaklink.errors import WeaklinkError
from weaklink.guards.toml_text import parse_toml


def read_parameters(file: Path | None, assignments: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Return parameters by attack; an assignment outranks the file.

    Raises:
        WeaklinkError: The file cannot be read or has another form, or an assignment has.
    """
    from weaklink.attacks.registry import parse_assignments

    values = {} if file is None else _read(file)
    for attack, parameters in parse_assignments(assignments).items():
        values.setdefault(attack, {}).update(parameters)
    return values


def _read(file: Path) -> dict[str, dict[str, Any]]:
    try:
        tables = parse_toml(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WeaklinkError(
            f"The parameter file {file} cannot be read: {error}.",
            "Give a TOML file with a table for each attack.",
        ) from error
    stray = [name for name, table in tables.items() if not isinstance(table, dict)]
    if stray:
        raise WeaklinkError(
            f"{stray[0]} is outside any attack's table in {file}.",
            "Move it into the table of its attack, such as [textfooler].",
        )
    return tables
