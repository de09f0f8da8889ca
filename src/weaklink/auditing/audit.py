"""The audit: from a specification to stored outcomes and their summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weaklink.attacks import Lexicon
from weaklink.auditing.digests import load_resources
from weaklink.auditing.preparation import (
    aim,
    arm,
    check_gradients,
    check_labels,
    check_target,
    heed,
    load_victims,
    seen_in_training,
)
from weaklink.auditing.record import record_campaign
from weaklink.auditing.result import AuditResult
from weaklink.auditing.specification import Specification
from weaklink.engine import Models, Run
from weaklink.measures import summarise
from weaklink.progress import Progress, Silent
from weaklink.resources.datasets import load_split
from weaklink.resources.encoder import load_encoder
from weaklink.resources.entities import EntityTable
from weaklink.store import Store, open_store


def audit(
    downstream: str,
    *,
    progress: Progress | None = None,
    **options: Any,  # noqa: ANN401
) -> AuditResult:
    """Attack a model, or both ends of a chain, and return the figures.

    Args:
        downstream: Hub id, local folder, or ``package.module:function``.
        progress: Is told how far the work is.
        options: Fields of ``Specification``: ``upstream``, ``data``, ``samples``, ``attacks``, ...

    Raises:
        WeaklinkError: Something is wrong that the user can mend. Outcomes so far are stored, and
            the same call goes on where it stopped.
    """
    spec = Specification.make(downstream=downstream, **options)
    return run_audit(spec, progress or Silent())


def run_audit(spec: Specification, progress: Progress) -> AuditResult:
    """Do what ``audit`` does, for a specification."""
    with open_store(spec.store) as store:
        run = prepare(spec, store, progress)
        pending = len(run.pending())
        progress.begin("Attacking", pending)
        run.run(lambda _: progress.advance())
        summary = summarise(run.campaign, store.outcomes(run.campaign))
    return AuditResult(summary, Path(spec.store), pending)


def prepare(spec: Specification, store: Store, progress: Progress) -> Run:
    """Load and check everything, and record the campaign; nothing is attacked yet.

    Raises:
        WeaklinkError: Something is wrong that the user can mend.
    """
    armed = arm(spec)
    progress.begin(f"Loading {spec.data}")
    split = load_split(
        spec.data, spec.split, text_column=spec.text_column, label_column=spec.label_column
    )
    victims = load_victims(spec, progress)
    dataset = split.draw(spec.samples, spec.seed, exclude=seen_in_training(spec))
    for _, victim in victims:
        check_gradients(armed, victim)
        check_target(spec.target, victim)
        check_labels(dataset, victim)
    models = Models(load_encoder(spec.encoder, victims[0][1].details.get("device", "cpu")))
    lexicon = Lexicon(
        lambda: EntityTable.build(split.texts, split.gold, models.tagger), progress=progress
    )
    used = [name for one in armed for name in one.attack.uses]
    digests = load_resources([*used, "encoder"], lexicon, models, progress)
    targets = {victim.fingerprint: aim(victim, dataset) for _, victim in victims}
    warnings = {key: heed(target, dataset, spec, progress) for key, target in targets.items()}
    attacks = {one.fingerprint(digests, spec.target, spec.max_queries): one for one in armed}
    campaign = record_campaign(spec, victims, warnings, attacks, dataset)
    store.add_campaign(campaign)
    return Run(campaign, dataset, targets, attacks, lexicon, models, store, spec.width)
