"""From a campaign's record and outcomes to all its figures; no model is asked anything."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
from threadpoolctl import threadpool_limits

from weaklink.document import now
from weaklink.measures.advice import advise
from weaklink.measures.arrange import arrange
from weaklink.measures.arrays import Arrays
from weaklink.measures.defences.false_alarms import operating_points
from weaklink.measures.defences.worth import worth_of_defences
from weaklink.measures.goals import goal_of
from weaklink.measures.links.architectures import contrasts, family_of
from weaklink.measures.links.comparisons import Comparisons
from weaklink.measures.links.link_scenarios import (
    link_scenarios,
    mean_differing,
    typical_detectable,
)
from weaklink.measures.options import Options, looked_at, stated_bounds
from weaklink.measures.published import (
    LLM_STUDY,
    OPENATTACK,
    averaged,
    published,
    published_of_llms,
    sets_of,
)
from weaklink.measures.results import (
    AttackSet,
    Compared,
    Comparison,
    Contrast,
    Group,
    LinkResult,
    LinkScenario,
    Results,
    Verdict,
)
from weaklink.measures.robustness import Robustness
from weaklink.measures.statistics.resampling import Cells, Resampling
from weaklink.store.record import StudyRecord
from weaklink.store.studies import Study

UNKNOWN_ARCHITECTURE = "unknown"
_GROUPS = ("chains", "architectures", "families", "link_attacks")


def results(study: Study, options: Options | None = None) -> Results:
    """Return every figure of a campaign; the order of its outcomes makes no difference.

    Its products of matrices are small: threads wait for each other longer than they compute.
    """
    with threadpool_limits(limits=1, user_api="blas"):
        return _results(study, options or Options())


def _results(study: Study, options: Options) -> Results:
    bounds = options.bounds or stated_bounds(study.record)
    arrays = arrange(study, bounds)
    sizes = [dataset.fell.shape[2] for dataset in arrays.datasets]
    resampling = Resampling(sizes, seed=options.seed, resamples=options.resamples)
    robustness = Robustness(arrays, resampling, looked_at=looked_at(study.record))
    overall, by_model = robustness.overall(), robustness.by_model()
    along = _Links(study.record, arrays, resampling, options.seed)
    compared = along.figures()
    links, chains = compared["all_links"], compared.pop("averaged")
    sets = sets_of(arrays.attacks)
    scenarios = tuple(robustness.scenarios())
    if study.record.name == LLM_STUDY:
        link = next(iter(compared["links"]), None)
        beside = published_of_llms(scenarios, by_model, link, compared["link_attacks"])
    elif ran := sets.get(OPENATTACK):
        beside = published(*robustness.over_attacks(ran), *along.over_attacks(ran))
    else:
        beside = published(overall, by_model, links, chains)
    defences = worth_of_defences(study.record, arrays, resampling, scenarios, options.seed)
    return Results(
        created=options.created or now(),
        verdict=None if links is None else overall_verdict(links.all),
        name=study.record.name,
        digest=study.record.digest,
        models=arrays.models,
        attacks=arrays.attacks,
        datasets=arrays.dataset_names,
        resamples=options.resamples,
        seed=options.seed,
        bounds=bounds,
        intervals="always-valid" if looked_at(study.record) else "fixed",
        stopped=study.record.stopped,
        goal=goal_of(study),
        operating_points=operating_points(study),
        language_models=arrays.language_models,
        overall=overall,
        by_model=by_model,
        by_attack=robustness.by_attack(),
        by_dataset=robustness.by_dataset(),
        by_cell=robustness.by_cell(),
        references=_references(study.record, arrays, resampling),
        attack_sets=tuple(
            AttackSet(
                name=name,
                attacks=tuple(arrays.attacks[a] for a in places),
                rates=robustness.over_attacks(places)[0],
                all_links=along.over_attacks(places)[0],
            )
            for name, places in sets.items()
        ),
        by_model_mapped=_mapped(study.record, arrays, resampling),
        scenarios=scenarios,
        worst=tuple(robustness.worst()),
        most_robust=robustness.most_robust(),
        strongest=tuple(robustness.strongest()),
        defences=defences,
        advice=tuple(advise(compared["chains"], compared["architectures"], defences)),
        published=beside,
        failures=study.record.failures,
        **compared,
    )


def overall_verdict(found: Comparison) -> Verdict:
    """Return what delta over all links says: of the links, or of chains where there are several."""
    return found.verdict if found.general is None else found.general.verdict


class _Links:
    """The figures of all groups of links, over all samples and over those that both models know."""

    def __init__(
        self, record: StudyRecord, arrays: Arrays, resampling: Resampling, seed: int
    ) -> None:
        self._arrays = arrays
        self._seed = seed
        self._looked_at = looked_at(record)
        self._chains = {
            chain.name: [
                arrays.links.index(pair)
                for pair in zip(chain.measured, chain.measured[1:], strict=False)
                if pair in arrays.links
            ]
            for chain in record.chains
        }
        known = {model.name: model.architecture for model in record.models}
        self._architectures = [
            known[downstream] or UNKNOWN_ARCHITECTURE for _, downstream in arrays.links
        ]
        self._sides = {
            both: Comparisons(
                arrays, resampling, both_correct=both, seed=seed, looked_at=self._looked_at
            )
            for both in (False, True)
        }

    def figures(self) -> dict[str, Any]:
        """Return the fields of the results that are about links."""
        pairs = [f"{upstream} → {downstream}" for upstream, downstream in self._arrays.links]
        chains = {name: links for name, links in self._chains.items() if links}
        architectures = list(dict.fromkeys(self._architectures))
        kin = list(dict.fromkeys(map(family_of, self._architectures)))
        attacks = self._arrays.attacks if pairs else ()
        families: dict[str, dict[str, Cells]] = {
            "links": {name: self._where([i]) for i, name in enumerate(pairs)},
            "chains": {name: self._where(links) for name, links in chains.items()},
            "architectures": {name: self._of_architecture(name) for name in architectures},
            "families": {name: self._of_family(name) for name in kin},
            "link_attacks": {name: self._where(attacks=[a]) for a, name in enumerate(attacks)},
            **self._averaged(None),
        }
        found = self._compared(families)
        scenarios = self._scenarios("all")
        typical = (
            typical_detectable(scenarios, mean_differing(self._sides[False]))
            if scenarios
            else dict.fromkeys(("scenario_n", "scenario_detectable", "scenario_detectable_holm"))
        )
        return {
            "links": tuple(self._link(i, link) for i, link in enumerate(found["links"])),
            **{name: found[name] for name in _GROUPS},
            "contrasts": tuple(self._contrasts(found["links"])),
            "all_links": next(iter(found["all_links"]), None),
            "averaged": {one.name: one for one in found["averaged"]},
            "link_scenarios": (*scenarios, *self._scenarios("both_correct")),
            **typical,
        }

    def over_attacks(self, attacks: Sequence[int]) -> tuple[Compared | None, dict[str, Compared]]:
        """Return the figures over some attacks: of all links, and of the paper's averages."""
        found = self._compared(self._averaged(attacks))
        return next(iter(found["all_links"]), None), {one.name: one for one in found["averaged"]}

    def _averaged(self, attacks: Sequence[int] | None) -> dict[str, dict[str, Cells]]:
        chains = {name: links for name, links in self._chains.items() if links}
        return {
            "all_links": {"all links": self._where(attacks=attacks)} if self._arrays.links else {},
            "averaged": {
                name: self._where(some, attacks) for name, some in averaged(chains).items()
            },
        }

    def _scenarios(self, samples: Literal["all", "both_correct"]) -> list[LinkScenario]:
        side = self._sides[samples == "both_correct"]
        return link_scenarios(
            self._arrays, side, samples, seed=self._seed, looked_at=self._looked_at
        )

    def _where(
        self, links: Sequence[int] | None = None, attacks: Sequence[int] | None = None
    ) -> Cells:
        return self._sides[False].where(links=links, attacks=attacks)

    def _contrasts(self, links: Sequence[Compared]) -> list[Contrast]:
        lineages = dict(zip(self._arrays.models, self._arrays.lineages, strict=True))
        deltas = [np.nan if one.all.delta is None else one.all.delta.value for one in links]
        return contrasts(
            self._chains,
            self._architectures,
            np.array(deltas),
            [lineages[upstream] for upstream, _ in self._arrays.links],
            seed=self._seed,
        )

    def _of_family(self, family: str) -> Cells:
        kin = [i for i, one in enumerate(self._architectures) if family_of(one) == family]
        return self._where(kin)

    def _of_architecture(self, architecture: str) -> Cells:
        return self._where([i for i, one in enumerate(self._architectures) if one == architecture])

    def _compared(
        self, families: Mapping[str, Mapping[str, Cells]]
    ) -> dict[str, tuple[Compared, ...]]:
        groups = [[*family.values()] for family in families.values()]
        over_all, both = (self._sides[side].over(groups) for side in (False, True))
        return {
            name: tuple(
                Compared(name=label, all=every, both_correct=known)
                for label, every, known in zip(family, over_all[i], both[i], strict=True)
            )
            for i, (name, family) in enumerate(families.items())
        }

    def _link(self, index: int, found: Compared) -> LinkResult:
        upstream, downstream = self._arrays.links[index]
        return LinkResult(
            name=found.name,
            all=found.all,
            both_correct=found.both_correct,
            upstream=upstream,
            downstream=downstream,
            chains=tuple(name for name, links in self._chains.items() if index in links),
            architecture=self._architectures[index],
        )


def _references(record: StudyRecord, arrays: Arrays, resampling: Resampling) -> tuple[Group, ...]:
    if arrays.references is None:
        return ()
    looked = looked_at(record)
    return Robustness(arrays.references, resampling, looked_at=looked).by_model()


def _mapped(record: StudyRecord, arrays: Arrays, resampling: Resampling) -> tuple[Group, ...]:
    meanings = record.specification.get("labels") or {}
    if not meanings:
        return ()
    robustness = Robustness(arrays, resampling, mapped=True, looked_at=looked_at(record))
    groups = robustness.by_model()
    return tuple(group for group in groups if group.model in meanings)
