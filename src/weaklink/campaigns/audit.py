"""The audit: from a specification to stored outcomes and their summary."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from weaklink.attacks import Lexicon
from weaklink.campaigns.ancestry import find_upstream
from weaklink.campaigns.fluency import language_model_of, measure_fluency
from weaklink.campaigns.material import gather
from weaklink.campaigns.models import load_models
from weaklink.campaigns.preparation import (
    aim,
    by_fingerprint,
    check_gradients,
    check_labels,
    check_target,
    examine,
    load,
    quicken,
)
from weaklink.campaigns.record import Role, record_campaign, record_victim
from weaklink.campaigns.result import AuditResult
from weaklink.campaigns.specification import Specification
from weaklink.data import Dataset
from weaklink.engine import Run, Target
from weaklink.errors import WeaklinkError
from weaklink.measures import summarise
from weaklink.progress import Progress, Silent
from weaklink.store import Store, open_store
from weaklink.victims import TrustWarning, Victim


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
            The upstream ``auto`` is looked for on the Hub.

    Raises:
        WeaklinkError: Something is wrong that the user can mend. Outcomes so far are stored, and
            the same call goes on where it stopped.
    """
    spec = Specification.make(downstream=downstream, **options)
    return run_audit(find_upstream(spec).spec, progress or Silent())


def run_audit(spec: Specification, progress: Progress) -> AuditResult:
    """Do what ``audit`` does, for a specification."""
    found = language_model_of(spec)
    with open_store(spec.store) as store:
        run = prepare(spec, store, progress)
        pending = len(run.pending())
        progress.begin("Attacking", pending)
        run.run(lambda _: progress.advance())
        if found is not None:
            device = run.campaign.provenance["device"]
            measure_fluency(store, found, progress, campaign=run.campaign, device=device)
        summary = summarise(run.campaign, store.outcomes(run.campaign), spec.bounds)
    return AuditResult(summary, Path(spec.store), pending)


def prepare(spec: Specification, store: Store, progress: Progress) -> Run:
    """Load and check everything, and record the campaign; nothing is attacked yet.

    Raises:
        WeaklinkError: Something is wrong that the user can mend.
    """
    dataset, armed, entities = gather(spec, progress)
    victims = _load_victims(spec, progress)
    for _, victim in victims:
        check_gradients(armed, victim)
        check_target(spec.target, victim)
        check_labels(dataset, victim)
    models = load_models(spec, victims[0][1].details.get("device", "cpu"))
    lexicon = Lexicon(lambda: entities(models.tagger), progress=progress)
    quicken([*models.encoders, *(victim for _, victim in victims)], spec, dataset, progress)
    attacks = by_fingerprint(armed, spec, lexicon, models, progress)
    targets = {victim.fingerprint: aim(victim, dataset) for _, victim in victims}
    records = [
        record_victim(victim, role, _heed(targets[victim.fingerprint], dataset, spec, progress))
        for role, victim in victims
    ]
    campaign = record_campaign(spec, records, attacks, dataset)
    store.add_campaign(campaign)
    return Run(campaign, dataset, targets, attacks, lexicon, models, store, spec.width)


def _load_victims(spec: Specification, progress: Progress) -> list[tuple[Role, Victim]]:
    """Load the upstream, where there is one, and the downstream.

    Raises:
        WeaklinkError: One cannot be loaded, or they are the same.
    """
    if spec.upstream is None:
        return [("single", load(spec.downstream, spec, progress))]
    upstream, downstream = (load(name, spec, progress) for name in (spec.upstream, spec.downstream))
    if upstream.fingerprint == downstream.fingerprint:
        raise WeaklinkError(
            f"{spec.upstream} and {spec.downstream} are the same model.",
            "Give the model that the downstream was fine-tuned from, or no upstream.",
        )
    return [("upstream", upstream), ("downstream", downstream)]


def _heed(
    target: Target, dataset: Dataset, spec: Specification, progress: Progress
) -> tuple[TrustWarning, ...]:
    """Return the trust warnings.

    Raises:
        WeaklinkError: There are some, and the specification refuses them.
    """
    warnings = examine(target, dataset, progress)
    if warnings and spec.refuse_warnings:
        raise WeaklinkError(
            f"{target.victim.name} is not to be trusted on {dataset.name}: {warnings[0].message}",
            "Mend it, or let the audit run with the warning.",
        )
    return warnings
