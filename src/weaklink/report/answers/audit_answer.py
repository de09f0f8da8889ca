"""The answer of a campaign about one model, in a few plain sentences."""

from __future__ import annotations

from weaklink.measures import Estimate
from weaklink.measures.goals import evasion
from weaklink.measures.results import Results, Scenario
from weaklink.report.answers.inherited import inherited
from weaklink.report.answers.may_ship import may_ship
from weaklink.report.written import Kind, counted, enumerated
from weaklink.store.studies import Study


def audit_answer(study: Study, results: Results, model: str) -> list[str]:
    """Return what an engineer should know if they read no further, the verdict first.

    Whether the model withstands the attacks, what it has from its upstream, the strongest attack,
    and what all of that rests on.
    """
    worst = strongest(results, model)
    if worst is None:
        return [
            "No attack has given a figure yet.",
            "Errors and missing attempts are counted below.",
            _basis(study),
        ]
    told = f"{_strongest_attack(worst, _rivals(results, worst))} {_valid(results, model)}"
    meant = [evasion(results.goal)] if results.goal.kind == "evasion" else []
    return [*may_ship(results, model), *meant, *inherited(results, model), told, _basis(study)]


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
    kind: Kind = "rate" if worst.variance is None else "share"
    rate = (
        f"{counted(worst.asr_all, kind)} of all attacked samples (asr_all)"
        if worst.asr_correct is None
        else f"{counted(worst.asr_correct, kind)} of the samples that the model classified "
        "correctly (asr_correct)"
    )
    if not rivals:
        return f"The strongest attack on {worst.model} is {worst.attack}: it succeeds on {rate}."
    return (
        f"The attack on {worst.model} with the highest success rate is {worst.attack}: it succeeds "
        f"on {rate}. The difference from {enumerated(rivals)} may be chance."
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
        f"If only texts within bounds count, {attack} succeeds most often: on {counted(rate)} of "
        "all attacked samples (asr_valid)."
    )


def _basis(study: Study) -> str:
    data = [study.campaigns[entry.campaign].data for entry in study.record.campaigns]
    return " ".join(
        f"All figures rest on {len(one.sample_ids)} samples of {one.name} ({one.split} split)."
        for one in data
    )
