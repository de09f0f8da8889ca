"""Adversarial training on texts that are found against the current weights, epoch by epoch."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field
from torch import Tensor

from weaklink.data.samples import Sample
from weaklink.files import write_atomically
from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.hardening.attacking import Attacking
from weaklink.training.hardening.defence import Defence, DefenceSettings, Lesson, Regime


class FreshSettings(DefenceSettings):
    """What is attacked in each epoch, and how."""

    attack: str = Field("pwws", description="The attack")
    attacked: int = Field(200, ge=1, description="Samples that are attacked before each epoch")
    max_queries: int = Field(300, ge=1, description="Most queries for each of them")


def _begin(lesson: Lesson) -> Regime:
    """Attack the current weights before each epoch, and train on what was found.

    Madry et al. 2018 (https://arxiv.org/abs/1706.06083) train on the worst texts of the current
    weights; for words, Yoo and Qi 2021 attack some samples anew before each epoch and train on
    these texts among unaltered ones, as here. Where an attack fails, the sample itself stands in
    the place of its text. Stored adversarial texts are samples, too. What was found before an epoch
    is kept, so that an interrupted training goes on with the same texts.

    Raises:
        WeaklinkError: The attack cannot be made on texts of their language.
    """
    student, settings = lesson.student, lesson.settings
    base = [*lesson.samples, *lesson.stored]
    few = min(settings.attacked, len(lesson.samples))
    size, epochs = student.recipe.batch_size, student.recipe.epochs
    per_epoch = -(-(len(base) + few) // size)
    attacking = Attacking(
        student, settings.attack, settings.max_queries, lesson.seed, lesson.language
    )
    made = _Made(lesson.work)
    current: dict[int, tuple[list[tuple[tuple[int, ...], int]], Batches]] = {}

    def prepared(epoch: int) -> tuple[list[tuple[tuple[int, ...], int]], Batches]:
        if epoch not in current:
            start = epoch * few % len(lesson.samples)
            chosen = [*lesson.samples, *lesson.samples][start : start + few]
            found = made.of(epoch, chosen, attacking, lesson)
            items = student.items([*base, *found])
            current.clear()
            lengths = [len(ids) for ids, _ in items]
            current[epoch] = items, Batches(lengths, size, drawn_anew(lesson.seed))
        return current[epoch]

    def loss(step: int) -> Tensor:
        items, batches = prepared(step // per_epoch)
        return student.loss([items[i] for i in batches.at(step)])

    def found() -> list[Sample]:
        return [one for epoch in range(epochs) for one in made.successes(epoch)]

    return Regime(student.model, epochs * per_epoch, loss, found)


class _Made:
    """The texts of each epoch in files."""

    def __init__(self, work: Path) -> None:
        self._work = work

    def of(
        self, epoch: int, chosen: Sequence[Sample], attacking: Attacking, lesson: Lesson
    ) -> list[Sample]:
        """Return a text for each sample: what an attack found, or its own."""
        path = self._path(epoch)
        if not path.is_file():
            texts = attacking.found(chosen, lesson.progress)
            self._work.mkdir(parents=True, exist_ok=True)
            write_atomically(
                path, json.dumps([[one.id, one.label, texts[one.id]] for one in chosen])
            )
            lesson.progress.begin("Training")
        kept = {one.id: one for one in chosen}
        rows = json.loads(path.read_text("utf-8"))
        return [Sample(name, text or kept[name].text, label) for name, label, text in rows]

    def successes(self, epoch: int) -> list[Sample]:
        """Return the texts that attacks found before an epoch."""
        path = self._path(epoch)
        rows = json.loads(path.read_text("utf-8")) if path.is_file() else []
        return [Sample(name, text, label) for name, label, text in rows if text]

    def _path(self, epoch: int) -> Path:
        return self._work / f"epoch-{epoch}.json"


fresh = Defence(
    name="fresh",
    paper="Yoo and Qi 2021, Towards Improving Adversarial Training of NLP Models, "
    "https://arxiv.org/abs/2109.00544",
    needs_stored=False,
    settings=FreshSettings,
    begin=_begin,
)
