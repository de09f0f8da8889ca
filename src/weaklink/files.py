"""Files and folders that are either whole or not there."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from weaklink.errors import WeaklinkError


def user_path(name: str | os.PathLike[str]) -> Path:
    """Return a path that a user named, with ``~`` as a home.

    Raises:
        WeaklinkError: It is the home of nobody.
    """
    try:
        return Path(name).expanduser()
    except RuntimeError as error:
        raise WeaklinkError(
            f"{os.fspath(name)} is in the home folder of nobody.", "Check the path."
        ) from error


def require_file(path: Path) -> None:
    """Refuse a folder, a pipe or a device, which would be read for ever or without an end.

    Raises:
        WeaklinkError: It is one.
    """
    if path.exists() and not path.is_file():
        raise WeaklinkError(f"{path} is not a file.", "Name a file.")


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the path of a file to write, and put that file in the place of ``path`` at the end.

    Raises:
        WeaklinkError: The file cannot be written; what stood there before stays.
    """
    if not path.name:
        raise WeaklinkError(f"{path} is not a file name.", "Name a file.")
    partial = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        try:
            yield partial
            partial.replace(path)
        finally:
            partial.unlink(missing_ok=True)
    except OSError as error:
        raise WeaklinkError(
            f"{path} cannot be written: {error.strerror or error}.",
            "Choose a writable folder that exists and has free space.",
        ) from error


def write_atomically(path: Path, text: str) -> None:
    """Write ``text`` as UTF-8 to ``path`` in one step.

    Raises:
        WeaklinkError: The file cannot be written; what stood there before stays.
    """
    with whole_file(path) as partial:
        partial.write_text(text, encoding="utf-8", newline="\n")


@contextmanager
def whole_folder(folder: Path, mode: int = 0o777) -> Iterator[Path]:
    """Give an empty folder to fill, and put it in the place of ``folder`` at the end.

    If filling it fails, what stood there before stays.

    Args:
        folder: What to make.
        mode: Its permissions, less those that the umask takes away.
    """
    if not folder.name:
        raise WeaklinkError(f"{folder} is not a folder name.", "Name a folder.")
    partial = folder.with_name(f".{folder.name}.{os.getpid()}.partial")
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True, mode=mode)
    try:
        yield partial
        shutil.rmtree(folder, ignore_errors=True)
        partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
