"""The figures of a campaign as data frames."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from pydantic import BaseModel

from weaklink.measures.results import LinkScenario, Results, Scenario
from weaklink.measures.statistics.estimate import Estimate

PARTS = (
    ("", "value", pl.Float64),
    ("_low", "low", pl.Float64),
    ("_high", "high", pl.Float64),
    ("_n", "n", pl.Int64),
)
"""The columns that an estimate becomes: ending of the name, part of the estimate, type."""


def scenarios_frame(results: Results) -> pl.DataFrame:
    """Return one row for each model, attack and data set.

    ``asr_all`` has ``asr_all_low`` and so on beside it, and each note a column of its own.
    """
    return _frame(Scenario, results.scenarios)


def links_frame(results: Results) -> pl.DataFrame:
    """Return one row for each link, attack and data set, over all samples."""
    return _frame(LinkScenario, [one for one in results.link_scenarios if one.subset == "all"])


def _frame(kind: type[BaseModel], entries: Sequence[BaseModel]) -> pl.DataFrame:
    columns = []
    for name, field in kind.model_fields.items():
        values = [getattr(entry, name) for entry in entries]
        if field.annotation in (Estimate, Estimate | None):
            for ending, part, dtype in PARTS:
                parts = [None if value is None else getattr(value, part) for value in values]
                columns.append(pl.Series(name + ending, parts, dtype))
        elif field.annotation in (dict[str, float], dict[str, int]):
            for key in dict.fromkeys(key for value in values for key in value):
                parts = [value.get(key) for value in values]
                columns.append(pl.Series(f"{name}_{key}", parts, pl.Float64))
        else:
            columns.append(pl.Series(name, values))
    return pl.DataFrame(columns)
