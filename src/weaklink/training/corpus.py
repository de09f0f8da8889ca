"""The sentences that the networks learn from, and those kept apart to measure them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from weaklink.cache import digest_of_parts
from weaklink.data.datasets import load_split
from weaklink.data.training_samples import digest_of_text
from weaklink.errors import WeaklinkError
from weaklink.generators.tokens import tokenise
from weaklink.text import Words, sentences

FEWEST_TOKENS, MOST_TOKENS = 4, 24
DATA_SETS = ("rotten_tomatoes", "imdb")
DEFAULT_SAMPLES, _DEFAULT_SEED = 200, 0
"""The draw of a study that names neither."""
_HELD_OUT_OF_FILE = 50
TAG = re.compile(r"</?[a-zA-Z][^<>]{0,99}>")
_FOREIGN = re.compile(r"[^\x20-\x7e’\u2018“”…–—éèêëáàâäåíïîóôöøúüûçñ]|https?:|www\.|[<>@_|~^\\{}]")
_FRAGMENT = re.compile(r"[^\w\"'“\u2018(\[]|.*\b(?:mr|mrs|ms|dr|vs|st)\s?\.$", re.IGNORECASE)
_CLOSING = re.compile(r"\s*[.!?…]+['\")\]”’]*(?=\s|$)|\S*")


@dataclass(frozen=True)
class Corpus:
    """Sentences without duplicates.

    Attributes:
        source: Where they are from, in words.
        training: What networks learn from.
        held_out: What no network sees before it is measured.
    """

    source: str
    training: tuple[str, ...]
    held_out: tuple[str, ...]

    @cached_property
    def digest(self) -> str:
        """Digest of all sentences and of which are held out."""
        return digest_of_parts([*self.training, "", *self.held_out])


def load_corpus(file: Path | None = None) -> Corpus:
    """Return the sentences of Rotten Tomatoes and IMDB, or those of a file.

    Of the data sets, every sentence of the samples that audits draw by default is held out; of a
    file one line in fifty, chosen by its digest. A sentence that is held out is in no other place
    either, however it is set and capitalised.

    Args:
        file: UTF-8 text, one sentence a line.

    Raises:
        WeaklinkError: The data sets are not there, or the file cannot be used.
    """
    if file is None:
        held_out, training = _of_data_sets()
        return _corpus(" and ".join(DATA_SETS), held_out, training)
    held_out, training = _of_file(file)
    corpus = _corpus(str(file), held_out, training)
    if not corpus.training or not corpus.held_out:
        raise WeaklinkError(
            f"{file} has too few sentences of {FEWEST_TOKENS} to {MOST_TOKENS} tokens: "
            f"{len(corpus.training)} to learn from and {len(corpus.held_out)} to measure on.",
            "Give a text file with one sentence a line and at least a few thousand sentences.",
        )
    return corpus


def split_sentences(text: str) -> list[str]:
    """Return the sentences of a text without HTML, each with its closing punctuation.

    >>> split_sentences('Slow , yes .<br />But "it grows on you"!')
    ['Slow , yes .', 'But "it grows on you"!']
    """
    plain = TAG.sub("\n\n", text)
    words = Words.split(plain)
    spans = words.spans()
    found, begin = [], 0
    for sentence in sentences(words):
        end = spans[sentence[-1]][1]
        closing = _CLOSING.match(plain, end)
        end = closing.end() if closing else end
        found.append(" ".join(plain[begin:end].split()))
        begin = end
    return found


def is_usable(sentence: str) -> bool:
    """Return whether a sentence is plain English text of a length that the networks learn."""
    if _FOREIGN.search(sentence) or _FRAGMENT.match(sentence):
        return False
    return FEWEST_TOKENS <= len(tokenise(sentence)) <= MOST_TOKENS


def _of_data_sets() -> tuple[list[str], list[str]]:
    held_out: list[str] = []
    training: list[str] = []
    for name in DATA_SETS:
        split = load_split(name)
        for sample in split.draw(DEFAULT_SAMPLES, _DEFAULT_SEED).samples:
            held_out += split_sentences(sample.text)
        for text in split.texts:
            training += split_sentences(text)
    return held_out, training


def _of_file(file: Path) -> tuple[list[str], list[str]]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise WeaklinkError(
            f"{file} cannot be read: {error}.", "Give a UTF-8 text file, one sentence a line."
        ) from error
    stripped = [" ".join(line.split()) for line in lines]
    held_out = [line for line in stripped if int(digest_of_text(line), 16) % _HELD_OUT_OF_FILE == 0]
    return held_out, stripped


def _corpus(source: str, held_out: Iterable[str], training: Iterable[str]) -> Corpus:
    seen: set[str] = set()
    return Corpus(
        source, held_out=tuple(_new(held_out, seen)), training=tuple(_new(training, seen))
    )


def _new(candidates: Iterable[str], seen: set[str]) -> Iterator[str]:
    """Yield the usable sentences that are not among those seen, and add them."""
    for sentence in candidates:
        digest = digest_of_text(sentence)
        if digest not in seen:
            seen.add(digest)
            if is_usable(sentence):
                yield sentence
