"""Makes a detector from stored outcomes and from texts that no attack has seen."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

import numpy as np

from weaklink.cache import digest_of_parts, make_folder
from weaklink.data.columns import GUESSED, Columns
from weaklink.data.datasets import load_for_training
from weaklink.data.samples import Dataset
from weaklink.data.splits import Split
from weaklink.data.training_samples import (
    digest_of_text,
    read_training_samples,
    write_training_samples,
)
from weaklink.defences.calibration import Calibration
from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    Score,
    TrainingExamples,
)
from weaklink.defences.detectors.registry import find
from weaklink.defences.journal import ScoreJournal
from weaklink.defences.saved import DetectorCard, save_state
from weaklink.defences.victim_access import VictimAccess
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.detect import AUTO, stated_language
from weaklink.progress import Progress, Silent
from weaklink.store import open_store
from weaklink.store.databases import Location
from weaklink.store.vulnerable import Attacked, attacked_samples, check_alike, halves
from weaklink.text.pairs import attacked_segment
from weaklink.training.checkpoint import work_folder
from weaklink.victims import Victim
from weaklink.victims.labels import align
from weaklink.victims.pairs import check_reads

CALIBRATION = 200
"""The most texts that calibrate."""
_LEAST = 40
_OTHER_ORDER = 104_729
"""Added to the seed: unaltered texts are not those that the same seed would attack next."""
_PACKAGES = ("weaklink", "torch", "transformers", "scikit-learn")


@dataclass(frozen=True, kw_only=True)
class DetectorRecipe:
    """How a detector is made.

    Attributes:
        method: Its name.
        attacks: The only attacks to learn from; None: all in the store.
        data: The data set of unaltered texts; None: that of the store.
        columns: Its columns.
        texts: Unaltered texts to learn from.
        share: The share of attacked samples to learn from. The others are left for evaluation.
        false_positives: The share of unaltered texts that a guard may flag.
        seed: What every random choice depends on.
        device: ``auto`` or a torch device.
        language: ISO 639-1 code of the texts' language; ``auto``: told from the texts.
    """

    method: str = "classifier"
    attacks: tuple[str, ...] | None = None
    data: str | None = None
    columns: Columns = GUESSED
    texts: int = 2000
    share: float = 0.5
    false_positives: float = 0.05
    seed: int = 0
    device: str = "auto"
    language: str = AUTO


def train_detector(
    victim: Victim,
    out: Path,
    recipe: DetectorRecipe,
    *,
    store: Location | None = None,
    place: Path | None = None,
    progress: Progress | None = None,
) -> DetectorCard:
    """Make a detector and save it; the same call resumes an interrupted one.

    Which samples of the store it learns from is chosen by digest and seed. Their digests, and
    those of all other texts that it saw, stand in ``training_samples.json``, so that no evaluation
    uses them.

    Args:
        victim: The model that it reads texts with, and whose vulnerable samples it learns from.
        out: The folder to make.
        recipe: How.
        store: Where the outcomes are; None: no adversarial text is used.
        place: The model's folder, if it has another name.
        progress: Is told how far the work is.

    Raises:
        WeaklinkError: The folder exists, there are too few texts, they are not of the kind that was
            attacked or that the model reads, or the language is not a language code.
    """
    progress = progress or Silent()
    method = find(recipe.method)
    if out.exists():
        raise WeaklinkError(f"{out} already exists.", "Choose another --out, or delete it.")
    texts = _texts(method, victim, recipe, store, place or Path(victim.name), progress)
    access, examples = VictimAccess(victim), texts.examples
    language = stated_language(recipe.language, examples.clean)
    digest = digest_of_parts(
        [victim.fingerprint, repr(recipe), *examples.clean, "", *examples.adversarial]
    )
    with work_folder(out.with_name(f".{out.name}.training"), digest) as work:

        def fill(folder: Path) -> None:
            task = DetectorTask(folder, work, recipe.seed, recipe.device, progress, language)
            state = method.fit(examples, access, task)
            scores = _scores(method.open(state, folder, access), texts.calibrating, work, progress)
            card = _card(method, victim, recipe, texts, state, scores)
            save_state(folder, card, state)
            write_training_samples(folder, map(digest_of_text, texts.all()))
            cards.append(card)

        cards: list[DetectorCard] = []
        make_folder(out, fill)
    return cards[0]


@dataclass(frozen=True, slots=True)
class _DetectorTexts:
    """What a detector is made of.

    Attributes:
        data: Where the unaltered texts are from.
        pairs: Whether they are pairs.
        examples: What the method learns from.
        calibrating: Unaltered texts that it is calibrated with.
        learnt: The attacked samples that it learns from.
    """

    data: str
    pairs: bool
    examples: TrainingExamples
    calibrating: Sequence[str]
    learnt: Sequence[Attacked]

    def all(self) -> list[str]:
        """Return every text that no evaluation may use, without adversarial ones."""
        return [*self.examples.clean, *self.calibrating, *(one.text for one in self.learnt)]


def _texts(
    method: Method,
    victim: Victim,
    recipe: DetectorRecipe,
    store: Location | None,
    place: Path,
    progress: Progress,
) -> _DetectorTexts:
    attacked = _attacked(store, victim, recipe)
    share = recipe.share if method.uses_adversarial else 0.0
    learnt, _ = halves(attacked, share, recipe.seed)
    data = recipe.data or next((one.dataset for one in attacked), None)
    if data is None:
        raise WeaklinkError("There is no data set to learn from.", "Give --store, or --data.")
    split = load_for_training(data, "train", recipe.columns, progress)
    used = {one.digest for one in attacked} | read_training_samples(place)
    fitting, calibrating = _clean(split, recipe, used)
    check_alike(attacked, data, calibrating[0])
    check_reads(victim, data, pairs=fitting.of_pairs)
    examples = _examples(method, victim, fitting, learnt)
    return _DetectorTexts(data, fitting.of_pairs, examples, calibrating, learnt)


def _card(
    method: Method,
    victim: Victim,
    recipe: DetectorRecipe,
    texts: _DetectorTexts,
    state: DetectorState,
    scores: Sequence[float],
) -> DetectorCard:
    return DetectorCard(
        method=method.name,
        version=method.version,
        paper=method.paper,
        victim=victim.name,
        victim_fingerprint=victim.fingerprint,
        data=texts.data,
        pairs=texts.pairs,
        segment=attacked_segment(texts.calibrating[0]),
        texts=len(texts.examples.clean),
        samples=len(texts.learnt),
        adversarial=len(texts.examples.adversarial),
        attacks=tuple(sorted({attack for one in texts.learnt for attack, _ in one.found})),
        calibration=Calibration.of(np.array(scores), recipe.false_positives),
        seed=recipe.seed,
        values=dict(state.values),
        versions={name: version(name) for name in _PACKAGES},
    )


def _scores(score: Score, texts: Sequence[str], work: Path, progress: Progress) -> list[float]:
    """Return the score of each text; those of an interrupted call are in the work folder."""
    journal = ScoreJournal(work / "calibration.jsonl")
    progress.begin("Calibrating", len(texts))
    scores = list[float]()
    for text in texts:
        scores += journal.recall(text, partial(_scored, score, text))
        progress.advance()
    return scores


def _scored(score: Score, text: str) -> list[float]:
    found: list[float] = score([text]).tolist()
    return found


def _attacked(store: Location | None, victim: Victim, recipe: DetectorRecipe) -> list[Attacked]:
    if store is None:
        return []
    with open_store(store, create=False) as opened:
        return attacked_samples(opened, victim.fingerprint, recipe.attacks)


def _clean(
    split: Split, recipe: DetectorRecipe, exclude: Collection[str]
) -> tuple[Dataset, list[str]]:
    """Return unaltered samples to learn from, and texts to calibrate with."""
    there = split.most(exclude=exclude)
    if there < _LEAST:
        raise WeaklinkError(
            f"{split.name} has {there} texts that were neither attacked nor trained on, too few.",
            f"Give data with at least {_LEAST} such texts with --data.",
        )
    calibrating = min(CALIBRATION, there // 3)
    drawn = split.draw(
        min(recipe.texts + calibrating, there), recipe.seed + _OTHER_ORDER, exclude=exclude
    )
    texts = [sample.text for sample in drawn.samples]
    fitting = Dataset(
        drawn.name, drawn.source, drawn.split, drawn.labels, drawn.fingerprint,
        drawn.samples[calibrating:],
    )  # fmt: skip
    return fitting, texts[:calibrating]


def _examples(
    method: Method, victim: Victim, fitting: Dataset, learnt: Sequence[Attacked]
) -> TrainingExamples:
    """Return what the method learns from."""
    adversarial = [text for one in learnt for _, text in one.found]
    if method.needs_adversarial and not adversarial:
        raise WeaklinkError(
            f"{method.name} learns from adversarial texts, and there are none to learn from.",
            "Give a --store with successful attacks on the victim, or choose rde or fgws.",
        )
    texts = [sample.text for sample in fitting.samples]
    order = align(fitting.labels, victim.labels)
    gold = (
        VictimAccess(victim).probabilities(texts).argmax(axis=1).tolist()
        if order is None
        else [order[sample.label] for sample in fitting.samples]
    )
    return TrainingExamples(texts, gold, [one.text for one in learnt], adversarial)
