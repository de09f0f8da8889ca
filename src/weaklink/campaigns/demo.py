"""The demo: a real fine-tuning chain, made and audited offline."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from weaklink.data.datasets import load_split
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe


@dataclass(frozen=True, slots=True)
class Chain:
    """Folders of the two models of the demo's chain."""

    upstream: Path
    downstream: Path


_BASE_NAME = "sentence-transformers/all-MiniLM-L6-v2"
_UPSTREAM = (4000, Recipe(max_length=64))
_DOWNSTREAM = (1800, Recipe(max_length=128, learning_rate=1e-4))
"""Samples, and how to train on them: what two cores do in some two minutes."""


def make_chain(folder: Path, progress: Progress) -> Chain:
    """Fine-tune the packaged MiniLM on Rotten Tomatoes, and the result on IMDB.

    Both stay in ``folder``, so that the next demo starts with them.

    Raises:
        WeaklinkError: A package that the demo needs is missing.
    """
    base = str(MINILM.require("The encoder of the demo"))
    chain = Chain(folder / "minilm-rotten-tomatoes", folder / "minilm-rotten-tomatoes-imdb")
    steps = (
        (base, _BASE_NAME, "rotten_tomatoes", _UPSTREAM, chain.upstream),
        (str(chain.upstream), chain.upstream.name, "imdb", _DOWNSTREAM, chain.downstream),
    )
    for start, name, data, (samples, recipe), out in steps:
        if not out.exists():
            split = load_split(data)
            finetune(
                start, split, out,
                samples=samples, recipe=recipe, base_name=name, progress=progress,
            )  # fmt: skip
    return chain
