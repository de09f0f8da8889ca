"""From outcomes to the summary of their campaign."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import product
from statistics import fmean, median
from typing import TypeAlias

from weaklink.measures import chain, rates
from weaklink.measures.quality import Bounds, characters_changed, words_changed
from weaklink.measures.summary import AttackSummary, ChainSummary, Summary, VictimSummary
from weaklink.store import AttackRecord, Campaign, Outcome, Status, VictimRecord

_Groups: TypeAlias = Mapping[tuple[str, str], Sequence[Outcome]]
"""Outcomes by the fingerprints of their victim and attack."""


def summarise(
    campaign: Campaign, outcomes: Iterable[Outcome], bounds: Bounds | None = None
) -> Summary:
    """Return every figure of the campaign.

    Outcomes that it does not ask for are ignored, and those that it asks for and are not there
    are counted as missing. The order of the outcomes makes no difference.

    Args:
        campaign: What was asked for.
        outcomes: What became of it.
        bounds: Within which an adversarial text is valid; None: the default ones.
    """
    bounds = bounds or Bounds()
    groups = _group(campaign, outcomes)
    links = product(_of_role(campaign, "upstream"), _of_role(campaign, "downstream"))
    return Summary(
        campaign=campaign,
        bounds=bounds,
        language_models=_language_models(groups),
        victims=tuple(_summarise_victim(victim, groups) for victim in campaign.victims),
        attacks=tuple(
            _summarise_attack(
                victim,
                attack,
                groups.get((victim.fingerprint, attack.fingerprint), ()),
                bounds,
                wanted=attack.repetitions * len(campaign.data.sample_ids),
            )
            for victim in campaign.victims
            for attack in campaign.attacks
        ),
        chain=tuple(
            _summarise_link(upstream, downstream, attack, groups, campaign.seed)
            for upstream, downstream in links
            for attack in campaign.attacks
        ),
    )


def _group(campaign: Campaign, outcomes: Iterable[Outcome]) -> _Groups:
    found = {outcome.key: outcome for outcome in outcomes}
    groups: defaultdict[tuple[str, str], list[Outcome]] = defaultdict(list)
    for key in dict.fromkeys(campaign.keys()):
        if key in found:
            groups[key.victim_fingerprint, key.attack_fingerprint].append(found[key])
    return groups


def _of_role(campaign: Campaign, role: str) -> list[VictimRecord]:
    return [victim for victim in campaign.victims if victim.role == role]


def _summarise_victim(victim: VictimRecord, groups: _Groups) -> VictimSummary:
    outcomes = [
        outcome
        for (fingerprint, _), group in groups.items()
        if fingerprint == victim.fingerprint
        for outcome in group
    ]
    return VictimSummary(
        name=victim.name,
        accuracy=rates.accuracy(outcomes),
        texts_cut=len({outcome.key.sample_id for outcome in outcomes if outcome.cut}),
    )


def _summarise_attack(
    victim: VictimRecord,
    attack: AttackRecord,
    outcomes: Sequence[Outcome],
    bounds: Bounds,
    *,
    wanted: int,
) -> AttackSummary:
    statuses = Counter(outcome.status for outcome in outcomes)
    successes = [outcome for outcome in outcomes if rates.succeeded(outcome)]
    queries = [outcome.queries for outcome in outcomes if rates.attacked(outcome)]
    ratios = [outcome.perplexity_ratio for outcome in successes]
    return AttackSummary(
        victim=victim.name,
        attack=attack.name,
        repetitions=attack.repetitions,
        asr_all=rates.asr_all(outcomes),
        asr_correct=rates.asr_correct(outcomes),
        asr_valid=rates.asr_valid(outcomes, bounds),
        robust_accuracy=rates.robust_accuracy(outcomes),
        asr_all_by_repetition=_by_repetition(outcomes),
        statuses={status.value: statuses[status] for status in Status},
        missing=wanted - len(outcomes),
        queries_mean=_over(fmean, queries),
        queries_median=_over(median, queries),
        words_changed_mean=_over(fmean, map(words_changed, successes)),
        characters_changed_mean=_over(fmean, map(characters_changed, successes)),
        similarity_mean=_over(fmean, (outcome.similarity for outcome in successes)),
        perplexity_ratio_median=_over(median, ratios),
        fluency_missing=ratios.count(None),
        notes=_notes(outcomes),
        seconds=sum(outcome.seconds for outcome in outcomes),
    )


def _over(
    average: Callable[[Sequence[float]], float], values: Iterable[float | None]
) -> float | None:
    """Return the average of the values that are known; None for none."""
    known = [value for value in values if value is not None]
    return average(known) if known else None


def _notes(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the mean of each note, over the attempts that have it, in the order of the names."""
    names = sorted({name for outcome in outcomes for name in outcome.notes})
    return {n: fmean(o.notes[n] for o in outcomes if n in o.notes) for n in names}


def _language_models(groups: _Groups) -> tuple[str, ...]:
    digests = {outcome.language_model for group in groups.values() for outcome in group}
    return tuple(sorted(digest for digest in digests if digest is not None))


def _by_repetition(outcomes: Sequence[Outcome]) -> tuple[float, ...]:
    repetitions: defaultdict[int, list[bool]] = defaultdict(list)
    for outcome in filter(rates.attacked, outcomes):
        repetitions[outcome.key.repetition].append(rates.succeeded(outcome))
    return tuple(fmean(repetitions[number]) for number in sorted(repetitions))


def _summarise_link(
    upstream: VictimRecord,
    downstream: VictimRecord,
    attack: AttackRecord,
    groups: _Groups,
    seed: int,
) -> ChainSummary:
    pairs = chain.pair_attempts(
        groups.get((upstream.fingerprint, attack.fingerprint), ()),
        groups.get((downstream.fingerprint, attack.fingerprint), ()),
    )
    test, p_value = chain.paired_test(pairs, seed=seed)
    return ChainSummary(
        upstream=upstream.name,
        downstream=downstream.name,
        attack=attack.name,
        delta=chain.delta(pairs, seed=seed),
        p_value=p_value,
        test=test,
        transfer_rate=chain.transfer_rate(pairs),
        asr_elsewhere=chain.asr_elsewhere(pairs),
    )
