"""YAML as files on the Hub have it."""

from __future__ import annotations

from typing import Any

import yaml


def to_yaml(content: Any) -> str:  # noqa: ANN401  whatever the Hub's own functions give
    """Return content as YAML, its keys in the order that they have."""
    return str(yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=100))
