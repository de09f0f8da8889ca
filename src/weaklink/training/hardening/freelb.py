"""FreeLB: adversarial training by perturbed embeddings."""

from __future__ import annotations

import torch
from pydantic import Field
from torch import Tensor

from weaklink.training.batches import Batches, drawn_anew
from weaklink.training.hardening.defence import Defence, DefenceSettings, Lesson, Regime


class FreeLBSettings(DefenceSettings):
    """Of the ascent; the paper tunes them for each task."""

    ascents: int = Field(3, ge=1, description="Ascent steps K")
    rate: float = Field(0.1, gt=0, description="Length of one ascent step, for each text")
    start: float = Field(0.1, ge=0, description="Length of the first perturbation")
    bound: float = Field(0.6, gt=0, description="Greatest length of a perturbation")


def _begin(lesson: Lesson) -> Regime:
    """Train on embeddings that several ascent steps have perturbed.

    Zhu, Cheng, Gan, Sun, Goldstein and Liu 2020, Algorithm 1: a perturbation of the word embeddings
    starts at random, takes K ascent steps of a fixed length along the gradient, each projected to a
    ball, and the gradients of the weights at all K points are averaged. Lengths are Frobenius norms
    over a text, as in the authors' code.

    Deviations: dropout draws anew in each ascent step, as it does in the authors' code for
    transformers; the paper holds its mask. Stored adversarial texts are samples, too. Of a pair,
    the tokens of both segments are perturbed, as one text.
    """
    student, settings = lesson.student, lesson.settings
    model = student.model
    items = student.items([*lesson.samples, *lesson.stored])
    size = student.recipe.batch_size
    batches = Batches([len(ids) for ids, _ in items], size, drawn_anew(lesson.seed))

    def loss(step: int) -> Tensor:
        batch = [items[i] for i in batches.at(step)]
        given, gold = student.inputs(batch)
        ids = given.pop("input_ids")
        mask = given.get("attention_mask", torch.ones_like(ids))
        embed = model.get_input_embeddings()
        real = mask[..., None].float()
        width = embed.weight.shape[1]
        scale = settings.start / (mask.sum(dim=1) * width).float().sqrt()
        drawn = torch.rand((*ids.shape, width)).to(model.device)
        delta = (2 * drawn - 1) * real * scale[:, None, None]
        for ascent in range(settings.ascents):
            delta = delta.detach().requires_grad_()
            moved = {**given, "inputs_embeds": embed(ids) + delta}
            found: Tensor = student.loss_of(moved, gold) / settings.ascents
            if ascent == settings.ascents - 1:
                break
            torch.autograd.backward(found)
            delta = ascended(delta, settings)
        return found

    return Regime(model, student.recipe.epochs * batches.per_epoch, loss)


def ascended(delta: Tensor, settings: FreeLBSettings) -> Tensor:
    """Return each text's perturbation one step up its gradient, inside its ball."""
    assert delta.grad is not None  # noqa: S101
    moved = delta.detach() + settings.rate * delta.grad / norms(delta.grad)
    inside: Tensor = moved * (settings.bound / norms(moved)).clamp(max=1.0)
    return inside


def norms(delta: Tensor) -> Tensor:
    """Return the Frobenius norm of each text's perturbation, of shape (texts, 1, 1)."""
    lengths: Tensor = delta.flatten(1).norm(dim=1).clamp(min=1e-8)[:, None, None]
    return lengths


freelb = Defence(
    name="freelb",
    paper="Zhu, Cheng, Gan, Sun, Goldstein and Liu 2020, FreeLB: Enhanced Adversarial Training for "
    "Natural Language Understanding, https://arxiv.org/abs/1909.11764",
    needs_stored=False,
    settings=FreeLBSettings,
    begin=_begin,
)
