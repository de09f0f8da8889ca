"""Plans a study without attacking anything and without fetching a model."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

from weaklink.campaigns.design import Design, make_design
from weaklink.campaigns.plan.models import PlannedModels
from weaklink.campaigns.plan.plan import (
    AttackPlan,
    DataPlan,
    ModelPlan,
    Plan,
    TrainingPlan,
    tokens_of,
)
from weaklink.campaigns.plan.power import RATES, Power, planned_power
from weaklink.campaigns.plan.simulated import SimulatedDesign
from weaklink.campaigns.prepare.attacks import configured_attacks, repetitions_of
from weaklink.campaigns.prepare.data import stated_split
from weaklink.campaigns.prepare.languages import in_language, language_in
from weaklink.campaigns.prepare.make import planned_folders
from weaklink.campaigns.prepare.references import LEAST_TEXTS
from weaklink.campaigns.specification import Finetuned, Hardened, Specification
from weaklink.campaigns.specification.specification import AUTO, TFIDF
from weaklink.data.datasets import load_split
from weaklink.engine import ConfiguredAttack
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.measures.links.lineages import connected
from weaklink.models.encoder import load_encoder
from weaklink.packaged import MINILM
from weaklink.store import Status, open_store
from weaklink.store.databases import Location, is_address
from weaklink.store.studies import store_of
from weaklink.text import Words
from weaklink.victims.local.checkpoint import pick_device

_PROBE_SECONDS = 2.0
_PROBED_WORDS = 30
_BATCHES = (1, 4, 16)
_STEP_TEXTS, _STEP_TOKENS = 32, 64
_READS = 100_000
"""Words that a bag of words reads: all."""
_LEAST_SAMPLES = 2
"""Of which a variance can be known."""
_LOOKED_AT = 100
"""Texts that estimate the mean length of a training set."""


def plan_study(spec: Specification, folder: Path, *, probe: bool = True) -> Plan:
    """Return what the study would do in a folder.

    Args:
        spec: The study.
        folder: Where it would be kept; what is stored there counts as done.
        probe: Whether to time the packaged sentence encoder.

    Raises:
        WeaklinkError: The specification cannot be followed at all.
    """
    attacks, design = configured_attacks(spec), make_design(spec)
    made = planned_folders(spec, folder)
    models = PlannedModels(spec, made, HubClient(retries=0))
    chains = {chain.name: chain.measured for chain in design.chains}
    data = [_data(name, spec, attacks) for name in spec.data]
    if AUTO in spec.references and all(one.spare < LEAST_TEXTS for one in data):
        without = tuple(name for name in design.references if name != TFIDF)
        design = replace(design, references=without)
    return Plan(
        models=[_model(name, models) for name in (*design.models, *design.references)],
        chains=chains,
        pairs=len({pair for chain in chains.values() for pair in pairwise(chain)}),
        data=data,
        attacks=[AttackPlan(one.attack.name, repetitions_of(one, spec)) for one in attacks],
        power=_power(design, data, len(attacks)),
        digest=spec.digest,
        max_queries=spec.max_queries,
        text_transfer=spec.text_transfer,
        fluency=spec.language_model is not None,
        training=list(_training(spec, made, models)),
        stored=_stored(store_of(folder), spec, design.models),
        token_seconds=probed_seconds(spec) if probe else None,
    )


def _model(name: str, models: PlannedModels) -> ModelPlan:
    """Return a model; of the packaged reference one is trained on each data set."""
    if name == TFIDF:
        return ModelPlan(name, "reference, trained here", 0, 0.0, _READS)
    return models.plan(name)


def _power(design: Design, data: Sequence[DataPlan], attacks: int) -> Power | None:
    links = {pair for chain in design.chains for pair in pairwise(chain.measured)}
    sizes = [len(one.words) for one in data if one.words]
    if not links or min(sizes, default=0) < _LEAST_SAMPLES or not attacks:
        return None
    numbers = connected(design.models, design.paths)
    lineages = len({numbers[upstream] for upstream, _ in links})
    others = len(set(numbers.values())) + len(design.references) - 1
    simulated = SimulatedDesign(lineages, min(sizes), RATES, len(sizes), attacks)
    return planned_power(simulated, len(links), null=others > 0)


def _data(name: str, spec: Specification, attacks: Sequence[ConfiguredAttack]) -> DataPlan:
    try:
        split = stated_split(name, spec)
        most = split.most()
        wanted = most if spec.samples is None else min(spec.samples, most)
        dataset = split.draw(wanted, spec.seed, sampling=spec.sampling)
    except WeaklinkError as error:
        return DataPlan(name, missing=str(error))
    words = [_count(sample.segment) for sample in dataset.samples]
    kept, _ = in_language(attacks, language_in(split.texts, spec), spec)
    left_out = {one.attack.name for one in attacks} - {one.attack.name for one in kept}
    return DataPlan(name, words, spare=split.most() - len(words), left_out=left_out)


def _count(text: str) -> int:
    return len(Words.split(text))


def _training(
    spec: Specification, made: Mapping[str, Path], models: PlannedModels
) -> Iterable[TrainingPlan]:
    """Yield what it takes to make each model that is not there yet, if its data can be loaded."""
    for one in spec.pretrained:
        if not made[one.name].exists():
            yield TrainingPlan(one.steps * _STEP_TEXTS * _STEP_TOKENS, models.cost(one.name))
    steps: list[Finetuned | Hardened] = [*spec.finetuned, *spec.hardened]
    for step in steps:
        tokens = 0.0 if made[step.name].exists() else _tokens_read(step, models.plan(step.name))
        if tokens:
            yield TrainingPlan(tokens, models.cost(step.name))


def _tokens_read(step: Finetuned | Hardened, model: ModelPlan) -> float:
    """Return how many tokens a model is trained on, 0 where its data fails to load."""
    try:
        split = load_split(step.data, **step.columns.options)
        texts = split.texts[:_LOOKED_AT]
    except WeaklinkError:
        return 0.0
    mean = sum(tokens_of(model.words(_count(text))) for text in texts) / len(texts)
    return step.epochs * (step.samples or len(split.texts)) * mean


def probed_seconds(spec: Specification) -> float | None:
    """Return the seconds that a token costs the packaged encoder, None if it is not installed.

    It computes with the study's runtime where the study's samples are enough for one. Batches of
    several sizes are passed for two seconds, and the fastest pass counts: what else goes on in
    the machine slows some, and not all.
    """
    if MINILM.find() is None:
        return None
    encoder = load_encoder(device=str(pick_device(spec.device)))
    text = " ".join(["word"] * _PROBED_WORDS)
    texts = [f"{text} {i}" for i in range(min(spec.samples or max(_BATCHES), max(_BATCHES)))]
    encoder.run_on(spec.runtime, texts)
    row = encoder.encode(texts)[0]
    fastest, ended = float("inf"), time.perf_counter() + _PROBE_SECONDS
    while time.perf_counter() < ended:
        for size in _BATCHES:
            began = time.perf_counter()
            encoder.forward([row] * size)
            fastest = min(fastest, (time.perf_counter() - began) / (size * len(row)))
    return fastest


def _stored(place: Location, spec: Specification, models: Sequence[str]) -> int:
    """Return how many outcomes there are of these models, data sets and seed."""
    if not (is_address(place) or Path(place).exists()):
        return 0
    with open_store(place) as store:
        return sum(
            outcome.victim in models
            and outcome.dataset in spec.data
            and outcome.key.seed == spec.seed
            and outcome.status is not Status.ERROR
            for outcome in store.outcomes()
        )
