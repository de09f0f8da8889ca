"""WordNet's index, looked up in its files in place of parsed: a word is found by bisection."""

from __future__ import annotations

import mmap
from collections.abc import Iterator, Mapping
from typing import NoReturn, TypeAlias

import nltk

_ADJECTIVE, _SATELLITE = "a", "s"
Content: TypeAlias = bytes | mmap.mmap


class IndexMap(dict[str, dict[str, list[int]]]):
    """For each lemma the offsets of its synsets by part of speech, as nltk's reader has them.

    nltk parses 155,000 lines when it starts. Here a lemma is looked for when it is first asked, and
    one that is not there has no parts of speech.

    Args:
        index: Content of the index files by part of speech; their lines are sorted by lemma.
        adjectives: Content of ``data.adj``, which says which synsets are satellites.
    """

    def __init__(self, index: Mapping[str, Content], adjectives: Content) -> None:
        super().__init__()
        self._index = index
        self._adjectives = adjectives

    def __missing__(self, lemma: str) -> dict[str, list[int]]:
        found: dict[str, list[int]] = {}
        for pos, content in self._index.items():
            line = _line_of(content, lemma.encode("utf-8", "surrogatepass")) if lemma else None
            if line is not None:
                found[pos] = _offsets(line)
        if _ADJECTIVE in found:
            found[_SATELLITE] = [one for one in found[_ADJECTIVE] if self._is_satellite(one)]
        self[lemma] = found
        return found

    def __contains__(self, lemma: object) -> bool:
        return isinstance(lemma, str) and bool(self[lemma])

    def __iter__(self) -> Iterator[NoReturn]:
        raise NotImplementedError("Only part of the lemmas was asked for.")

    def _is_satellite(self, offset: int) -> bool:
        """A line of data begins with the offset, a number and the kind of synset."""
        return self._adjectives[offset : offset + 20].split()[2] == _SATELLITE.encode()


def content_of(root: nltk.data.PathPointer, name: str) -> Content:
    """Return a file's content: mapped into memory, or read where it is in an archive."""
    pointer = root.join(name)
    if isinstance(pointer, nltk.data.FileSystemPathPointer):
        with open(pointer.path, "rb") as file:  # noqa: PTH123 - a path of nltk
            return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    with pointer.open() as file:
        content: bytes = file.read()
    return content


def _line_of(content: Content, lemma: bytes) -> bytes | None:
    """Return the line of a lemma; lines of the licence begin with a blank, which comes first."""
    low, high = 0, len(content)
    while low < high:
        middle = (low + high) // 2
        start = content.rfind(b"\n", low, middle) + 1 or low
        end = content.find(b"\n", middle)
        end = len(content) if end < 0 else end
        line = content[start:end]
        found = line.partition(b" ")[0]
        if found == lemma:
            return line
        if found < lemma:
            low = end + 1
        else:
            high = start
    return None


def _offsets(line: bytes) -> list[int]:
    """Return the offsets at the end of a line, as many as its third word says."""
    words = line.split()
    return [int(word) for word in words[-int(words[2]) :]]
