"""RQ2 as charts: Figures 6 to 8, the heat map, and the worst case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weaklink.measures import Estimate
from weaklink.measures.results import Group, Rates, StudyResults
from weaklink.report.charts import short_label
from weaklink.report.dots import Dot, Look, Scale, dot_plot
from weaklink.report.study.heat import Tile, heat_map
from weaklink.report.study.query import Query
from weaklink.report.study.rq2_tables import worst_queries
from weaklink.report.study.stacks import Part, stacked_bars
from weaklink.report.study.tables import percent, write
from weaklink.report.svg import Figure

SHARES = Scale(0.0, 1.0, (0.0, 0.25, 0.5, 0.75, 1.0), "format(datum.value, '.0%')")
_WIDE = 420
_SERIES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_LEFT = {
    "before": "accuracy",
    "after the strongest attack": "strongest_leaves",
    "after all attacks": "robust_accuracy",
}


def rq2_figures(results: StudyResults) -> Iterator[tuple[str, Figure]]:
    """Yield each chart of RQ2 that there are figures for, with its name among files."""
    published = [one.paper for one in results.published if one.key == "asr_mean"]
    models = [
        dot
        for group in results.by_model
        if (dot := _dot(str(group.model), "asr_all", group.rates, Query((str(group.model),))))
    ]
    if models:
        look = Look(_WIDE, line=18, names=190, rules=tuple(published), live=True)
        title = "Figure 6. asr_all by model; dashed: the paper's average"
        yield "figure_6_models", dot_plot(title, "macro averages", models, SHARES, look)
    for key, title, groups in (
        ("figure_7_attacks", "Figure 7. Rates by attack", results.by_attack),
        ("figure_8_datasets", "Figure 8. Rates by data set", results.by_dataset),
    ):
        dots = [*_dots(groups)]
        if dots:
            look = Look(_WIDE, line=17, names=110, live=True)
            yield key, dot_plot(title, "macro averages over all models", dots, SHARES, look)
    tiles = [*_tiles(results)]
    if tiles:
        title = "asr_all by attack and data set, over all models"
        yield "attacks_by_datasets", heat_map(title, tiles, _WIDE)
    yield from _worst(results)


def estimate_dot(
    row: str, series: str, figure: Estimate, query: Query | None = None, about: str = ""
) -> Dot:
    """Return a share as a dot that says what it is and leads to its outcomes."""
    return Dot(
        row=short_label(row),
        series=series,
        value=figure.value,
        low=figure.low,
        high=figure.high,
        label=f"{100 * figure.value:.1f}",
        hover=f"{about or row}, {series}: {write(figure)}, n = {figure.n:,}",
        href="" if query is None else query.href,
    )


def _dot(row: str, series: str, rates: Rates, query: Query) -> Dot | None:
    average = getattr(rates, series)
    if average is None:
        return None
    return estimate_dot(row, series, average.macro, query.numerator(series))


def _dots(groups: Sequence[Group]) -> Iterator[Dot]:
    for group in groups:
        query = Query((), group.attack, group.dataset)
        for series in _SERIES:
            dot = _dot(str(group.attack or group.dataset), series, group.rates, query)
            if dot is not None:
                yield dot


def _tiles(results: StudyResults) -> Iterator[Tile]:
    for group in results.by_cell:
        average = group.rates.asr_all
        if average is not None:
            yield Tile(
                row=short_label(str(group.attack)),
                column=short_label(str(group.dataset)),
                value=average.macro.value,
                label=percent(average.macro.value),
                hover=f"{group.attack} on {group.dataset}: {write(average.macro)}",
                href=Query((), group.attack, group.dataset).numerator("asr_all").href,
            )


def _worst(results: StudyResults) -> Iterator[tuple[str, Figure]]:
    overall = [worst for worst in results.worst if worst.dataset is None]
    dots, parts = [], []
    for worst in overall:
        queries = worst_queries(worst)
        dots += [
            estimate_dot(worst.model, series, figure, queries[name])
            for series, name in _LEFT.items()
            if (figure := getattr(worst, name)) is not None
        ]
        total = max(1, sum(worst.fallen))
        parts += [
            Part(
                row=short_label(worst.model),
                step=step,
                value=count / total,
                hover=f"{worst.model}: {count} of {total} samples fall to {step} attacks",
                href=queries[f"fallen_{step}"].href,
            )
            for step, count in enumerate(worst.fallen)
        ]
    if dots:
        title = "The worst case: accuracy before and after attacks"
        look = Look(_WIDE, line=12, names=190, live=True, together=True)
        yield "worst_case", dot_plot(title, "by model", dots, SHARES, look)
    if any(part.value for part in parts):
        title = "Samples by the number of attacks that they fall to"
        yield "fallen", stacked_bars(title, parts, "attacks", _WIDE)
