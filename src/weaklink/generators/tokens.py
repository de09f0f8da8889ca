"""Sentences as the tokens that the networks read and write, and back."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

_CLITIC = r"'(?:s|m|d|re|ve|ll)\b"
_TOKEN = re.compile(
    rf"""
    (?:mr|mrs|ms|dr|st|vs|jr|sr)\.(?=\s) | (?:[a-z]\.){{2,}}
    | \d+(?:[.,:/]\d+)+
    | [^\W_]+(?:-[^\W_]+)*?(?=n't\b) | n't\b | {_CLITIC}
    | [^\W_]+(?:(?:-|(?!{_CLITIC})')[^\W_]+)*
    | \.{{2,}} | -{{2,}} | \S
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PLAIN: dict[int, str] = {
    **dict.fromkeys(map(ord, "’\u2018\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "“”"), '"'),
    ord("–"): "-",
    ord("—"): "--",
    ord("…"): "...",
}
_IS_CLITIC = re.compile(rf"n't|{_CLITIC}")
_SPACED_PUNCTUATION = re.compile(r"\s[.,!?;:](?:\s|$)")
_SPACED_CLITIC = re.compile(rf"\s(?:n't\b|{_CLITIC})", re.IGNORECASE)
_QUOTE = '"'
_NO_SPACE_BEFORE = frozenset(".,!?;:)]}%")
_NO_SPACE_AFTER = frozenset("([{$#")
_REMEMBERED = 1024
"""Sentences: a generator writes hundreds in the manner of one."""


class _Token(NamedTuple):
    """A token in its case, and the white space before it."""

    surface: str
    gap: str


def tokenise(sentence: str) -> list[str]:
    """Return the lower-cased tokens of a sentence.

    Words keep their inner hyphens; clitics and punctuation are tokens of their own, whether the
    text sets them apart or not. Typographic quotes and dashes become plain ones.

    >>> tokenise("It isn't John's well-made film.")
    ['it', 'is', "n't", 'john', "'s", 'well-made', 'film', '.']
    """
    return [token.surface.lower() for token in _read(sentence)]


def join(tokens: Sequence[str], like: str) -> str:
    """Return tokens as text in the spacing and capitals of another sentence.

    Two tokens that follow each other in ``like`` are set as they are there. Otherwise punctuation
    is set apart if ``like`` does so (as Rotten Tomatoes does), and clitics likewise. A word that
    ``like`` has after its first keeps its capitals, and the first word is capitalised if that of
    ``like`` is; an abbreviation keeps its capitals wherever ``like`` has it.

    >>> join(["is", "n't", "he", "john", "?"], "He said that John saw it.")
    "Isn't he John?"
    >>> join(["good", ",", "not", "great", "."], "it's great , and good .")
    'good , not great .'
    """
    model = _read(like)
    words = _in_case(tokens, [token.surface for token in model])
    gaps = _gaps(tokens, model, like)
    return "".join(gap + word for gap, word in zip(gaps, words, strict=True))


@lru_cache(maxsize=_REMEMBERED)
def _read(sentence: str) -> tuple[_Token, ...]:
    plain = sentence.translate(_PLAIN)
    matches = list(_TOKEN.finditer(plain))
    ends = [0, *(match.end() for match in matches)]
    return tuple(
        _Token(match[0], plain[end : match.start()])
        for end, match in zip(ends, matches, strict=False)
    )


def _in_case(tokens: Sequence[str], model: Sequence[str]) -> list[str]:
    words = [surface for surface in model if surface[0].isalnum()]
    telling = words if words and words[0].isupper() and len(words[0]) > 1 else words[1:]
    cases = {word.lower(): word for word in reversed(telling)}
    cases |= {word: word for word in telling if word == word.lower()}
    if any(word != word.lower() for word in words):
        cases["i"] = "I"
    written = [cases.get(token, token) for token in tokens]
    first = next((i for i, word in enumerate(written) if word[:1].isalnum()), None)
    if first is not None and words and words[0][0].isupper():
        written[first] = written[first][0].upper() + written[first][1:]
    return written


def _gaps(tokens: Sequence[str], model: Sequence[_Token], like: str) -> Iterator[str]:
    """Yield what stands before each token: nothing before the first, else a blank or nothing."""
    known = {
        (a.surface.lower(), b.surface.lower()): " " if b.gap else ""
        for a, b in reversed(list(pairwise(model)))
    }
    spaced = bool(_SPACED_PUNCTUATION.search(like))
    spaced_clitics = bool(_SPACED_CLITIC.search(like))
    open_quote = False
    for position, token in enumerate(tokens):
        before = tokens[position - 1] if position else None
        if before is None:
            gap = ""
        elif _IS_CLITIC.fullmatch(token):
            gap = " " if spaced_clitics else ""
        elif spaced:
            gap = " "
        else:
            gap = _usual_gap(before, token, open_quote=open_quote)
        yield known.get((before, token), gap) if before else gap
        open_quote ^= token == _QUOTE


def _usual_gap(before: str, token: str, *, open_quote: bool) -> str:
    """Return the gap between two tokens of ordinary text."""
    closes = token == _QUOTE and open_quote
    opened = before == _QUOTE and open_quote
    tight = token[0] in _NO_SPACE_BEFORE or before in _NO_SPACE_AFTER
    return "" if tight or closes or opened or "/" in (before, token) else " "
