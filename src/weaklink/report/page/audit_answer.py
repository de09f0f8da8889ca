"""The answer of a campaign about one model, in three plain sentences."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.measures import Estimate
from weaklink.measures.results import LinkScenario, Results, Scenario
from weaklink.report.advice import handed_down
from weaklink.report.written import counted, estimate
from weaklink.store.reading import Study


def audit_answer(study: Study, results: Results, model: str) -> tuple[str, str, str]:
    """Return what an engineer should know if they read no further.

    The strongest attack against the audited model, what is left of its accuracy, and, for a
    chain, whether the model is more or less robust than its upstream.
    """
    worst = strongest(results, model)
    if worst is None:
        return (
            "No attack has given a figure yet.",
            "Errors and missing attempts are counted below.",
            _basis(study),
        )
    last = _along_chain(results, worst) or _basis(study)
    told = f"{_strongest_attack(worst, _rivals(results, worst))} {_valid(results, model)}"
    return told, _left(results, worst), last


def strongest(results: Results, model: str) -> Scenario | None:
    """Return the attack on the model with the highest ASR.

    That is ``asr_correct``, or ``asr_all`` where the labels of data and model do not match.
    """
    entries = [one for one in results.scenarios if one.model == model and _rate(one)]
    return max(entries, key=_value, default=None)


def _rate(one: Scenario) -> Estimate | None:
    return one.asr_correct or one.asr_all


def _value(one: Scenario) -> float:
    rate = _rate(one)
    return rate.value if rate else 0.0


def _rivals(results: Results, worst: Scenario) -> tuple[str, ...]:
    """Return the attacks that the first one cannot be told apart from."""
    picks = (one for one in results.strongest if one.about == worst.model)
    return next((one.rivals for one in picks if one.name == worst.attack), ())


def _strongest_attack(worst: Scenario, rivals: tuple[str, ...]) -> str:
    rate = (
        f"{counted(worst.asr_all)} of all attacked samples (asr_all)"
        if worst.asr_correct is None
        else f"{counted(worst.asr_correct)} of the samples that the model classified correctly "
        "(asr_correct)"
    )
    if not rivals:
        return f"The strongest attack on {worst.model} is {worst.attack}: it succeeds on {rate}."
    return (
        f"On {worst.model} the highest success rate is that of {worst.attack}, {rate}; whether it "
        f"is the strongest cannot be told: not told apart from {', '.join(rivals)}."
    )


def _valid(results: Results, model: str) -> str:
    """Say which attack is strongest if texts out of bounds do not count."""
    rates = {
        one.attack: one.asr_valid
        for one in results.scenarios
        if one.model == model and one.asr_valid
    }
    if not rates:
        return "Whether its texts stay within bounds is not known (asr_valid)."
    attack, rate = max(rates.items(), key=lambda found: found[1].value)
    if rate.value == 0:
        return "No attack succeeds with a text within bounds (asr_valid)."
    return (
        f"With texts that stay within bounds the highest is {attack}'s: {counted(rate)} of all "
        "attacked samples (asr_valid)."
    )


def _left(results: Results, worst: Scenario) -> str:
    whole = next(one for one in results.worst if one.model == worst.model and one.dataset is None)
    if worst.robust_accuracy is None or whole.accuracy is None:
        return "Robust accuracy is not known, as the labels of the data and the model do not match."
    union = ""
    if whole.robust_accuracy is not None and len(results.attacks) > 1:
        union = f" When any of the attacks will do, it is {estimate(whole.robust_accuracy)}."
    return (
        f"Under it, robust accuracy is {counted(worst.robust_accuracy)}, where accuracy without "
        f"an attack is {counted(whole.accuracy)}.{union}"
    )


def _along_chain(results: Results, worst: Scenario) -> str | None:
    links = [
        one
        for one in results.link_scenarios
        if one.downstream == worst.model and one.samples == "all"
    ]
    link = next((link for link in links if link.attack == worst.attack), None)
    if link is None:
        return None
    every = results.all_links
    handed = "" if every is None else f" {handed_down(every.all, results)}"
    return f"{_compare(link)} {_delta(link)}{_other_attacks(links)}.{handed}"


def _compare(link: LinkScenario) -> str:
    if link.verdict == "undecided":
        return (
            f"Whether it is more or less robust than its upstream {link.upstream} under this "
            "attack is undecided:"
        )
    return f"Under this attack it is {link.verdict} than its upstream {link.upstream}:"


def _delta(link: LinkScenario) -> str:
    because = ", which cannot be told from zero" if link.verdict == "undecided" else ""
    value, _, interval = counted(link.delta, "difference").partition(" ")
    return f"delta of asr_all {value} points {interval}{because}"


def _other_attacks(links: Sequence[LinkScenario]) -> str:
    if len(links) == 1:
        return ""
    verdicts = [link.verdict for link in links]
    counts = ", ".join(
        f"{said} under {verdicts.count(said)}"
        for said in ("less robust", "more robust", "undecided")
        if said in verdicts
    )
    return f" (of all {len(links)} attacks: {counts})"


def _basis(study: Study) -> str:
    data = [study.campaigns[entry.campaign].data for entry in study.record.campaigns]
    return " ".join(
        f"All figures rest on {len(one.sample_ids)} samples of {one.name} ({one.split} split)."
        for one in data
    )
