"""What a reader must know before they trust the figures."""

from __future__ import annotations

from dataclasses import dataclass

from weaklink.measures import AttackSummary, Summary
from weaklink.report.figures import number
from weaklink.report.names import short_names
from weaklink.store import Status

_LEAST_VALID = 0.25
"""Share of an attack's successes that must be within bounds if it is not to be told of."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One reason to read the figures with care.

    ``about`` is the victim that it concerns, or the campaign.
    """

    about: str
    check: str
    message: str


def notices(summary: Summary) -> list[Notice]:
    """Return the trust warnings of every victim, then what the campaign left incomplete."""
    trust = [
        Notice(victim.name, warning.check, warning.message)
        for victim in summary.campaign.victims
        for warning in victim.warnings
    ]
    errors = _counts(summary, [e.statuses.get(Status.ERROR, 0) for e in summary.attacks])
    missing = _counts(summary, [entry.missing for entry in summary.attacks])
    trust += _out_of_bounds(summary)
    unmeasured = _counts(summary, [entry.fluency_missing for entry in summary.attacks])
    if unmeasured:
        message = (
            f"The fluency of successes was not measured: {unmeasured}. Their asr_valid rests on "
            "the other bounds; `weaklink fluency STORE` measures it."
        )
        trust.append(Notice("The campaign", "fluency", message))
    if errors:
        trust.append(_incomplete("errors", f"Attempts that ended in an error: {errors}."))
    if missing:
        trust.append(_incomplete("missing", f"Attempts not made yet: {missing}."))
    return trust


def _out_of_bounds(summary: Summary) -> list[Notice]:
    """Tell of the attacks that win mostly by texts that no longer say the same."""
    return [
        Notice(
            entry.victim,
            "out-of-bounds",
            f"{entry.attack} wins by spoiling texts: most are too dissimilar, too odd or too much "
            f"changed to count. asr_all is {number(entry.asr_all.value)}, asr_valid "
            f"{number(entry.asr_valid.value)}.",
        )
        for entry in summary.attacks
        if entry.asr_all
        and entry.asr_valid
        and entry.asr_valid.value < _LEAST_VALID * entry.asr_all.value
    ]


def _incomplete(check: str, what: str) -> Notice:
    return Notice("The campaign", check, f"{what} They enter no rate; the same command makes them.")


def _counts(summary: Summary, counts: list[int]) -> str:
    return ", ".join(
        f"{count} of {_attempt(summary, entry)}"
        for entry, count in zip(summary.attacks, counts, strict=True)
        if count
    )


def _attempt(summary: Summary, entry: AttackSummary) -> str:
    return f"{entry.attack} on {short_names(summary.campaign)[entry.victim]}"
