"""What a reader must know before they trust the figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from weaklink.attacks.registry import collections
from weaklink.measures import Estimate
from weaklink.measures.goals import measure_of
from weaklink.measures.results import Results, Scenario
from weaklink.report.roles import short_names
from weaklink.report.written import listed, percent
from weaklink.store import Status
from weaklink.store.studies import Study

_LEAST_VALID = 0.25
"""Share of an attack's successes that must be within bounds if it is not to be told of."""
_MOST = 20
"""Notices of one kind; how many more there are is said in one."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One reason to read the figures with care.

    ``about`` is the model, chain or data set that it concerns, or the campaign.
    """

    about: str
    check: str
    message: str


def notices(study: Study, results: Results) -> list[Notice]:
    """Return what is missing, the trust warnings, then what the campaign left incomplete."""
    failures = [Notice(one.what, "missing", one.reason) for one in results.failures]
    return [
        *_stopped(results),
        *_looked_at(results),
        *_few(failures, "table failures"),
        *_few([*_chains(study)], "record of the campaign"),
        *_few([*_models(study)], "record of the campaign"),
        *_mixed(results),
        *_out_of_bounds(results),
        *_incomplete(results),
    ]


def _stopped(results: Results) -> Iterator[Notice]:
    """Yield why not all samples are done that were asked for."""
    stopped = results.stopped
    if stopped is None:
        return
    done = f"{stopped.samples:,} of {stopped.asked:,} samples"
    said = {
        "time": f"The time was up when {done} were done. The same command goes on from there.",
        "decided": f"Every gate was decided after {done}.",
        "undecidable": f"After {done} no further sample could decide a gate that was undecided.",
    }[stopped.reason]
    message = f"{said} All figures are of these, for every model and attack."
    yield Notice("The campaign", "stopped", message)
    gates = [Notice("The campaign", "gate", one) for one in stopped.hopeless]
    yield from _few(gates, "the JSON file")


def _looked_at(results: Results) -> Iterator[Notice]:
    """Yield which intervals do not hold at every look, where somebody looked."""
    if results.intervals == "always-valid":
        yield Notice(
            "The campaign",
            "looked-at",
            "It was looked at until its gates were decided. Intervals of rates, of deltas and of "
            "transfer hold at every look. P-values, and what is compared with unrelated models, "
            "are for a number of samples that was settled beforehand.",
        )


def _few(found: Sequence[Notice], where: str) -> Iterator[Notice]:
    yield from found[:_MOST]
    if len(found) > _MOST:
        more = len(found) - _MOST
        yield Notice("The campaign", found[0].check, f"{more:,} more like these: {where}.")


def _chains(study: Study) -> Iterator[Notice]:
    for one in study.record.chains:
        for warning in one.warnings:
            yield Notice(one.name, warning.check, warning.message)


def _models(study: Study) -> Iterator[Notice]:
    """Yield the warnings of the trust checks; identical warnings are grouped."""
    record, about = study.record, dict[tuple[str, str], dict[str, None]]()
    for entry in record.campaigns:
        for victim in study.campaigns[entry.campaign].victims:
            for warning in victim.warnings:
                where = f"On {entry.dataset}: " if len(record.campaigns) > 1 else ""
                said = (warning.check, f"{where}{warning.message}")
                about.setdefault(said, {})[victim.name] = None
    for (check, message), models in about.items():
        yield Notice(listed(list(models)), check, message)


def _mixed(results: Results) -> Iterator[Notice]:
    """Yield the collections whose attacks were run beside others."""
    for name, members in collections().items():
        among = [attack for attack in results.attacks if attack in members]
        if 0 < len(among) < len(results.attacks):
            yield Notice(
                "The campaign",
                "mixed-attacks",
                f"Attacks of the collection {name} ({len(among)}) and others "
                f"({len(results.attacks) - len(among)}) were run together. Averages over attacks, "
                "and the accuracy under the best of them, are over all. Run one set alone for its "
                "own figures; stored outcomes are used again.",
            )


def _out_of_bounds(results: Results) -> Iterator[Notice]:
    """Yield the attacks whose successes are mostly texts that no longer say the same."""
    for attack in results.attacks:
        of_attack = [one for one in results.scenarios if one.attack == attack]
        spoilt = [one for one in of_attack if _kept(one) < _LEAST_VALID]
        if spoilt:
            worst, share = min(spoilt, key=_kept), f"{len(spoilt):,} of {len(of_attack):,}"
            yield Notice(
                listed([*dict.fromkeys(one.model for one in spoilt)], most=3),
                "out-of-bounds",
                f"Most successes of {attack} change the text too much to count, in {share} "
                f"scenarios. At worst{_place(results, worst)} "
                f"{measure_of('asr_all', results.goal)} is {_percent(worst.asr_all)} and "
                f"asr_valid {_percent(worst.asr_valid)}.",
            )


def _kept(one: Scenario) -> float:
    """Return the share of successes that are within the bounds; 1 where there are none."""
    if not one.asr_all or not one.asr_valid or not one.asr_all.value:
        return 1.0
    return one.asr_valid.value / one.asr_all.value


def _place(results: Results, one: Scenario) -> str:
    names = (one.model, one.dataset)
    parts = zip(names, (results.models, results.datasets), strict=True)
    told = [name for name, known in parts if len(known) > 1]
    return f" ({', '.join(told)})" if told else ""


def _percent(rate: Estimate | None) -> str:
    return "unknown" if rate is None else percent(rate.value)


def _incomplete(results: Results) -> Iterator[Notice]:
    unmeasured = _counts(results, lambda one: one.fluency_missing or 0)
    if unmeasured:
        message = (
            f"The fluency of successes was not measured: {unmeasured}. Their asr_valid rests on "
            "the other bounds. `weaklink fluency STORE` measures it; beyond English it needs "
            "--language-model."
        )
        yield Notice("The campaign", "fluency", message)
    errors = _counts(results, lambda one: one.statuses.get(Status.ERROR, 0))
    missing = _counts(results, lambda one: one.missing)
    again = "They enter no rate. The same command tries them again."
    for check, said in (
        ("errors", f"Attempts that ended in an error: {errors}." if errors else ""),
        ("missing", f"Attempts not made yet: {missing}." if missing else ""),
    ):
        if said:
            yield Notice("The campaign", check, f"{said} {again}")


def _counts(results: Results, count: Callable[[Scenario], int]) -> str:
    """Say how many there are, scenario by scenario; in all first where the list is long."""
    found = [(one, count(one)) for one in results.scenarios if count(one)]
    said = listed([f"{number:,} of {_attempt(results, one)}" for one, number in found])
    total = sum(number for _, number in found)
    return f"{total:,} in all: {said}" if len(found) > 1 else said


def _attempt(results: Results, one: Scenario) -> str:
    return f"{_attack(results, one)} on {short_names(results)[one.model]}"


def _attack(results: Results, one: Scenario) -> str:
    return one.attack if len(results.datasets) == 1 else f"{one.attack} ({one.dataset})"
