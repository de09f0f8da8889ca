"""Looks at what a study needs, without attacking anything and without fetching a model."""

from __future__ import annotations

import time
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from huggingface_hub import try_to_load_from_cache

from weaklink.auditing.made import planned_folders
from weaklink.auditing.preparation import arm
from weaklink.auditing.record import repetitions_of
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.hub.live import fetch_weights_size
from weaklink.resources import Dataset
from weaklink.resources.datasets import load_split
from weaklink.resources.encoder import Encoder, load_encoder
from weaklink.store import Status, open_store
from weaklink.study.design import make_design
from weaklink.study.plan import AttackPlan, DataPlan, ModelPlan, Plan
from weaklink.study.reading import STORE
from weaklink.study.specification import StudySpecification
from weaklink.text import Words
from weaklink.victims.callable import names_callable

_BERT_BASE = 440_000_000
"""Bytes of BERT-base's weights: what a model of unknown size is taken for."""

_MINILM = 91_000_000
_PROBED = 32
_STEP_TEXTS = 32


def plan_study(spec: StudySpecification, folder: Path, *, probe: bool = True) -> Plan:
    """Return what the study would do in a folder.

    Args:
        spec: The study.
        folder: Where it would be kept; what is stored there counts as done.
        probe: Whether to time the sentence encoder on samples of each data set.

    Raises:
        WeaklinkError: The specification cannot be followed at all.
    """
    armed, design = arm(spec), make_design(spec)
    encoder = load_encoder(spec.encoder) if probe else None
    made = planned_folders(spec, folder)
    client = HubClient(retries=0)
    chains = {chain.name: chain.measured for chain in design.chains}
    training = [step.samples or 0 for step in spec.finetuned if not made[step.name].exists()]
    training += [
        step.steps * _STEP_TEXTS for step in spec.pretrained if not made[step.name].exists()
    ]
    return Plan(
        models=[_model(name, made, client) for name in design.models],
        chains=chains,
        pairs=len({pair for chain in chains.values() for pair in pairwise(chain)}),
        data=[_data(name, spec, encoder) for name in spec.data],
        attacks=[AttackPlan(one.attack.name, repetitions_of(one, spec)) for one in armed],
        max_queries=spec.max_queries,
        text_transfer=spec.text_transfer,
        trained=sum(training),
        stored=_stored(folder / STORE, spec, design.models),
    )


def _model(name: str, made: dict[str, Path], client: HubClient) -> ModelPlan:
    if names_callable(name):
        return ModelPlan(name, "Python callable", download=0, cost=0.0)
    folder = made.get(name, Path(name).expanduser())
    if name in made or folder.is_dir():
        size = sum(file.stat().st_size for file in folder.glob("*.safetensors")) or _MINILM
        where = "made here" if name in made else "local folder"
        return ModelPlan(name, where, download=0, cost=size / _MINILM)
    repository = name.partition("@")[0]
    size_there = _size_on_hub(client, repository)
    cached = isinstance(try_to_load_from_cache(repository, "model.safetensors"), str)
    return ModelPlan(
        name,
        "the Hub, fetched before" if cached else "the Hub",
        download=0 if cached else size_there,
        cost=(size_there or _BERT_BASE) / _MINILM,
    )


def _size_on_hub(client: HubClient, repository: str) -> int | None:
    try:
        return fetch_weights_size(client, repository)
    except WeaklinkError:  # offline: a plan does without
        return None


def _data(name: str, spec: StudySpecification, encoder: Encoder | None) -> DataPlan:
    try:
        dataset = load_split(name, spec.split).draw(spec.samples, spec.seed)
    except WeaklinkError as error:
        return DataPlan(name, missing=str(error))
    counts = [len(Words.split(sample.text)) for sample in dataset.samples]
    seconds = None if encoder is None else _probe(encoder, dataset)
    return DataPlan(name, len(dataset.samples), sum(counts) / len(counts), seconds)


def _probe(encoder: Encoder, dataset: Dataset) -> float:
    """Return the time of one pass over one text."""
    texts = encoder.encode([sample.text for sample in dataset.samples[:_PROBED]])
    texts.sort(key=len)
    encoder.forward(texts[:1])
    began = time.perf_counter()
    for start in range(0, len(texts), _PROBED // 4):
        encoder.forward(texts[start : start + _PROBED // 4])
    return (time.perf_counter() - began) / len(texts)


def _stored(path: Path, spec: StudySpecification, models: Sequence[str]) -> int:
    """Return how many outcomes there are of these models, data sets and seed."""
    if not path.exists():
        return 0
    with open_store(path) as store:
        return sum(
            outcome.victim in models
            and outcome.dataset in spec.data
            and outcome.key.seed == spec.seed
            and outcome.status is not Status.ERROR
            for outcome in store.outcomes()
        )
