"""Frequency-guided word substitutions: what frequent synonyms do to the prediction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeAlias, cast

import numpy as np

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.victim_access import VictimAccess, attacked_words
from weaklink.errors import WeaklinkError
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.languages.word_vectors import load_vectors_of
from weaklink.lexicons.stop_words import STOP_WORDS, stop_words_of
from weaklink.lexicons.vectors import Vectors
from weaklink.lexicons.wordnet import POS_OF_TAG, load_wordnet
from weaklink.text import Words, match_case
from weaklink.text.pairs import segments
from weaklink.victims import Floats

_NEIGHBOURS = 8
"""Where no synonym is known; else as many as a word has synonyms."""
_COUNTED_IN = 1000
"""Texts whose words' synonyms are counted."""
_FALSE_POSITIVES = 0.10
_UNTUNED = 70
_GRID = range(0, 110, 10)
_TUNED_ON = 200
"""Texts of either kind that the percentile is tuned on."""
_REMEMBERED = 50_000

_Best: TypeAlias = Callable[[str], str | None]
"""From a word to what it is exchanged for, or None."""


def _fit(examples: TrainingExamples, access: VictimAccess, task: DetectorTask) -> DetectorState:
    """Count words, and tune below what frequency a word is exchanged for a frequent synonym.

    Mozes, Stenetorp, Kleinberg and Griffin 2021, section 4: attacks replace words by rarer ones.
    Every word rarer than a threshold is exchanged for the most frequent of its WordNet synonyms
    and nearest neighbours in GloVe, where that is more frequent. The score is by how much the
    probability of the predicted label falls, at least 0. The threshold is a percentile of the
    logarithms of the frequencies of the training texts' words, one of 0, 10, ..., 100: the one
    that finds most adversarial texts with 10 % false positives, as in the authors' code. As there,
    neighbours are words of the training texts, as many as a word has synonyms on average.

    In another language than English synonyms are Open Multilingual Wordnet's and vectors the user's
    own, as for attacks; one of the two is enough.

    Deviations: without adversarial texts the threshold is the 70th percentile. The packaged GloVe
    vectors have 50 dimensions; the paper's have 300. Stop words stay. The threshold is tuned on at
    most 200 texts of either kind. Of a pair, the words of both segments are counted, and those of
    the attacked one are exchanged; the paper has no pairs.

    Raises:
        WeaklinkError: There are neither synonyms nor vectors of the language.
    """
    counts = _counts(examples.clean)
    logs = np.log1p(np.array(list(counts.values()), dtype=float))
    percentiles = {percentile: float(np.percentile(logs, percentile)) for percentile in _GRID}
    many = _many_synonyms(examples.clean[:_COUNTED_IN], task.language)
    chosen = _UNTUNED
    if examples.adversarial:
        best = _exchanges(counts, many, task.language)
        chosen = _tuned(examples, counts, percentiles, best, access, task)
    return DetectorState(
        values={
            "counts": dict(counts),
            "percentile": chosen,
            "threshold": percentiles[chosen],
            "neighbours": many,
            "language": task.language,
        }
    )


def _open(state: DetectorState, _: Path, access: VictimAccess) -> Score:
    """Return by how much the probability of the predicted label falls."""
    values = cast("Mapping[str, Any]", state.values)
    best = _exchanges(values["counts"], values["neighbours"], values["language"])
    return _scoring(values["counts"], values["threshold"], best, access)


def _counts(texts: Sequence[str]) -> Counter[str]:
    parts = (part for text in texts for part in segments(text))
    return Counter(word.lower() for part in parts for word in Words.split(part).words)


def _many_synonyms(texts: Sequence[str], language: str) -> int:
    """Return how many synonyms a word of the texts has on average, rounded up."""
    synonyms = synonyms_of(language)
    found = [len(set(synonyms(word))) for word in _counts(texts)]
    return math.ceil(np.mean(found)) or _NEIGHBOURS


