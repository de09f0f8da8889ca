"""How robust the models are, as charts: Figures 6 to 8, the heat map, and the worst case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weaklink.measures.goals import measure_of
from weaklink.measures.results import Group, Rates, Results, WorstCase
from weaklink.report.charts.dot_plot import ChartLayout, Dot, dot_plot
from weaklink.report.charts.few_rows import few_rows, what_is_left_out
from weaklink.report.charts.heat_map import Tile, heat_map
from weaklink.report.charts.marks import SHARES, WIDE, share_dot
from weaklink.report.charts.stacked_bars import Part, stacked_bars
from weaklink.report.roles import short_names
from weaklink.report.svg import Figure
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.robustness_tables import worst_links
from weaklink.report.written import estimate, percent
from weaklink.text import visible

_SERIES = ("asr_all", "asr_correct", "robust_accuracy", "asr_valid")
_LEFT = {
    "before": "accuracy",
    "after the worst attack": "worst_attack_leaves",
    "after all attacks": "robust_accuracy",
}


def robustness_charts(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield each chart of averages that there are figures for, with its name among files."""
    yield from _models(results)
    for key, title, groups in (
        ("figure_7_attacks", "Figure 7. Rates by attack", results.by_attack),
        ("figure_8_datasets", "Figure 8. Rates by data set", results.by_dataset),
    ):
        dots = [*_dots(groups)]
        if dots:
            look = ChartLayout(WIDE, line=17, names=170, live=True)
            yield key, dot_plot(title, "macro averages over all models", dots, SHARES, look)
    tiles = [*_tiles(results)]
    if tiles:
        title = f"{measure_of('asr_all', results.goal)} by attack and data set, over all models"
        yield "attacks_by_datasets", heat_map(title, tiles, WIDE)
    yield from _worst(results)


def _models(results: Results) -> Iterator[tuple[str, Figure]]:
    published = [one.paper for one in results.published if one.key == "asr_mean"]
    models = [
        dot
        for group in results.by_model
        if (dot := _dot(str(group.model), "asr_all", group.rates, OutcomeLink((str(group.model),))))
    ]
    if models:
        look = ChartLayout(WIDE, line=18, names=190, rules=tuple(published), live=True)
        asr_all = measure_of("asr_all", results.goal)
        title = f"Figure 6. {asr_all} by model; dashed: the paper's average"
        title += what_is_left_out(models, "models")
        shown = few_rows(models, lambda dot: dot.value)
        yield "figure_6_models", dot_plot(title, "macro averages", shown, SHARES, look)


def _dot(row: str, series: str, rates: Rates, link: OutcomeLink) -> Dot | None:
    average = getattr(rates, series)
    if average is None:
        return None
    return share_dot(row, series, average.macro, link.numerator(series))


def _dots(groups: Sequence[Group]) -> Iterator[Dot]:
    for group in groups:
        link = OutcomeLink((), group.attack, group.dataset)
        for series in _SERIES:
            dot = _dot(str(group.attack or group.dataset), series, group.rates, link)
            if dot is not None:
                yield dot


def _tiles(results: Results) -> Iterator[Tile]:
    for group in results.by_cell:
        average = group.rates.asr_all
        if average is not None:
            link = OutcomeLink((), group.attack, group.dataset).numerator("asr_all")
            yield Tile(
                row=visible(str(group.attack)),
                column=visible(str(group.dataset)),
                value=average.macro.value,
                label=percent(average.macro.value),
                hover=visible(f"{group.attack} on {group.dataset}: {estimate(average.macro)}"),
                href=link.href or "",
            )


def _worst(results: Results) -> Iterator[tuple[str, Figure]]:
    overall = [worst for worst in results.worst if worst.dataset is None]
    shown = few_rows(overall, _left)
    left_out = what_is_left_out(overall, "models")
    names = short_names(results)
    dots = [dot for worst in shown for dot in _left_dots(worst, names[worst.model])]
    if dots:
        title = f"The worst case: accuracy before and after attacks{left_out}"
        look = ChartLayout(WIDE, line=12, names=190, live=True, together=True)
        yield "worst_case", dot_plot(title, "by model", dots, SHARES, look)
    parts = [part for worst in shown for part in _fallen(worst, names[worst.model])]
    if any(part.value for part in parts):
        title = f"Samples by the number of attacks that they fall to{left_out}"
        yield "fallen", stacked_bars(title, parts, "attacks", WIDE)


def _left(worst: WorstCase) -> float:
    return worst.robust_accuracy.value if worst.robust_accuracy else 0.0


def _left_dots(worst: WorstCase, row: str) -> Iterator[Dot]:
    links = worst_links(worst)
    for series, name in _LEFT.items():
        figure = getattr(worst, name)
        if figure is not None:
            yield share_dot(row, series, figure, links[name], worst.model)


def _fallen(worst: WorstCase, name: str) -> Iterator[Part]:
    links, total = worst_links(worst), max(1, sum(worst.fallen))
    for step, count in enumerate(worst.fallen):
        yield Part(
            row=visible(name),
            step=step,
            value=count / total,
            hover=visible(f"{worst.model}: {count} of {total} samples fall to {step} attacks"),
            href=links[f"fallen_{step}"].href or "",
        )
