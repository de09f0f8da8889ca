"""What defences are worth, in one sentence."""

from __future__ import annotations

from collections.abc import Iterator

from weaklink.measures import Estimate
from weaklink.measures.results import DefenceResult, Results
from weaklink.report.written import estimate, listed


def defended(results: Results) -> Iterator[str]:
    """Yield how many defences hold against an attacker who knows them; nothing without one."""
    if not results.defences:
        return
    of = f"{len(results.defences)} defence{'s' if len(results.defences) > 1 else ''}"
    helped, harmed = (_named(results, f"{said} robust") for said in ("more", "less"))
    best = best_defence(results)
    if best is None:
        said = f"None of {of} is shown to help against an attacker who knows it."
    else:
        said = (
            f"{len(helped)} of {of} help{'s' if len(helped) == 1 else ''} against an attacker who "
            f"knows it: {listed(helped)}. The largest change is that of {best.defended}: asr_all "
            f"{_drop(best)}."
        )
    yield said + (f" {len(harmed)} make the model less robust: {listed(harmed)}." if harmed else "")


def best_defence(results: Results) -> DefenceResult | None:
    """Return the defence that lowers ``asr_all`` most, of those that do; None if none does."""
    helped = [one for one in results.defences if one.verdict == "more robust"]
    return min(helped, key=lambda one: _change(one).value, default=None)


def _named(results: Results, verdict: str) -> list[str]:
    return [one.defended for one in results.defences if one.verdict == verdict]


def _change(one: DefenceResult) -> Estimate:
    assert one.all.asr_all is not None  # noqa: S101  a verdict rests on it
    return one.all.asr_all.difference


def _drop(one: DefenceResult) -> str:
    value, _, interval = estimate(_change(one), "difference").partition(" ")
    return f"{value} points {interval}"
