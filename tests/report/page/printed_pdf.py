"""The text of a PDF as Chromium prints one, and where it stands.

Such files have plain objects, streams that zlib reads, and fonts that say which characters their
glyphs are.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

Matrix: TypeAlias = tuple[float, float, float, float, float, float]

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb">>\s*stream\n(.*)\nendstream", re.DOTALL)
_TOKEN = re.compile(rb"<<.*?>>|<[0-9A-Fa-f]*>|[^\s<>]+", re.DOTALL)
_MAPPED = re.compile(rb"^<(\w+)> (?:<(\w+)> )?<(\w{4,})>$", re.MULTILINE)
_WIDTHS = re.compile(rb"(\d+) (?:\[([^\]]*)\]|(\d+) ([\d.]+))")
_SAME: Matrix = (1, 0, 0, 1, 0, 0)


class Run(NamedTuple):
    """Text in one font: where it begins and ends on its baseline, and its size, all in points.

    The corner of the paper is top left.
    """

    text: str
    left: float
    right: float
    baseline: float
    size: float


class Paper(NamedTuple):
    """A page: its width and height in points, and its text."""

    width: float
    height: float
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        """All of it, in the order in which it was drawn."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class _Font:
    """Characters and widths by glyph, the widths of size 1; and hexadecimal digits of a glyph."""

    characters: Mapping[int, str]
    widths: Mapping[int, float]
    digits: int


@dataclass
class _Drawing:
    """Where the next text comes to; ``around`` is the matrix of the graphics, ``here`` of text."""

    around: Matrix = _SAME
    here: Matrix = _SAME
    outer: list[Matrix] = field(default_factory=list)
    font: bytes = b""
    size: float = 0.0


def papers(pdf: bytes) -> list[Paper]:
    """Return the pages of a PDF that Chromium printed."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    return [
        _paper(objects, body) for body in objects.values() if re.match(rb"<<\s*/Type /Page\s", body)
    ]


def _paper(objects: Mapping[int, bytes], page: bytes) -> Paper:
    fonts = {
        name: _font(objects, objects[int(number)])
        for name, number in re.findall(rb"(/F\d+) (\d+) 0 R", page)
    }
    width, height = map(float, re.findall(rb"MediaBox \[0 0 (\S+) (\S+)\]", page)[0])
    content = _stream(objects[_reference(page, b"Contents")])
    return Paper(width, height, tuple(_runs(content, fonts, height)))


def _font(objects: Mapping[int, bytes], font: bytes) -> _Font:
    characters = {}
    for first, last, coded in _MAPPED.findall(_stream(objects[_reference(font, b"ToUnicode")])):
        start = bytes.fromhex(coded.decode()).decode("utf-16-be")
        for step in range(int(last or first, 16) - int(first, 16) + 1):
            characters[int(first, 16) + step] = start[:-1] + chr(ord(start[-1]) + step)
    if b"/Type3" in font:  # drawn glyph by glyph, as emoji are
        (unit,) = re.findall(rb"FontMatrix \[(\S+)", font)
        (widths,) = re.findall(rb"Widths \[([^\]]*)\]", font)
        return _Font(characters, _in_turn(0, widths, float(unit)), 2)
    inner = objects[int(re.findall(rb"DescendantFonts \[(\d+) 0 R\]", font)[0])]
    listed: dict[int, float] = {}
    for first, some, last, width in _WIDTHS.findall(inner.partition(b"/W [")[2]):
        alike = [width] * (int(last or first) - int(first) + 1)
        listed |= _in_turn(int(first), some or b" ".join(alike), 0.001)
    return _Font(characters, listed, 4)


def _in_turn(first: int, widths: bytes, unit: float) -> dict[int, float]:
    return {first + step: unit * float(width) for step, width in enumerate(widths.split())}


def _runs(content: bytes, fonts: Mapping[bytes, _Font], height: float) -> Iterator[Run]:
    drawing, given = _Drawing(), []
    for token in _TOKEN.findall(content):
        match token:
            case b"q":
                drawing.outer.append(drawing.around)
            case b"Q":
                drawing.around = drawing.outer.pop()
            case b"cm":
                drawing.around = _times(_matrix(given), drawing.around)
            case b"Tf":
                drawing.font, drawing.size = given[-2], float(given[-1])
            case b"Tm":
                drawing.here = _matrix(given)
            case b"Td":
                moved = (1.0, 0.0, 0.0, 1.0, float(given[-2]), float(given[-1]))
                drawing.here = _times(moved, drawing.here)
            case b"Tj":
                yield _run(drawing, fonts[drawing.font], given[-1], height)
            case _:
                given.append(token)
                continue
        given = []


def _run(drawing: _Drawing, font: _Font, shown: bytes, height: float) -> Run:
    ends = range(1, len(shown) - 1, font.digits)
    glyphs = [int(shown[at : at + font.digits], 16) for at in ends]
    across, up, _, _, left, bottom = _times(drawing.here, drawing.around)
    length = sum(font.widths.get(glyph, 0) for glyph in glyphs)
    return Run(
        text="".join(font.characters.get(glyph, "") for glyph in glyphs),
        left=left,
        right=left + drawing.size * across * length,
        baseline=height - bottom,
        size=drawing.size * math.hypot(across, up),
    )


def _stream(body: bytes) -> bytes:
    found = _STREAM.search(body)
    assert found is not None
    return zlib.decompress(found[1]) if b"FlateDecode" in body[: found.start()] else found[1]


def _reference(body: bytes, name: bytes) -> int:
    return int(re.findall(rb"/" + name + rb" (\d+) 0 R", body)[0])


def _matrix(given: list[bytes]) -> Matrix:
    a, b, c, d, e, f = map(float, given[-6:])
    return a, b, c, d, e, f


def _times(one: Matrix, other: Matrix) -> Matrix:
    a, b, c, d, e, f = one
    A, B, C, D, E, F = other  # noqa: N806  as PDF's specification names them
    return (
        a * A + b * C, a * B + b * D, c * A + d * C, c * B + d * D, e * A + f * C + E,
        e * B + f * D + F,
    )  # fmt: skip
