"""Adversarial training on texts that attacks have found before."""

from __future__ import annotations

from torch import Tensor

from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.hardening.defence import Defence, DefenceSettings, Lesson, Regime


def _begin(lesson: Lesson) -> Regime:
    """Train on stored adversarial texts among unaltered ones.

    Qin, Li, Wang and Wang 2024, section 7, propose adversarial training with vulnerable samples:
    each adversarial text is a further sample, with the gold label of its original. They name no
    shares; here every text, adversarial or not, is seen once in each epoch.
    """
    student = lesson.student
    items = student.items([*lesson.samples, *lesson.stored])
    size = student.recipe.batch_size
    batches = Batches([len(ids) for ids, _ in items], size, drawn_anew(lesson.seed))

    def loss(step: int) -> Tensor:
        return student.loss([items[i] for i in batches.at(step)])

    return Regime(student.model, student.recipe.epochs * batches.per_epoch, loss)


stored = Defence(
    name="stored",
    paper="Qin, Li, Wang and Wang 2024, Adversarial Robustness of Open-source Text Classification "
    "Models and Fine-Tuning Chains, https://arxiv.org/abs/2408.02963",
    needs_stored=True,
    settings=DefenceSettings,
    begin=_begin,
)
