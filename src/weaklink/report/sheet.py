"""The sheet that readers fill in: blind, as CSV and as a page that gives the same CSV."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from weaklink.report.html import environment, render_page
from weaklink.report.tables.table import for_spreadsheets

COLUMNS = ("item", "original", "adversarial", "same_label", "fluent")


def sheet_csv(texts: Iterable[tuple[str, str, str]]) -> str:
    """Return the sheet as CSV, the answers empty; no cell is a formula.

    Args:
        texts: Item, original and adversarial text.
    """
    rows = [(*row, "", "") for row in texts]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(COLUMNS, pl.String), orient="row")
    return for_spreadsheets(frame).write_csv()


def sheet_page(texts: Iterable[tuple[str, str, str]], title: str) -> str:
    """Return the sheet as a page whose button saves the answers as CSV."""
    return render_page(
        environment(), "sheet.html",
        styles=("page.css", "tables.css"), scripts=("sheet.js",), title=title, texts=[*texts],
    )  # fmt: skip
