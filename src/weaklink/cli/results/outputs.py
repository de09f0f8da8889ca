"""Files that a command will write: whether it can, before hours of work, and what stood there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from rich.console import Console

    from weaklink.store.studies import Study


def require_writable(paths: Iterable[Path | None]) -> None:
    """Refuse outputs that could not be written; None and ``-`` are not files.

    Raises:
        WeaklinkError: A folder does not exist or cannot be written, or a folder has the name.
    """
    for path in paths:
        if path is None or path == Path("-"):
            continue
        folder = path if path.is_dir() else path.parent
        if path.suffix and path.is_dir():
            raise WeaklinkError(f"{path} is a folder.", "Name a file.")
        if not folder.is_dir() and path.suffix:
            raise WeaklinkError(
                f"{path} cannot be written: there is no folder {folder}.", "Make it first."
            )
        if folder.is_dir() and not os.access(folder, os.W_OK):
            raise WeaklinkError(
                f"{path} cannot be written: {folder} is read-only.", "Choose another folder."
            )


def spare_report(page: Path, study: Study, console: Console) -> None:
    """Rename a page that is about other models or data than the study, and say so."""
    from weaklink.report.folder import keep_report_of_another

    kept = keep_report_of_another(page, study)
    if kept is not None:
        told = f"{page} was the report of other models or data: it is now {kept}"
        console.print(told, style="yellow", markup=False, highlight=False, soft_wrap=True)
