"""Files that are either whole or not there."""

from __future__ import annotations

import os
from pathlib import Path

from weaklink.errors import WeaklinkError


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path`` in one step.

    Raises:
        WeaklinkError: The file cannot be written; what stood there before stays.
    """
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        try:
            partial.write_text(text, encoding="utf-8", newline="\n")
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise WeaklinkError(
            f"{path} cannot be written: {error.strerror}.",
            "Name a file in a folder that exists, that you may write to and that has room.",
        ) from error
