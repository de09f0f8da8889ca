"""The cache folder, whose folders are complete or absent, and digests."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import platformdirs
from filelock import FileLock

from weaklink.errors import WeaklinkError
from weaklink.files import whole_folder

CACHE_VARIABLE = "WEAKLINK_CACHE"


def cache_folder() -> Path:
    """Return the cache folder: ``WEAKLINK_CACHE``, else the platform's. It may not exist yet."""
    chosen = os.environ.get(CACHE_VARIABLE)
    return Path(chosen).expanduser() if chosen else platformdirs.user_cache_path("weaklink")


def digest_of_parts(parts: Iterable[str]) -> str:
    """Return the SHA-256 of a sequence of strings; where one ends and the next begins counts."""
    digest = hashlib.sha256()
    for part in parts:
        encoded = part.encode("utf-8", "surrogatepass")
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def require_files(folder: Path, digests: Mapping[str, str], remedy: str) -> None:
    """Check that files of a folder are as they were written.

    Args:
        folder: The folder.
        digests: The SHA-256 of each file, by name.
        remedy: What to do about it.

    Raises:
        WeaklinkError: A file is missing, or another one; names the first.
    """
    for name, digest in digests.items():
        path = folder / name
        if Path(name).name != name or not path.is_file() or digest_of_file(path) != digest:
            raise WeaklinkError(
                f"{folder} is damaged: {name!r} is not as its manifest says.", remedy
            )


def digest_of_folder(folder: Path) -> str:
    """Return one digest for the names and bytes of all files below a folder.

    Hidden files and compiled Python are left out: they come and go without changing anything.
    """
    names = sorted(
        path.relative_to(folder)
        for path in folder.rglob("*")
        if path.is_file() and path.suffix != ".pyc"
    )
    visible = [name for name in names if not any(part.startswith(".") for part in name.parts)]
    return digest_of_parts(
        part for name in visible for part in (name.as_posix(), digest_of_file(folder / name))
    )


def make_folder(folder: Path, fill: Callable[[Path], None], *, again: bool = False) -> Path:
    """Return ``folder``; if it does not exist, ``fill`` fills it.

    ``fill`` gets an empty private folder, which takes its final name when it is full. If several
    processes want the same folder, one fills it and the others wait.

    Args:
        folder: The folder's final name.
        fill: Writes the files.
        again: Fill it again even if it exists.
    """
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with FileLock(folder.parent / f".{folder.name}.lock"):
        if again or not folder.is_dir():
            with whole_folder(folder, mode=0o700) as unfinished:
                fill(unfinished)
    return folder
