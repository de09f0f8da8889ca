"""The sheet that readers fill in: blind, as CSV and as a page that gives the same CSV."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from io import StringIO

from weaklink.report.html import environment, render_page

COLUMNS = ("item", "original", "adversarial", "same_label", "fluent")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def sheet_csv(texts: Iterable[tuple[str, str, str]]) -> str:
    """Return the sheet as CSV, the answers empty; no cell is a formula.

    Args:
        texts: Item, original and adversarial text.
    """
    out = StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    writer.writerows((*map(_plain, row), "", "") for row in texts)
    return out.getvalue()


def sheet_page(texts: Iterable[tuple[str, str, str]], title: str) -> str:
    """Return the sheet as a page whose button saves the answers as CSV."""
    return render_page(
        environment(), "sheet.html",
        styles=("page.css", "tables.css"), scripts=("sheet.js",), title=title, texts=[*texts],
    )  # fmt: skip


def _plain(cell: str) -> str:
    """Return a cell that a spreadsheet takes for text."""
    return f"'{cell}" if cell.startswith(_FORMULA) else cell
