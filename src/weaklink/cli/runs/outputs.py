"""Files that a command will write: whether it can, before hours of work, and what stood there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from weaklink.errors import WeaklinkError


def require_writable(paths: Iterable[Path | None]) -> None:
    """Refuse outputs that could not be written; None and ``-`` are no files.

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
