"""What a model has from its upstream, in two or three sentences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weaklink.measures.results import Comparison, LinkScenario, Results
from weaklink.report.advice import handed_down
from weaklink.report.written import estimate


def inherited(results: Results, model: str) -> Iterator[str]:
    """Yield how the model compares with its upstream, and what transfers; nothing without one."""
    link = next((one for one in results.links if one.downstream == model), None)
    if link is None or link.all.delta is None:
        return
    scenarios = [
        one
        for one in results.link_scenarios
        if (one.upstream, one.downstream, one.subset) == (link.upstream, model, "all")
    ]
    yield f"{_compared(link.all, link.upstream)}{_by_attack(scenarios)}"
    if link.all.sample_transfer is not None:
        yield f"{_transferred(link.all)} {handed_down(link.all, results)}"


def _compared(found: Comparison, upstream: str) -> str:
    value, _, interval = estimate(found.delta, "difference").partition(" ")
    if found.verdict == "undecided":
        return (
            f"Its asr_all differs from that of its upstream {upstream} by {value} points "
            f"{interval}, which may be chance"
        )
    return (
        f"It is {found.verdict} than its upstream {upstream}: asr_all differs by {value} points "
        f"{interval}"
    )


def _by_attack(scenarios: Sequence[LinkScenario]) -> str:
    if len(scenarios) < 2:  # noqa: PLR2004
        return "."
    verdicts = [one.verdict for one in scenarios]
    counts = ", ".join(
        f"{said} under {verdicts.count(said)}"
        for said in ("less robust", "more robust", "undecided")
        if said in verdicts
    )
    return f". Attack by attack, it is {counts} of {len(scenarios)}."


def _transferred(found: Comparison) -> str:
    said = f"Of the samples that fool the upstream, {estimate(found.sample_transfer)} fool it too"
    if found.elsewhere is None:
        return f"{said}."
    return f"{said}; of the others, {estimate(found.elsewhere)} do."
