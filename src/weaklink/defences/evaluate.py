"""Measures detectors on samples that they did not learn from."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product
from typing import Literal, NamedTuple

import numpy as np

from weaklink.cache import cache_folder
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.defences.documents import AttackDetection, DetectionReport, EvaluatedDetector
from weaklink.defences.journal import ScoreJournal
from weaklink.defences.published import published_figures
from weaklink.defences.saved import Detector
from weaklink.measures import Estimate
from weaklink.measures.defences.detection import Detection, Scored, detection
from weaklink.measures.gate import state_of_figure
from weaklink.measures.statistics.shares import wilson
from weaklink.progress import Progress, Silent
from weaklink.store.vulnerable import Attacked
from weaklink.victims import Floats

_CHANCE = 0.5
"""AUROC of scores that say nothing."""


def evaluate(
    detectors: Sequence[Detector],
    samples: Sequence[Attacked],
    victim: str,
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> DetectionReport:
    """Return the figures of detectors; scores are kept in the cache, and none is computed twice.

    A sample whose text a detector saw while it was made is left out for that detector; texts are
    told by digest. Unaltered are all originals, whether the victim is right or wrong on them.

    Args:
        detectors: The detectors.
        samples: The samples, with the adversarial texts found of them.
        victim: The model that the texts were made for.
        seed: Chooses the resamples.
        progress: Is told of each text.

    Raises:
        WeaklinkError: A detector learnt from pairs and the samples are single texts, or the
            reverse.
    """
    told = progress or Silent()
    for one in detectors:
        one.check([sample.text for sample in samples], f"the samples of {victim}")
    return DetectionReport(
        victim=victim,
        seed=seed,
        detectors=tuple(_evaluated(one, samples, seed, told) for one in detectors),
    )


class _Text(NamedTuple):
    """One scored text of a sample; ``attack`` is None for the unaltered one."""

    sample: int
    attack: str | None
    score: float
    rejected: bool


@dataclass(frozen=True)
class _Scores:
    samples: Sequence[Attacked]
    texts: Sequence[_Text]
    seed: int

    def figures(
        self, attacks: Sequence[str], dataset: str | None = None, *, correct: bool | None = None
    ) -> Detection | None:
        """Return the figures of some attacks' texts, on one data set, or of all.

        Args:
            attacks: The attacks.
            dataset: The data set; None: all.
            correct: Only unaltered texts that the victim gets right or wrong; None: all.
        """
        found = [one for one in self.of(dataset) if one.attack in attacks]
        clean = [one for one in self.unaltered(dataset) if self._fits(one, correct=correct)]
        return detection(_scored(found), _scored(clean), seed=self.seed)

    def of(self, dataset: str | None) -> Iterator[_Text]:
        """Yield the texts of a data set, or all."""
        for one in self.texts:
            if dataset in (None, self.samples[one.sample].dataset):
                yield one

    def unaltered(self, dataset: str | None = None) -> Iterator[_Text]:
        """Yield the unaltered texts of a data set, or all."""
        return (one for one in self.of(dataset) if one.attack is None)

    def flagged(self, *, correct: bool | None = None) -> Estimate | None:
        """Return the share of unaltered texts that are rejected."""
        return _share([one for one in self.unaltered() if self._fits(one, correct=correct)])

    def _fits(self, one: _Text, *, correct: bool | None) -> bool:
        return correct is None or self.samples[one.sample].correct is correct


def _evaluated(
    detector: Detector, samples: Sequence[Attacked], seed: int, progress: Progress
) -> EvaluatedDetector:
    seen = read_training_samples(detector.folder)
    kept = [
        one
        for one in samples
        if one.digest not in seen and not any(digest_of_text(text) in seen for _, text in one.found)
    ]
    scores, seconds, asked = _score(detector, kept, seed, progress)
    card = detector.card
    attacks = list(dict.fromkeys(one.attack for one in scores.texts if one.attack is not None))
    datasets = list(dict.fromkeys(one.dataset for one in kept))
    overall, flagged = scores.figures(attacks), scores.flagged()
    return EvaluatedDetector(
        detector=detector.folder.name,
        verdict=_verdict(overall),
        method=card.method,
        reads_with=card.victim,
        attacks=card.attacks,
        false_positives=card.calibration.false_positives,
        false_positives_state=state_of_figure(flagged, card.calibration.false_positives),
        samples=len(kept),
        left_out=len(samples) - len(kept),
        overall=overall,
        on_learnt=scores.figures([one for one in attacks if one in card.attacks]),
        on_others=scores.figures([one for one in attacks if one not in card.attacks]),
        by_attack=tuple(
            AttackDetection(
                attack=attack,
                dataset=dataset,
                learnt=attack in card.attacks,
                figures=scores.figures([attack], dataset),
                caught=_share([one for one in scores.of(dataset) if one.attack == attack]),
                published=tuple(published_figures(card.method, dataset, attack)),
            )
            for dataset, attack in product(datasets, attacks)
        ),
        from_wrong=scores.figures(attacks, correct=False),
        flagged=flagged,
        flagged_right=scores.flagged(correct=True),
        flagged_wrong=scores.flagged(correct=False),
        asked=asked,
        seconds=seconds,
    )


def _verdict(
    overall: Detection | None,
) -> Literal["better than chance", "worse than chance", "undecided"]:
    if overall is None or overall.auroc.low <= _CHANCE <= overall.auroc.high:
        return "undecided"
    return "better than chance" if overall.auroc.value > _CHANCE else "worse than chance"


def _score(
    detector: Detector, samples: Sequence[Attacked], seed: int, progress: Progress
) -> tuple[_Scores, float, float]:
    """Return the scores of all texts, and seconds and queries for each."""
    journal = ScoreJournal(cache_folder() / "detection" / f"{detector.digest[:32]}.jsonl")
    wanted = [
        (number, attack, text)
        for number, one in enumerate(samples)
        for attack, text in ((None, one.text), *one.found)
    ]
    progress.begin(f"Scoring with {detector.folder.name}", len(wanted))
    texts, costs = [], []

    for number, attack, text in wanted:
        score, *cost = journal.recall(text, partial(_timed, detector, text))
        rejected = bool(detector.card.calibration.suspicion([score])[0] > 1)
        texts.append(_Text(number, attack, score, rejected))
        costs.append(cost)
        progress.advance()
    seconds, asked = np.array(costs).reshape(-1, 2).mean(axis=0) if costs else (0.0, 0.0)
    return _Scores(samples, texts, seed), float(seconds), float(asked)


def _timed(detector: Detector, text: str) -> list[float]:
    """Return the score of a text, the seconds that it took, and the texts that were asked for."""
    asked, began = detector.access.asked, time.perf_counter()
    (score,) = detector.score([text]).tolist()
    return [score, time.perf_counter() - began, float(detector.access.asked - asked)]


def _scored(texts: Sequence[_Text]) -> Scored:
    return Scored.of([one.score for one in texts], [one.sample for one in texts])


def _share(texts: Sequence[_Text]) -> Estimate | None:
    """Return the share of texts that are rejected; a sample with several counts with its share."""
    by_sample: dict[int, list[bool]] = {}
    for one in texts:
        by_sample.setdefault(one.sample, []).append(one.rejected)
    if not by_sample:
        return None
    shares: Floats = np.array([[float(np.mean(found)) for found in by_sample.values()]])
    return wilson(shares)[0]
