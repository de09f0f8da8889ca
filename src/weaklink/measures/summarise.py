"""From outcomes to the summary of their campaign."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import product
from statistics import fmean, median
from typing import TypeAlias

from weaklink.measures import chain, rates
from weaklink.measures.summary import AttackSummary, ChainSummary, Summary, VictimSummary
from weaklink.store import AttackRecord, Campaign, Outcome, Status, VictimRecord

_Groups: TypeAlias = Mapping[tuple[str, str], Sequence[Outcome]]
"""Outcomes by the fingerprints of their victim and attack."""


def summarise(campaign: Campaign, outcomes: Iterable[Outcome]) -> Summary:
    """Return every figure of the campaign.

    Outcomes that it does not ask for are ignored, and those that it asks for and are not there
    are counted as missing. The order of the outcomes makes no difference.
    """
    groups = _group(campaign, outcomes)
    links = product(_of_role(campaign, "upstream"), _of_role(campaign, "downstream"))
    return Summary(
        campaign=campaign,
        victims=tuple(_summarise_victim(victim, groups) for victim in campaign.victims),
        attacks=tuple(
            _summarise_attack(
                victim,
                attack,
                groups.get((victim.fingerprint, attack.fingerprint), ()),
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
    victim: VictimRecord, attack: AttackRecord, outcomes: Sequence[Outcome], *, wanted: int
) -> AttackSummary:
    statuses = Counter(outcome.status for outcome in outcomes)
    successes = [outcome for outcome in outcomes if rates.succeeded(outcome)]
    queries = [outcome.queries for outcome in outcomes if rates.attacked(outcome)]
    changed = [
        min(1.0, outcome.words_changed / outcome.words)
        for outcome in successes
        if outcome.words_changed is not None and outcome.words
    ]
    similarities = [o.similarity for o in successes if o.similarity is not None]
    return AttackSummary(
        victim=victim.name,
        attack=attack.name,
        repetitions=attack.repetitions,
        asr_all=rates.asr_all(outcomes),
        asr_correct=rates.asr_correct(outcomes),
        robust_accuracy=rates.robust_accuracy(outcomes),
        asr_all_by_repetition=_by_repetition(outcomes),
        statuses={status.value: statuses[status] for status in Status},
        missing=wanted - len(outcomes),
        queries_mean=fmean(queries) if queries else None,
        queries_median=median(queries) if queries else None,
        words_changed_mean=fmean(changed) if changed else None,
        similarity_mean=fmean(similarities) if similarities else None,
        seconds=sum(outcome.seconds for outcome in outcomes),
    )


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
