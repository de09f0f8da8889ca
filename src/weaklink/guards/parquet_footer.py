"""What a Parquet file says of its own size.

pyarrow and polars read this, too, but end the process where sizes of a damaged file contradict each
other. A footer, and the header of each page, is a struct of Thrift's compact protocol
(https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md); its fields are
those of https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

_MAGIC = b"PAR1"
_MOST_BYTES = 32_000_000
_MOST_OF_A_HEADER = 64_000
_DEEPEST = 20
_DELTA_BYTE_ARRAY = 7
_STOP, _TRUE, _FALSE, _DOUBLE = 0, 1, 2, 7
_LONG = 15
"""In the place of the size of a list that follows."""
_MORE = 128
"""Of a byte of a number, whether more follow."""


class Chunk(NamedTuple):
    """Some rows of a column.

    Attributes:
        column: Its name, without those of fields within it.
        values: How many.
        size: Bytes, decompressed.
        shares_prefixes: Whether a value may repeat the one before.
    """

    column: str
    values: int
    size: int
    shares_prefixes: bool


def read_chunks(path: Path) -> list[Chunk]:
    """Return what a Parquet file says of each of its chunks.

    Raises:
        OSError: It is not a Parquet file, or its footer is damaged.
    """
    with path.open("rb") as file:
        end = file.seek(0, os.SEEK_END)
        file.seek(max(0, end - 8))
        tail = file.read()
        length = int.from_bytes(tail[:4], "little")
        if tail[4:] != _MAGIC or not 0 < length <= min(end - 8, _MOST_BYTES):
            raise OSError("it is not a Parquet file, or its footer is damaged")
        file.seek(end - 8 - length)
        footer = file.read(length)
        try:
            groups = _Compact(footer).struct()[4]
            return [_chunk(file, column[3]) for group in groups for column in group[1]]
        except (IndexError, KeyError, TypeError, ValueError, AttributeError) as error:
            raise OSError("its footer, or the header of a page, is damaged") from error


def _chunk(file: BinaryIO, said: dict[int, Any]) -> Chunk:
    values, sizes = int(said[5]), list(_page_sizes(file, said))
    return Chunk(said[3][0].decode(), values, sum(sizes), _DELTA_BYTE_ARRAY in said[2])


def _page_sizes(file: BinaryIO, said: dict[int, Any]) -> Iterator[int]:
    """Yield the size of each page, decompressed, and check that they have the values of the chunk.

    Raises:
        ValueError: They have not.
    """
    at = min(offset for offset in (said.get(11), said[9]) if offset)
    end, values = at + said[7], said[5]
    while at < end:
        file.seek(at)
        header = _Compact(file.read(min(_MOST_OF_A_HEADER, end - at)))
        page = header.struct()
        data = page.get(5) or page.get(8)
        count = (data or page.get(7) or {1: 0})[1]
        at += header.at + page[3]
        values -= count if data else 0
        if min(count, page[2], page[3]) < 0 or count > max(said[5], page[2]):
            raise ValueError
        yield header.at + page[2]
    if values or at != end:
        raise ValueError


class _Compact:
    """Reads a struct as a dictionary by the numbers of its fields.

    Attributes:
        at: How many bytes were read.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def struct(self, depth: int = 0) -> dict[int, Any]:
        """Read a struct.

        Raises:
            ValueError: It is too deep, or has a field of an unknown type.
            IndexError: It does not end.
        """
        found, number = dict[int, Any](), 0
        while (head := self._byte()) != _STOP:
            number = number + (head >> 4) if head >> 4 else self._signed()
            kind = head & 15
            found[number] = kind == _TRUE if kind in (_TRUE, _FALSE) else self._value(kind, depth)
        return found

    def _value(self, kind: int, depth: int) -> Any:  # noqa: ANN401 - as the file has it
        if depth > _DEEPEST:
            raise ValueError
        match kind:
            case 4 | 5 | 6:
                return self._signed()
            case 1 | 2 | 3 | 7:
                return self._bytes(8 if kind == _DOUBLE else 1)
            case 8:
                return self._bytes(self._unsigned())
            case 9 | 10:
                head = self._byte()
                size = self._unsigned() if head >> 4 == _LONG else head >> 4
                return [self._value(head & 15, depth + 1) for _ in range(size)]
            case 12:
                return self.struct(depth + 1)
            case _:
                raise ValueError

    def _byte(self) -> int:
        self.at += 1
        return self._data[self.at - 1]

    def _bytes(self, length: int) -> bytes:
        self.at += length
        if self.at > len(self._data):
            raise IndexError
        return self._data[self.at - length : self.at]

    def _unsigned(self) -> int:
        found = 0
        for shift in range(0, 64, 7):
            byte = self._byte()
            found |= (byte & ~_MORE) << shift
            if not byte & _MORE:
                return found
        raise ValueError

    def _signed(self) -> int:
        found = self._unsigned()
        return found >> 1 ^ -(found & 1)