def _tuned(
    examples: TrainingExamples,
    counts: Mapping[str, int],
    percentiles: Mapping[int, float],
    best: _Best,
    access: VictimAccess,
    task: DetectorTask,
) -> int:
    clean, adversarial = examples.originals[:_TUNED_ON], examples.adversarial[:_TUNED_ON]
    task.progress.begin("Tuning the threshold of frequency", len(percentiles))
    found = {}
    for percentile, threshold in percentiles.items():
        score = _scoring(counts, threshold, best, access)
        cut = np.quantile(score(clean), 1 - _FALSE_POSITIVES, method="inverted_cdf")
        found[percentile] = float((score(adversarial) > cut).mean())
        task.progress.advance()
    return max(found, key=lambda percentile: (found[percentile], percentile))


def _exchanges(counts: Mapping[str, int], many: int, language: str) -> _Best:
    """Return what gives the most frequent word near a word, if it is more frequent than that.

    Args:
        counts: How often each word of the training texts is there.
        many: How many neighbours are looked at.
        language: ISO 639-1 code of the texts' language.

    Raises:
        WeaklinkError: There are neither synonyms nor vectors of the language.
    """
    _check_covered(language)
    stop_words = STOP_WORDS if language == ENGLISH else stop_words_of(language)
    synonyms, vectors = synonyms_of(language), vectors_of_words(counts, language)

    @lru_cache(maxsize=_REMEMBERED)
    def best(word: str) -> str | None:
        if word in stop_words:
            return None
        near = [*synonyms(word), *(one.word for one in vectors.neighbours(word, many))]
        found = max(near, key=lambda one: (counts.get(one, 0), one), default=word)
        return found if counts.get(found, 0) > counts.get(word, 0) else None

    return best


def _scoring(
    counts: Mapping[str, int], threshold: float, best: _Best, access: VictimAccess
) -> Score:
    def substitute(word: str) -> str | None:
        return best(word) if math.log1p(counts.get(word, 0)) < threshold else None

    def exchanged(text: str) -> str:
        words, beside = attacked_words(text, access.victim)
        for place, word in enumerate(words.words):
            found = substitute(word.lower())
            if found is not None:
                words = words.replace(place, match_case(found, word))
        return beside.whole(str(words))

    def score(texts: Sequence[str]) -> Floats:
        rows = access.probabilities([*texts, *map(exchanged, texts)])
        before, after = rows[: len(texts)], rows[len(texts) :]
        predicted = before.argmax(axis=1)[:, None]
        fall = np.take_along_axis(before - after, predicted, axis=1)[:, 0]
        return np.asarray(np.maximum(fall, 0.0))

    return score


def synonyms_of(language: str) -> Callable[[str], list[str]]:
    """Return what gives a word's synonyms of any part of speech."""
    wordnet = load_wordnet(language)
    return lambda word: [one for tag in POS_OF_TAG for one in wordnet.synonyms(word, tag)]


def vectors_of_words(words: Collection[str], language: str) -> Vectors:
    """Return the vectors that there are of some words."""
    vectors = load_glove() if language == ENGLISH else load_vectors_of(language)
    known = [word for word in words if word in vectors]
    return Vectors(known, vectors.matrix(known), vectors.digest)


def _check_covered(language: str) -> None:
    covers = [one for name in ("wordnet", "glove") if (one := coverage_of(name)) is not None]
    if not any(one.covers(language) for one in covers):
        raise WeaklinkError(
            f"fgws has neither synonyms nor word vectors of the texts' language ({language}).",
            " ".join(filter(None, (one.remedy(language) for one in covers))),
        )


fgws = Method(
    name="fgws",
    paper="Mozes, Stenetorp, Kleinberg and Griffin 2021, Frequency-Guided Word Substitutions for "
    "Detecting Textual Adversarial Examples, https://aclanthology.org/2021.eacl-main.13",
    needs_adversarial=False,
    fit=_fit,
    open=_open,
    version=2,
)
