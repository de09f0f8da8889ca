"""A benchmark's record as it is kept in git: a summary as JSON, and a CSV with one row a run.

The whole record, with every text, goes to a folder that git ignores.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from collections.abc import Iterable, Mapping
from io import StringIO
from pathlib import Path
from typing import Any

COLUMNS = (
    "round", "words", "width", "attack", "entrant", "count", "succeeded", "failed", "skipped",
    "queries", "distinct", "seconds", "victim_seconds", "constraint_seconds", "raw_seconds",
    "raw_batch", "peak_gib", "runtime", "error",
)  # fmt: skip
TOOLS = ("weaklink", "textattack", "OpenAttack", "torch", "transformers", "openvino", "onnxruntime")
_KEPT = (
    "benchmark", "data", "machine", "threads", "samples", "rounds", "model", "resources", "ratios",
)  # fmt: skip


def write_record(record: Mapping[str, Any], raw: Path, out: Path) -> None:
    """Write the record to ``raw``, and its summary and its runs to ``out``.

    Args:
        record: As ``bench.py`` or ``growth.py`` makes it.
        raw: File of the whole record; its name is that of the others too.
        out: Folder of what is kept.
    """
    raw.parent.mkdir(parents=True, exist_ok=True)
    raw.write_text(json.dumps(record, indent=1))
    out.mkdir(parents=True, exist_ok=True)
    (out / raw.name).write_text(json.dumps(summary(record), indent=1) + "\n")
    (out / raw.with_suffix(".csv").name).write_text(table_of_runs(record))


def summary(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return what identifies the record, the versions of the tools, and the ratios."""
    kept = {key: record[key] for key in _KEPT if key in record}
    versions = {
        environment: {tool: packages[tool] for tool in TOOLS if tool in packages}
        for environment, packages in record.get("packages", {}).items()
    }
    return kept | {"versions": versions}


def table_of_runs(record: Mapping[str, Any]) -> str:
    """Return a row for each run; columns that no run has are left out."""
    rows = [_row(run) for run in _runs(record)]
    columns = [name for name in COLUMNS if any(row.get(name, "") != "" for row in rows)]
    text = StringIO()
    writer = csv.DictWriter(text, columns, extrasaction="ignore", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _runs(record: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    """Return the runs of a comparison, or those of a study of growth."""
    return record["runs"] if "runs" in record else [*record["lengths"], *record["widths"]]


def _row(run: Mapping[str, Any]) -> dict[str, Any]:
    statuses = Counter(sample["status"] for sample in run.get("samples", ()))
    row = {name: _cell(run[name]) for name in COLUMNS if name in run} | statuses
    if "error" in run:
        row["error"] = next(reversed(run["error"].strip().splitlines()), "")
    return row


def _cell(value: Any) -> Any:
    return f"{value:.4g}" if isinstance(value, float) else value
