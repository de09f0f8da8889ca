"""Word vectors, and the words nearest to a word by cosine."""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from itertools import islice
from pathlib import Path
from typing import NamedTuple, Self, TextIO

import numpy as np
from numpy.typing import NDArray

from weaklink.cache import digest_of_file, digest_of_folder
from weaklink.errors import WeaklinkError

TENSOR = "vectors"
"""Name of the tensor in a folder's ``vectors.safetensors``."""

_REMEMBERED = 8192
_DECIMALS = 6
_COUNTS = 2
"""Numbers of a first line that says how many words and dimensions there are."""
_NO_UTF_8 = "\ufffd"


class Neighbour(NamedTuple):
    """A word near another, and the cosine of their vectors."""

    word: str
    cosine: float


class Vectors:
    """Word vectors that answer nearest-neighbour questions.

    The matrix is kept as it is given (it may be memory-mapped); every cosine is exact up to
    rounding to six decimals, so that the last bits, which differ between machines, order nothing.

    Args:
        words: One word for each row, all different, in lower case where the source has it so.
        matrix: float32 of shape (words, dimensions).
        digest: Digest of the files that the vectors came from.
    """

    def __init__(self, words: Sequence[str], matrix: NDArray[np.float32], digest: str) -> None:
        self.words = tuple(words)
        self.digest = digest
        self._matrix = matrix
        self._rows = {word: row for row, word in enumerate(self.words)}
        norms = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
        self._scales = 1 / np.maximum(norms, np.finfo(np.float32).tiny)
        self._nearest = lru_cache(maxsize=_REMEMBERED)(self._search)

    @classmethod
    def from_text(cls, path: Path, most: int | None = None, *, lower: bool = False) -> Self:
        """Read the published format: on each line a word and its numbers, separated by blanks.

        A first line that only counts words and dimensions, as fastText writes it, is skipped. So
        are words that are not UTF-8, of which fastText's published files have some
        (https://github.com/facebookresearch/fastText/issues/954). A word may hold blanks.

        Args:
            path: The file, or the file compressed (``.gz``).
            most: How many lines to read, the first ones; None: all.
            lower: Put the words in lower case; of equal ones the first stays.

        Raises:
            WeaklinkError: The file cannot be read, or a line does not hold what the first one does.
        """
        try:
            with _opened(path) as file:
                rows = _parse(islice(file, most), lower=lower)
        except (OSError, ValueError, EOFError, zlib.error) as error:
            raise WeaklinkError(
                f"{path} is not a file of word vectors: {error}.",
                "Give a text file with a word and its numbers on each line, and each word once.",
            ) from error
        return cls(tuple(rows), np.stack(list(rows.values())), digest_of_file(path))

    @classmethod
    def from_safetensors(cls, folder: Path) -> Self:
        """Read a folder with ``vectors.safetensors`` and ``words.txt`` (one word a line).

        Raises:
            WeaklinkError: The folder is damaged.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            matrix = load_file(folder / "vectors.safetensors")[TENSOR]
            words = (folder / "words.txt").read_text("utf-8").split("\n")[:-1]
        except (OSError, KeyError, SafetensorError) as error:
            raise WeaklinkError(
                f"The vectors in {folder} cannot be read: {error}.",
                "Delete the folder, and they are built again.",
            ) from error
        return cls(words, matrix, digest_of_folder(folder))

    def __len__(self) -> int:
        return len(self.words)

    def __contains__(self, word: str) -> bool:
        return word in self._rows

    def rank(self, word: str) -> int:
        """Return the row of a word, and as many rows as there are for an unknown one."""
        return self._rows.get(word, len(self.words))

    def matrix(self, words: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of words, all of them known, scaled to length 1."""
        rows = [self._rows[word] for word in words]
        vectors: NDArray[np.float32] = self._matrix[rows] * self._scales[rows, None]
        return vectors

    def neighbours(self, word: str, count: int, minimum: float = -1.0) -> tuple[Neighbour, ...]:
        """Return the words nearest to a word, most similar first, ties in the words' order.

        Args:
            word: The word, which is not among its neighbours; an unknown one has none.
            count: How many at most.
            minimum: The least cosine, in [-1, 1].
        """
        return self._nearest(word, count, minimum)

    def _search(self, word: str, count: int, minimum: float) -> tuple[Neighbour, ...]:
        row = self._rows.get(word)
        if row is None or count < 1:
            return ()
        cosines = self._cosines(row)
        cosines[row] = -math.inf
        if count < len(cosines):
            minimum = max(minimum, float(np.partition(cosines, -count)[-count]))
        near = np.flatnonzero(cosines >= minimum)
        found = [Neighbour(self.words[i], round(float(cosines[i]), _DECIMALS)) for i in near]
        return tuple(sorted(found, key=lambda n: (-n.cosine, n.word))[:count])

    def _cosines(self, row: int) -> NDArray[np.float32]:
        products = self._matrix @ (self._matrix[row] * self._scales[row])
        cosines: NDArray[np.float32] = np.round(products * self._scales, _DECIMALS)
        return cosines


def _opened(path: Path) -> TextIO:
    """Open a file of vectors; what is not UTF-8 is read as U+FFFD."""
    if path.suffix == ".gz":
        return gzip.open(path, "rt", encoding="utf-8", errors="replace", newline="\n")
    return path.open(encoding="utf-8", errors="replace", newline="\n")


def _parse(lines: Iterable[str], *, lower: bool) -> dict[str, NDArray[np.float32]]:
    rows: dict[str, NDArray[np.float32]] = {}
    length = 0
    for number, line in enumerate(lines, start=1):
        parts = line.rstrip().split(" ")
        if number == 1 and len(parts) == _COUNTS and all(part.isdecimal() for part in parts):
            length = int(parts[1])
            continue
        length = length or len(parts) - 1
        spelling = " ".join(parts[:-length]) if length else parts[0]
        word = spelling.lower() if lower else spelling
        if _NO_UTF_8 in word or (lower and word in rows):
            continue
        if not word or not length or word in rows:
            raise ValueError(f"line {number} ({(word or parts[0])[:40]!r})")
        rows[word] = np.array(parts[-length:], dtype=np.float32)
    if not rows:
        raise ValueError("it is empty")
    return rows


@cache
def vectors_of_text(path: Path) -> Vectors:
    """Return the vectors of a file in the published format, which is read once.

    Raises:
        WeaklinkError: The file cannot be read.
    """
    return Vectors.from_text(path)
