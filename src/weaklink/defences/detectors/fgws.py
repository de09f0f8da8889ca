"""Frequency-guided word substitutions: what frequent synonyms do to the prediction."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import cast

import numpy as np

from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.victim_access import VictimAccess
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.stop_words import STOP_WORDS
from weaklink.lexicons.wordnet import POS_OF_TAG, load_wordnet
from weaklink.text import Words, match_case
from weaklink.victims import Floats

_NEIGHBOURS = 8
_FALSE_POSITIVES = 0.10
_UNTUNED = 70
_GRID = range(0, 110, 10)
_TUNED_ON = 200
"""Texts of either kind that the percentile is tuned on."""
_REMEMBERED = 50_000


def _fit(examples: TrainingExamples, access: VictimAccess, task: DetectorTask) -> DetectorState:
    """Count words, and tune below what frequency a word is exchanged for a frequent synonym.

    Mozes, Stenetorp, Kleinberg and Griffin 2021, section 4: attacks replace words by rarer ones.
    Every word rarer than a threshold is exchanged for the most frequent of its WordNet synonyms
    and nearest neighbours in GloVe, where that is more frequent. The score is by how much the
    probability of the predicted label falls, at least 0. The threshold is a percentile of the
    logarithms of the frequencies of the training texts' words, one of 0, 10, ..., 100: the one
    that finds most adversarial texts with 10 % false positives, as in the authors' code.

    Deviations: without adversarial texts the threshold is the 70th percentile. Eight neighbours
    are taken from 50-dimensional GloVe vectors; the paper's have 300 dimensions. Stop words stay.
    The threshold is tuned on at most 200 texts of either kind.
    """
    counts = Counter(w.lower() for text in examples.clean for w in Words.split(text).words)
    logs = np.log1p(np.array(list(counts.values()), dtype=float))
    percentiles = {percentile: float(np.percentile(logs, percentile)) for percentile in _GRID}
    chosen = _UNTUNED
    if examples.adversarial:
        chosen = _tuned(examples, counts, percentiles, access, task)
    return DetectorState(
        values={"counts": dict(counts), "percentile": chosen, "threshold": percentiles[chosen]}
    )


def _open(state: DetectorState, _: Path, access: VictimAccess) -> Score:
    """Return by how much the probability of the predicted label falls."""
    counts = cast("Mapping[str, int]", state.values["counts"])
    return _scoring(counts, float(cast("float", state.values["threshold"])), access)


def _tuned(
    examples: TrainingExamples,
    counts: Mapping[str, int],
    percentiles: Mapping[int, float],
    access: VictimAccess,
    task: DetectorTask,
) -> int:
    clean, adversarial = examples.originals[:_TUNED_ON], examples.adversarial[:_TUNED_ON]
    task.progress.begin("Tuning the threshold of frequency", len(percentiles))
    found = {}
    for percentile, threshold in percentiles.items():
        score = _scoring(counts, threshold, access)
        cut = np.quantile(score(clean), 1 - _FALSE_POSITIVES, method="inverted_cdf")
        found[percentile] = float((score(adversarial) > cut).mean())
        task.progress.advance()
    return max(found, key=lambda percentile: (found[percentile], percentile))


def _scoring(counts: Mapping[str, int], threshold: float, access: VictimAccess) -> Score:
    def frequency(word: str) -> float:
        return math.log1p(counts.get(word, 0))

    @lru_cache(maxsize=_REMEMBERED)
    def substitute(word: str) -> str | None:
        """Return the most frequent of a rare word's synonyms, if it is more frequent."""
        if word in STOP_WORDS or frequency(word) >= threshold:
            return None
        best = max(replacements(word), key=lambda option: (frequency(option), option), default=word)
        return best if frequency(best) > frequency(word) else None

    def exchanged(text: str) -> str:
        words = Words.split(text, until=access.victim.visible(text))
        for place, word in enumerate(words.words):
            found = substitute(word.lower())
            if found is not None:
                words = words.replace(place, match_case(found, word))
        return str(words)

    def score(texts: Sequence[str]) -> Floats:
        rows = access.probabilities([*texts, *map(exchanged, texts)])
        before, after = rows[: len(texts)], rows[len(texts) :]
        predicted = before.argmax(axis=1)[:, None]
        fall = np.take_along_axis(before - after, predicted, axis=1)[:, 0]
        return np.asarray(np.maximum(fall, 0.0))

    return score


@lru_cache(maxsize=_REMEMBERED)
def replacements(word: str) -> tuple[str, ...]:
    """Return WordNet's synonyms of any part of speech, and the nearest words of GloVe."""
    wordnet = load_wordnet()
    synonyms = [one for tag in POS_OF_TAG for one in wordnet.synonyms(word, tag)]
    near = [one.word for one in load_glove().neighbours(word, _NEIGHBOURS)]
    return tuple(dict.fromkeys([*synonyms, *(one for one in near if one.isalpha())]))


fgws = Method(
    name="fgws",
    paper="Mozes, Stenetorp, Kleinberg and Griffin 2021, Frequency-Guided Word Substitutions for "
    "Detecting Textual Adversarial Examples, https://aclanthology.org/2021.eacl-main.13",
    needs_adversarial=False,
    fit=_fit,
    open=_open,
)
