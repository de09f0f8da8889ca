"""A study's report on disk against what its store gives: every number of every file."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import polars as pl

from .compare import differences
from .facts import read_facts
from .figures import Untold
from .links import check_links
from .marks import expected_marks
from .page import Page
from .results import expected_results, untold
from .tables import expected_tables, on_the_page, visible

_ESTIMATE = ("value", "low", "high", "n")
_SHARES = {
    "paper", "ours", "detectable", "detectable_holm", "lineage_detectable", "difference",
    "contrast_detectable", "upstream_asr",
    "downstream_asr",
    "words_changed", "characters_changed",
}  # fmt: skip
"""Columns that are shown in per cent or points though they have no interval."""
_ROUNDED = {"share": 0.0501, "p": 0.000501, "percentile": 0.501, "median": 0.501, "mean": 0.501,
            "seconds": 0.501}  # fmt: skip


def check_report(folder: Path) -> Iterator[str]:
    """Yield in words whatever is wrong in ``results.json``, ``tables/`` or ``report.html``."""
    facts = read_facts(folder)
    results = json.loads((folder / "results.json").read_text(encoding="utf-8"))
    yield from differences(expected_results(facts), results)
    yield from untold(results)
    tables = expected_tables(facts, results)
    files = sorted(path.stem for path in folder.glob("tables/*.parquet"))
    yield from differences(sorted(tables), files, "tables")
    for key in files:
        rows = pl.read_parquet(folder / "tables" / f"{key}.parquet").rows(named=True)
        yield from differences(tables[key], [*map(_estimates, rows)], key)
    page = Page(folder / "report.html")
    drawn = [(row[0].text, row[1].text) for row in page.tables.pop("lineage-edges")]
    told = {(e["upstream"], e["downstream"]) for c in facts.record["chains"] for e in c["links"]}
    yield from differences(sorted(told), sorted(drawn), "edges of the picture")
    shown = on_the_page(facts, tables)
    yield from differences(sorted(shown), sorted(page.tables), "tables of the page")
    for name, rows in shown.items():
        for row, cells in zip(rows, page.tables[name], strict=True):
            for column, cell in zip(visible(name, row), cells, strict=True):
                if not _says(cell.text, column, row[column]):
                    yield f"{name}.{column}: {cell.text}, not {row[column]}"
    yield from check_links(facts, page, shown)
    for caption, marks in expected_marks(results).items():
        found = [said for title, said in page.figures.items() if title.startswith(caption)]
        yield from differences([sorted(marks)], [sorted(set(said)) for said in found], caption)


def _estimates(row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a row of a file with the four columns of each estimate as one."""
    found: dict[str, Any] = {}
    for name, value in row.items():
        if f"{name}_low" in row:
            parts = (value, *(row[f"{name}_{part}"] for part in _ESTIMATE[1:]))
            found[name] = dict(zip(_ESTIMATE, parts, strict=True)) if value is not None else None
        elif not any(name == f"{other}_{part}" for other in row for part in _ESTIMATE[1:]):
            found[name] = value
    return found


def _says(text: str, column: str, value: Any) -> bool:
    """Return whether a cell's text is a value, as exactly as it is written."""
    if isinstance(value, Untold):
        return True
    if isinstance(value, str):
        return text == value
    if value is None:
        return not _numbers(text)
    counted = re.match(r"(\d+) of (\d+) ", text)
    if counted and isinstance(value, Mapping):
        text = f"{100 * int(counted[1]) / int(counted[2])} {text[counted.end() :]}"
    if isinstance(value, Mapping):
        parts, kind = [value[part] for part in _ESTIMATE[:3]], "share"
    else:
        parts, kind = [value], "share" if column in _SHARES else column.partition("_")[0]
    if text.startswith("<"):
        return bool(value < _numbers(text)[0])
    scale = 100 if kind == "share" else 1
    within = [_ROUNDED.get(kind, abs(part) * 0.00501) for part in parts]
    said = _numbers(text)
    return len(said) == len(parts) and all(
        abs(number - scale * part) <= most
        for number, part, most in zip(said, parts, within, strict=True)
    )


def _numbers(text: str) -> list[float]:
    plain = text.replace("−", "-").replace(",", "" if "[" not in text else " ")
    return [float(number) for number in re.findall(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?", plain)]
