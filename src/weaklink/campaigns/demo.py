"""The demo: a real fine-tuning chain, made and audited offline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from weaklink.campaigns.prepare.make import planned_folders
from weaklink.campaigns.specification import Specification
from weaklink.data.datasets import load_split
from weaklink.defences.documents import DetectionReport
from weaklink.defences.evaluate import evaluate
from weaklink.defences.saved import load_detector
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.store import open_store
from weaklink.store.studies import store_of
from weaklink.store.vulnerable import attacked_samples
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe
from weaklink.victims import Victim, load_victim


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


_LEARNING = {"attacks": ("pwws",), "attacked": 80}
_IMDB = {"data": "imdb", "samples": 1000, "max_length": 128}
_TOMATOES = {"data": "rotten_tomatoes", "max_length": 64}


def defence_study(chain: Chain, samples: int, seed: int) -> Specification:
    """Return the study of ``weaklink demo --defend``: what defences do for the demo's chain.

    Defences learn from PWWS alone; TextFooler and TextBugger show whether they generalise. The
    downstream is guarded by detectors that learnt on it, and by one that learnt on its upstream.
    Of a hardened upstream a downstream is made as the bare one was.
    """
    up, down = str(chain.upstream), str(chain.downstream)
    guards = [
        ("up-confidence", up, up, "confidence", 0), ("up-rde", up, up, "rde", 0),
        ("up-fgws", up, up, "fgws", 80),
        ("up-classifier", up, up, "classifier", 80),
        ("down-classifier", down, down, "classifier", 80),
        ("down-by-upstream", down, up, "classifier", 80),
    ]  # fmt: skip
    return Specification.model_validate(
        {
            "name": "defence",
            "data": ("rotten_tomatoes",),
            "samples": samples,
            "seed": seed,
            "unseen": True,
            "attacks": ("pwws", "textfooler", "textbugger"),
            "references": (),
            "language_model": "none",
            "chains": ((up, down),),
            "guards": tuple(
                {"name": name, "victim": victim, "learn_on": on, "method": method, "texts": 1000,
                 "data": "rotten_tomatoes", **_LEARNING, "attacked": attacked}
                for name, victim, on, method, attacked in guards
            ),
            "hardened": (
                {"name": "up-hardened", "base": up, "samples": 4000, **_TOMATOES, **_LEARNING},
                {"name": "down-freelb", "base": down, "defence": "freelb", "epochs": 1, **_IMDB,
                 "attacked": 0, "attacks": ("pwws",)},
            ),
            "finetuned": (
                {"name": "down-of-hardened", "base": "up-hardened", "instead_of": down,
                 "learning_rate": _DOWNSTREAM[1].learning_rate, **_IMDB,
                 "samples": _DOWNSTREAM[0]},
            ),
        }
    )  # fmt: skip


def evaluate_guards(spec: Specification, folder: Path, progress: Progress) -> list[DetectionReport]:
    """Return how well the detectors of a study detect what was found on their bare victims.

    Args:
        spec: The study.
        folder: Where it was run.
        progress: Is told of each text.
    """
    places = planned_folders(spec, folder)
    reports = []
    with open_store(store_of(folder)) as store:
        for victim in dict.fromkeys(one.victim for one in spec.guards):
            detectors = [
                load_detector(places[one.name], load=partial(_load, places))
                for one in spec.guards
                if one.victim == victim
            ]
            samples = attacked_samples(store, victim)
            reports.append(evaluate(detectors, samples, victim, seed=spec.seed, progress=progress))
    return reports


def _load(places: Mapping[str, Path], name: str) -> Victim:
    return load_victim(name, place=places.get(name))
