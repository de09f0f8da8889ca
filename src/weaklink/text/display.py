"""Text made safe to print: adversarial text is hostile to terminals as well as to models."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container, Iterable, Sequence

_MARKDOWN = re.compile(r"([\\`*_{}\[\]<>|~&$])")
_INVISIBLE = {"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"}
"""Unicode categories: controls, formats (zero-width, direction), unassigned, line separators."""


def visible(text: str) -> str:
    r"""Return ``text`` on one line, with every invisible character as its Python escape.

    Terminal escape sequences, line breaks, zero-width characters and changes of direction become
    visible; letters, marks, emoji and blanks stay.

    >>> visible("a\x1b[31m b\u200bc\n")
    'a\\x1b[31m b\\u200bc\\n'
    """
    if text.isprintable():
        return text
    return "".join(
        character.encode("unicode_escape").decode("ascii")
        if unicodedata.category(character) in _INVISIBLE
        else character
        for character in text
    )


def unbroken(sentence: str) -> str:
    r"""Keep each figure with its unit, and each interval, in one line.

    >>> unbroken("63.7 % [57.1, 69.9], n = 7").split(" ")
    ['63.7\xa0%\xa0[57.1,\xa069.9],', 'n\xa0=\xa07']
    >>> unbroken("4 of 7 (57 %), 0.1 to +0.4").split(" ")
    ['4\xa0of\xa07\xa0(57\xa0%),', '0.1\xa0to\xa0+0.4']
    >>> unbroken("4 of 7 [25.0, 84.2] % too").split(" ")
    ['4\xa0of\xa07\xa0[25.0,\xa084.2]\xa0%', 'too']
    """
    kept = re.sub(r"(?<=[\d\]]) (?=%)|(?<=[%\d]) (?=[\[(][+−\d])", "\u00a0", sentence)
    kept = re.sub(r"(?<=\d) (of|to) (?=[+−-]?\d)|\b(n) (=) (?=\d)", _kept, kept)
    return re.sub(r"(\[[+−\d.]+,) (?=[+−\d.]+\])", "\\1\u00a0", kept)


def _kept(found: re.Match[str]) -> str:
    return found[0].replace(" ", "\u00a0")


def as_markdown(text: str) -> str:
    r"""Return ``text`` so that Markdown and the HTML in it show it as it is, on one line.

    >>> print(as_markdown("a|b <script> *c*"))
    a\|b \<script\> \*c\*
    """
    return _MARKDOWN.sub(r"\\\1", " ".join(visible(text).split()))


def markdown_table(
    heading: Sequence[str], rows: Iterable[Sequence[str]], *, figures: Container[int] = ()
) -> str:
    r"""Return a table of Markdown that shows every cell as it is.

    Args:
        heading: Of each column.
        rows: A cell for each column.
        figures: Places of the columns that hold figures, which stand to the right.

    >>> print(markdown_table(["who", "n"], [["a|b", "3"]], figures={1}))
    | who | n |
    | :-- | --: |
    | a\|b | 3 |
    """
    rules = ["--:" if place in figures else ":--" for place in range(len(heading))]
    lines = [[*map(as_markdown, heading)], rules, *([*map(as_markdown, row)] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
