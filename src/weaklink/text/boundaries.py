"""Where words begin and end, by the rules of Unicode (UAX 29, https://unicode.org/reports/tr29).

A word is a run of letters and digits, each with the marks that follow it (WB4), joined by what
stands between letters in a word (WB6, WB7): apostrophes, a middle dot, Hebrew's gershayim.

Deviations, which UAX 29 allows for ("tailoring"), so that words are what attacks replace:

- Hyphens join: ``well-made`` is one word. Apostrophes join after digits, too: ``90's``.
- Full stops, commas, colons and underscores part: reviews often lack the blank after a full stop
  (``end.Then``), and ``3.5`` is two words.
- Superscripts and fractions are digits: ``x²`` is one word.

Chinese, Japanese, Thai, Lao, Khmer and Burmese put no blanks between words. There, as UAX 29 asks
for, a dictionary finds the words: that of ICU (https://unicode-org.github.io/icu), one for
Chinese and Japanese together, so that the language of a text need not be known.
"""

from __future__ import annotations

from collections.abc import Iterator

import regex

_TAG = r"</?[a-zA-Z][^\s<>=]{0,99}(?:\s[\w:-]{1,40}=[^<>]{0,99})?\s?/?>"
_SPECIAL = r"<\|[^\s<>|]{1,99}\|>|\[(?:CLS|SEP|MASK|PAD|UNK)\]"

_ATTACHED = r"\p{WB=Extend}\p{WB=Format}\p{WB=ZWJ}"
_UNSPACED = r"[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Line_Break=SA}ー]"
_ANY = rf"[[\p{{Alphabetic}}\p{{N}}]--[{_ATTACHED}]]"
_BASE = rf"[{_ANY}--{_UNSPACED}]"
_RUN = rf"(?:[a-zA-Z0-9]|{_BASE})(?:[a-zA-Z0-9]++|{_BASE}|[{_ATTACHED}])*+"
_LETTER = r"[\p{WB=ALetter}\p{WB=Hebrew_Letter}]"
_AFTER, _ON_LETTERS = rf"(?<={_LETTER}[{_ATTACHED}]*+)", rf"[{_ATTACHED}]*+(?={_LETTER})"
_JOINED = rf"""(?:['’\-]|{_AFTER}(?:[·״]|(?<=\p{{Hebrew}})"(?=\p{{Hebrew}})){_ON_LETTERS})"""
_WORD = regex.compile(
    rf"(?V1)(?P<word>{_RUN}(?:{_JOINED}{_RUN})*+)|{_TAG}|{_SPECIAL}"
    rf"|(?P<unspaced>[{_ANY}&&{_UNSPACED}][{_UNSPACED}{_ATTACHED}]*+)"
)

_GRAPHEME = regex.compile(r"\X")


def word_spans(text: str) -> Iterator[tuple[int, int]]:
    """Yield the first character and the one after the last of each word.

    HTML tags and special tokens of tokenizers hold no words.

    >>> ["नमस्ते, दुनिया!"[a:b] for a, b in word_spans("नमस्ते, दुनिया!")]
    ['नमस्ते', 'दुनिया']
    """
    for match in _WORD.finditer(text):
        if match.lastgroup == "word":
            yield match.span()
        elif match.lastgroup:
            yield from _cut(match.group(), match.start())


def _cut(run: str, start: int) -> Iterator[tuple[int, int]]:
    """Yield the words in a run of letters, which begins at the character ``start``."""
    from icu4py.breakers import WordBreaker

    for part in WordBreaker(run, "und"):
        if any(map(str.isalnum, part)):
            yield start, start + len(part)
        start += len(part)


def graphemes(word: str) -> list[str]:
    """Return what readers take for single letters: each with the marks that belong to it.

    >>> graphemes("नमस्ते")
    ['न', 'म', 'स्ते']
    """
    return list(_GRAPHEME.findall(word))
