"""Hardens a classifier: trains it further with a defence, into a folder that can be audited."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from weaklink.cache import digest_of_parts, make_folder
from weaklink.data.samples import Sample
from weaklink.data.splits import Split
from weaklink.data.training_samples import (
    digest_of_text,
    read_training_samples,
    write_training_samples,
)
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.detect import AUTO, stated_language
from weaklink.progress import Progress, Silent
from weaklink.store import open_store
from weaklink.store.databases import Location
from weaklink.store.vulnerable import Attacked, attacked_samples, check_alike, halves
from weaklink.training.checkpoint import work_folder
from weaklink.training.classifier import Student
from weaklink.training.finetune import held_out_last
from weaklink.training.finetune_recipe import Recipe
from weaklink.training.hardening.card import write_hardened_card
from weaklink.training.hardening.defence import DefenceSettings, Lesson, find_defence
from weaklink.training.hardening.saved import HardeningCard, write_hardening
from weaklink.victims import load_victim

HARDENING = Recipe(epochs=2, learning_rate=5e-5)
"""How a classifier is trained further by default."""


@dataclass(frozen=True, kw_only=True)
class Stored:
    """Where stored vulnerable samples are, and which of them may be trained on.

    Attributes:
        store: The store.
        victim: Name of the model that they were found on; None: the base.
        attacks: The only attacks that count; None: all.
        share: The share of attacked samples to train on. The others are never trained on.
    """

    store: Location
    victim: str | None = None
    attacks: tuple[str, ...] | None = None
    share: float = 0.5


@dataclass(frozen=True)
class _Chosen:
    """Stored samples, and those that are kept out of training."""

    learnt: Sequence[Attacked] = ()
    kept_out: Collection[str] = frozenset()
    adversarial: Sequence[Sample] = ()
    attacks: tuple[str, ...] = ()

    @property
    def digests(self) -> set[str]:
        """Of the samples to train on."""
        return {one.digest for one in self.learnt}


@dataclass(frozen=True, kw_only=True)
class Hardening:
    """How a classifier is hardened.

    Attributes:
        defence: Name of the defence.
        settings: Its settings, where they differ from the defaults.
        stored: Stored vulnerable samples; None: none are used.
        samples: How many samples to draw, held-out ones included; None for all.
        recipe: How to train.
        base_name: What the model card calls the base; None: as it was named.
        language: ISO 639-1 code of the texts' language; ``auto``: told from the texts.
    """

    defence: str = "stored"
    settings: Mapping[str, Any] = field(default_factory=dict)
    stored: Stored | None = None
    samples: int | None = None
    recipe: Recipe = HARDENING
    base_name: str | None = None
    language: str = AUTO


def harden(
    base: str, data: Split, out: Path, how: Hardening, progress: Progress | None = None
) -> HardeningCard:
    """Train a classifier further with a defence, and save it; the same call resumes.

    Of the attacked samples in the store a share is kept out of training, with their adversarial
    texts; it is chosen by digest and seed, as ``weaklink detect train`` chooses it. The last tenth
    of the drawn samples, at most 500, is held out, too. Digests of all texts that the model was
    trained on stand in ``training_samples.json``.

    Args:
        base: Hub id or local folder of a classifier with safetensors weights.
        data: What it was made for.
        out: The folder to make.
        how: How.
        progress: Is told how far the work is.

    Raises:
        WeaklinkError: The folder exists, the base cannot be trained, there is too little to learn
            from, or the defence lacks something for the texts' language.
    """
    defence, recipe = find_defence(how.defence), how.recipe
    progress = progress or Silent()
    values = defence.configured(dict(how.settings))
    if out.exists():
        raise WeaklinkError(f"{out} already exists.", "Choose another --out, or delete it.")
    progress.begin(f"Loading {base}")
    chosen = _chosen(base, data, how.stored, recipe)
    if defence.needs_stored and not chosen.adversarial:
        raise WeaklinkError(
            f"{how.defence} learns from stored adversarial texts, and there are none to learn "
            "from.",
            "Give a --store with successful attacks on the model, or another --defence.",
        )
    train, test = _drawn(data, how, chosen)
    language = stated_language(how.language, [one.text for one in train])
    student = Student(base, data.labels, recipe)
    digest = digest_of_parts(
        [student.digest(train), how.defence, language, values.model_dump_json(),
         *(f"{one.label} {one.text}" for one in chosen.adversarial)]
    )  # fmt: skip
    with work_folder(out.with_name(f".{out.name}.training"), digest) as work:
        lesson = Lesson(
            student, train, chosen.adversarial, values, work, recipe.seed, progress, language
        )
        regime = defence.begin(lesson)
        trained = student.learn(regime.network, regime.loss, regime.steps, work, progress)
        began = time.monotonic()
        accuracy, found = student.accuracy(test, progress), regime.found()
        card = HardeningCard(
            defence=how.defence,
            paper=defence.paper,
            base=how.base_name or base,
            data=data.name,
            samples=len(train),
            adversarial=len(chosen.adversarial),
            made=len(found),
            attacks=_attacks(chosen, values, made=bool(found)),
            learnt_on=_learnt_on(base, how) if chosen.adversarial else None,
            settings=values.model_dump(mode="json"),
            accuracy=accuracy,
            held_out=len(test),
        )
        seconds = trained.seconds + time.monotonic() - began

        def fill(folder: Path) -> None:
            student.save(folder)
            texts = (*train, *chosen.adversarial, *found)
            seen = {digest_of_text(one.text) for one in texts} | chosen.digests
            write_training_samples(folder, seen | read_training_samples(student.base))
            write_hardening(folder, card)
            write_hardened_card(folder, out.name, data, recipe, card, seconds)

        make_folder(out, fill)
    return card


def _drawn(
    data: Split, how: Hardening, chosen: _Chosen
) -> tuple[Sequence[Sample], Sequence[Sample]]:
    """Return samples to train on, and held-out ones."""
    drawn = data.draw(how.samples, how.recipe.seed, exclude=chosen.kept_out).samples
    train, test = held_out_last(drawn)
    return train, [one for one in test if digest_of_text(one.text) not in chosen.digests]


def _attacks(chosen: _Chosen, values: DefenceSettings, *, made: bool) -> tuple[str, ...]:
    """Return the attacks that adversarial texts are from, stored or made while it was trained."""
    own = getattr(values, "attack", None) if made else None
    return tuple(sorted({*chosen.attacks, *([own] if own else [])}))


def _learnt_on(base: str, how: Hardening) -> str:
    stored = how.stored.victim if how.stored else None
    return stored or how.base_name or base


def _chosen(base: str, data: Split, stored: Stored | None, recipe: Recipe) -> _Chosen:
    """Return the stored samples to train on, and the digests of what is kept out."""
    if stored is None:
        return _Chosen()
    victim = stored.victim or load_victim(base, device=recipe.device).fingerprint
    with open_store(stored.store, create=False) as store:
        attacked = attacked_samples(store, victim, stored.attacks)
    check_alike(attacked, data.name, next(filter(None, data.texts)))
    learnt, kept = halves(attacked, stored.share, recipe.seed)
    known = [one for one in learnt if one.gold in data.labels]
    adversarial = [
        Sample(f"{one.digest}:{number}", text, data.labels.index(one.gold))
        for one in known
        for number, (_, text) in enumerate(one.found)
    ]
    kept_out = {one.digest for one in kept}
    kept_out |= {digest_of_text(text) for one in kept for _, text in one.found}
    attacks = tuple(sorted({attack for one in known for attack, _ in one.found}))
    return _Chosen(learnt, frozenset(kept_out), adversarial, attacks)
