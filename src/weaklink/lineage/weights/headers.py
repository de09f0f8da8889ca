"""Headers of safetensors files, and the bytes of tensors as numbers."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError

Floats = NDArray[np.float32]

MAX_HEADER = 25_000_000

_WIDTHS = {
    "F64": 8, "F32": 4, "F16": 2, "BF16": 2, "F8_E4M3": 1, "F8_E5M2": 1,
    "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1,
}  # fmt: skip
_BROKEN = (ValueError, OverflowError, RecursionError, KeyError, TypeError, AttributeError)
"""What reading a header of other values raises."""
_PLAIN = {"F64": "<f8", "F32": "<f4", "F16": "<f2", "I8": "i1", "U8": "u1"}


@dataclass(frozen=True, slots=True)
class TensorPlace:
    """Where a tensor lies.

    Attributes:
        name: Its name.
        dtype: Its storage type, as safetensors names it.
        shape: Its shape.
        file: The file that holds it.
        start: Its first byte in the file.
    """

    name: str
    dtype: str
    shape: tuple[int, ...]
    file: str
    start: int

    @property
    def rows(self) -> int:
        """Number of rows; a vector is one row."""
        return self.shape[0] if len(self.shape) > 1 else 1

    @property
    def columns(self) -> int:
        """Numbers in a row."""
        return math.prod(self.shape[1:]) if len(self.shape) > 1 else math.prod(self.shape)

    def span(self, first: int, count: int) -> tuple[int, int]:
        """Return the first byte of some rows, and the byte after the last."""
        width = self.columns * _WIDTHS[self.dtype]
        return self.start + first * width, self.start + (first + count) * width

    @property
    def readable(self) -> bool:
        """Whether its numbers mean something alone, which packed ones do not."""
        return self.dtype in _PLAIN or self.dtype in {"BF16", "F8_E4M3", "F8_E5M2"}


def header_length(file: str, beginning: bytes) -> int:
    """Return the length of the header that a file's first eight bytes give.

    Raises:
        WeaklinkError: It is not a safetensors file.
    """
    length = int.from_bytes(beginning[:8], "little") if len(beginning) >= 8 else 0  # noqa: PLR2004
    if not 1 < length <= MAX_HEADER:
        raise _damaged(file, f"its header would have {length:,} bytes")
    return length


def read_header(file: str, header: bytes, size: int | None = None) -> list[TensorPlace]:
    """Return the tensors that a header lists, in the order of the file.

    Args:
        file: The file's name.
        header: The header, without its length.
        size: Bytes of the whole file, if known.

    Raises:
        WeaklinkError: The header is broken.
    """
    try:
        listed = json.loads(header)
        entries = [(n, e) for n, e in listed.items() if n != "__metadata__"]
        found = [_place(file, name, entry, 8 + len(header)) for name, entry in entries]
    except _BROKEN as error:
        raise _damaged(file, f"its header cannot be read ({type(error).__name__})") from error
    ends = (place.span(0, place.rows)[1] for place in found)
    if size is not None and max(ends, default=0) > size:
        raise _damaged(file, "a tensor lies beyond its end")
    return sorted(found, key=lambda place: place.start)


def _place(file: str, name: str, entry: dict[str, Any], offset: int) -> TensorPlace:
    shape = tuple(entry["shape"])
    start, end = entry["data_offsets"]
    place = TensorPlace(name, str(entry["dtype"]), shape, file, offset + int(start))
    whole = all(isinstance(n, int) and n >= 0 for n in (*shape, start, end))
    first, last = place.span(0, place.rows)
    if not whole or last - first != end - start:
        raise ValueError(name)
    return place


def numbers(place: TensorPlace, data: bytes) -> Floats:
    """Return the bytes of whole rows as an array of rows."""
    if place.dtype in _PLAIN:
        flat = np.frombuffer(data, _PLAIN[place.dtype]).astype(np.float32)
    elif place.dtype == "BF16":
        flat = (np.frombuffer(data, "<u2").astype(np.uint32) << 16).view(np.float32)
    else:
        import torch

        kinds = {"F8_E4M3": torch.float8_e4m3fn, "F8_E5M2": torch.float8_e5m2}
        flat = torch.frombuffer(bytearray(data), dtype=kinds[place.dtype]).float().numpy()
    return flat.reshape(-1, max(place.columns, 1))


def _damaged(file: str, why: str) -> WeaklinkError:
    return WeaklinkError(
        f"{file} is not a safetensors file that can be read: {why}.",
        "Check the model; it may be damaged.",
    )
