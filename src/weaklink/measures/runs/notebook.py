"""Figures and comparisons as a notebook shows them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

from markupsafe import Markup

from weaklink.measures.goals import evasion
from weaklink.measures.statistics.estimate import Estimate
from weaklink.text.notebook_html import block, paragraphs, table

if TYPE_CHECKING:
    from weaklink.measures.results import Results
    from weaklink.measures.runs.compare import RunComparison

_SHOWN = 50
"""Rows of a table; how many there are more is said."""
_SAMPLES = 10
"""Samples that are named in a cell."""


def html_of_results(results: Results) -> str:
    """Return the rates of every scenario, the worst case and the links."""
    scenarios = [
        (one.model, one.attack, one.dataset, _rate(one.asr_all), _rate(one.robust_accuracy))
        for one in results.scenarios
    ]
    worst = [
        (one.model, one.dataset or "all", _rate(one.accuracy), _rate(one.robust_accuracy))
        for one in results.worst
    ]
    links = [
        (one.name, _change(one.all.delta), _rate(one.all.sample_transfer), one.all.verdict)
        for one in results.links
    ]
    head = ["model", "attack", "data set", "asr_all", "robust accuracy"]
    parts = [
        _table("Attacks", head, scenarios),
        _table(
            "If any attack may succeed",
            ["model", "data set", "accuracy", "robust accuracy"],
            worst,
        ),
    ]
    if links:
        parts.append(_table("Links", ["link", "delta", "sample transfer", "verdict"], links))
    return block(paragraphs(_stated(results)), *parts)


def html_of_comparison(found: RunComparison) -> str:
    """Return what changed, what both runs have, and what cannot be compared."""
    rows = [
        (
            " → ".join(dict.fromkeys(one.models)), one.attack, one.dataset,
            f"{one.first:.3f}", f"{one.second:.3f}", _change(one.difference),
            "" if one.p_holm is None else f"{one.p_holm:.3g}",
            _named(one.fell), _named(one.held),
        )
        for one in found.changes
    ]  # fmt: skip
    head = ["model", "attack", "data set", "first", "second", "difference", "p (Holm)"]
    how = "paired by sample" if found.paired else "not paired"
    caption = f"{found.figure} of the second run less that of the first, {how}"
    left_out = (f"Not compared: {reason}" for reason in found.left_out)
    return block(
        _table(caption, [*head, "newly fall", "no longer fall"], rows),
        paragraphs([*found.notes, *left_out]),
    )


def _stated(results: Results) -> Iterator[str]:
    yield f"Results of {results.name}, with 95 % intervals."
    if meant := evasion(results.goal):
        yield meant
    if results.stopped is not None:
        yield f"{results.stopped.samples:,} of {results.stopped.asked:,} samples were done."


def _table(caption: str, headings: list[str], rows: Sequence[Sequence[str]]) -> Markup:
    more = f" ({len(rows) - _SHOWN:,} more rows)" if len(rows) > _SHOWN else ""
    return table(f"{caption}{more}", headings, rows[:_SHOWN])


def _rate(figure: Estimate | None) -> str:
    return _told(figure, lambda value: f"{value:.3f}")


def _change(figure: Estimate | None) -> str:
    return _told(figure, lambda value: f"{value:+.3f}")


def _told(figure: Estimate | None, written: Callable[[float], str]) -> str:
    if figure is None:
        return "unknown"
    value, low, high = map(written, (figure.value, figure.low, figure.high))
    return f"{value} [{low}, {high}] n={figure.n}"


def _named(samples: tuple[str, ...]) -> str:
    more = f" and {len(samples) - _SAMPLES:,} more" if len(samples) > _SAMPLES else ""
    return f"{', '.join(samples[:_SAMPLES])}{more}"
