"""YAML of strangers, whose parser raises more than errors of YAML."""

from __future__ import annotations

from typing import Any

import yaml


def parse_yaml(text: str) -> Any:  # noqa: ANN401 - whatever the text holds
    """Return what a text holds.

    Raises:
        ValueError: It is not YAML, too deep, or has a number, a date or a key that Python lacks.
    """
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, RecursionError, TypeError, OverflowError) as error:
        raise ValueError(f"it is not YAML: {type(error).__name__}") from error
