"""The answer of a campaign in three plain sentences."""

from __future__ import annotations

from weaklink.measures import AttackSummary, ChainSummary, Estimate, Summary
from weaklink.report.figures import difference, estimate, number, verdict
from weaklink.report.names import audited


def plain_answer(summary: Summary) -> tuple[str, str, str]:
    """Return what an engineer should know if they read no further.

    The strongest attack against the audited victim, what is left of its accuracy, and, for a
    chain, whether the victim is more or less robust than its upstream.
    """
    worst = strongest(summary)
    if worst is None:
        return (
            "No attack has given a figure yet.",
            "Errors and missing attempts are counted below.",
            _basis(summary),
        )
    last = _along_chain(summary, worst.attack) or _basis(summary)
    return f"{_strongest_attack(worst)} {_valid(summary)}", _what_is_left(summary, worst), last


def strongest(summary: Summary) -> AttackSummary | None:
    """Return the attack on the audited victim with the highest ASR.

    That is ``asr_correct``, or ``asr_all`` where the labels of data and victim do not match.
    """
    victim = audited(summary.campaign)
    entries = [entry for entry in summary.attacks if entry.victim == victim and _rate(entry)]
    return max(entries, key=_value, default=None)


def _rate(entry: AttackSummary) -> Estimate | None:
    return entry.asr_correct or entry.asr_all


def _value(entry: AttackSummary) -> float:
    rate = _rate(entry)
    return rate.value if rate else 0.0


def _strongest_attack(worst: AttackSummary) -> str:
    if worst.asr_correct is None:
        return (
            f"The strongest attack on {worst.victim} is {worst.attack}: it succeeds on "
            f"{estimate(worst.asr_all)} of all attacked samples (asr_all)."
        )
    return (
        f"The strongest attack on {worst.victim} is {worst.attack}: it succeeds on "
        f"{estimate(worst.asr_correct)} of the samples that the model classified correctly "
        "(asr_correct)."
    )


def _valid(summary: Summary) -> str:
    """Say which attack is strongest if texts out of bounds do not count."""
    victim = audited(summary.campaign)
    rates = {e.attack: e.asr_valid for e in summary.attacks if e.victim == victim and e.asr_valid}
    attack, rate = max(rates.items(), key=lambda found: found[1].value)
    if rate.value == 0:
        return "No attack succeeds with a text within bounds (asr_valid)."
    return (
        f"With texts that stay within bounds the strongest is {attack}: {estimate(rate)} of all "
        "attacked samples (asr_valid)."
    )


def _what_is_left(summary: Summary, worst: AttackSummary) -> str:
    accuracy = next(v.accuracy for v in summary.victims if v.name == worst.victim)
    if worst.robust_accuracy is None or accuracy is None:
        return "Robust accuracy is not known, as the labels of the data and the model do not match."
    return (
        f"Under it, robust accuracy is {estimate(worst.robust_accuracy)}, where accuracy without "
        f"an attack is {number(accuracy.value)} on {accuracy.n} samples."
    )


def _along_chain(summary: Summary, attack: str) -> str | None:
    links = [link for link in summary.chain if link.downstream == audited(summary.campaign)]
    link = next((link for link in links if link.attack == attack), None)
    if link is None or link.delta is None:
        return None
    return f"{_compare(link)} {_delta(link)}{_other_attacks(links)}."


def _compare(link: ChainSummary) -> str:
    said = verdict(link.delta, link.p_value)
    if said == "undecided":
        return (
            f"Whether it is more or less robust than its upstream {link.upstream} under this "
            "attack is undecided:"
        )
    return f"Under this attack it is {said} than its upstream {link.upstream}:"


def _delta(link: ChainSummary) -> str:
    undecided = verdict(link.delta, link.p_value) == "undecided"
    because = ", which cannot be told from zero" if undecided else ""
    return f"delta of asr_all {difference(link.delta)}{because}"


def _other_attacks(links: list[ChainSummary]) -> str:
    if len(links) == 1:
        return ""
    verdicts = [verdict(link.delta, link.p_value) for link in links]
    counts = ", ".join(
        f"{said} under {verdicts.count(said)}"
        for said in ("less robust", "more robust", "undecided")
        if said in verdicts
    )
    return f" (of all {len(links)} attacks: {counts})"


def _basis(summary: Summary) -> str:
    data = summary.campaign.data
    return (
        f"All figures rest on {len(data.sample_ids)} samples of {data.name} ({data.split} split)."
    )
