"""RQ3 as charts: Figure 9 and Figure 10, by chain and by architecture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weaklink.measures import Estimate
from weaklink.measures.results import Compared, LinkScenario, StudyResults
from weaklink.report.charts import short_label
from weaklink.report.dots import Dot, Look, Scale, dot_plot
from weaklink.report.study.behind import behind_architecture, behind_attack, behind_chain
from weaklink.report.study.query import Query
from weaklink.report.study.rq2_figures import SHARES, estimate_dot
from weaklink.report.study.tables import points, write
from weaklink.report.svg import Figure

_WIDE = 420


def rq3_figures(results: StudyResults) -> Iterator[tuple[str, Figure]]:
    """Yield each chart of RQ3 that there are figures for, with its name among files."""
    yield from _deltas(results)
    paper = tuple(one.paper for one in results.published if one.key == "transfer_mean")
    for key, title, groups, behind in (
        (
            "figure_10_attacks",
            "Figure 10. Transfer by attack",
            results.link_attacks,
            behind_attack,
        ),
        ("transfer_chains", "Transfer by chain", results.chains, behind_chain),
    ):
        dots = [dot for one in groups for dot in _transfers(one, behind(results, one.name))]
        if dots:
            look = Look(_WIDE, line=17, names=110, rules=paper, live=True)
            named = f"{title}; dashed: the paper's average sample transfer"
            yield key, dot_plot(named, "against what chance gives", dots, SHARES, look)


def link_labels(results: StudyResults) -> dict[str, str]:
    """Return a short name for every link: its chain, and its number in it where there are more."""
    labels = {}
    for link in results.links:
        chain = link.chains[0]
        siblings = [other.name for other in results.links if chain in other.chains]
        place = siblings.index(link.name) + 1
        labels[link.name] = chain if len(siblings) == 1 else f"{chain}, link {place}"
    return labels


def _deltas(results: StudyResults) -> Iterator[tuple[str, Figure]]:
    labels = link_labels(results)
    links = [
        _delta(
            labels[link.name], link.all.delta, Query((link.upstream, link.downstream)), link.name
        )
        for link in results.links
        if link.all.delta is not None
    ]
    scenarios = [
        _tick(labels[f"{one.upstream} → {one.downstream}"], one)
        for one in results.link_scenarios
        if one.samples == "all"
    ]
    if links:
        paper = tuple(one.paper for one in results.published if one.key == "delta_mean")
        title = (
            "Figure 9. Delta by link, in points; ticks: each attack on each data set; "
            "dashed: zero and the paper's average"
        )
        look = Look(_WIDE, line=26, names=110, rules=paper, live=True)
        scale = _around_zero([*links, *scenarios])
        yield "figure_9_links", dot_plot(title, "macro averages", links, scale, look, scenarios)
    architectures = [
        _delta(one.name, one.all.delta, behind_architecture(results, one.name)["delta"], one.name)
        for one in results.architectures
        if one.all.delta is not None
    ]
    if architectures:
        title = "Delta by architecture, in points"
        look = Look(_WIDE, line=26, names=110, live=True)
        scale = _around_zero(architectures)
        yield "delta_architectures", dot_plot(title, "macro averages", architectures, scale, look)


def _delta(row: str, figure: Estimate, query: Query, about: str) -> Dot:
    return Dot(
        row=short_label(row),
        series="delta",
        value=figure.value,
        low=figure.low,
        high=figure.high,
        label=points(figure.value),
        hover=f"{about}: delta {write(figure, 'difference')} points, n = {figure.n:,}",
        href=query.href,
    )


def _tick(row: str, one: LinkScenario) -> Dot:
    ends = (one.upstream, one.downstream)
    return Dot(
        row=row,
        series="delta",
        value=one.delta.value,
        low=one.delta.low,
        high=one.delta.high,
        label="",
        hover=f"{one.attack} on {one.dataset}: delta {write(one.delta, 'difference')} points",
        href=Query(ends, one.attack, one.dataset).href,
    )


def _transfers(group: Compared, queries: Mapping[str, Query]) -> Iterator[Dot]:
    found = group.all
    for series, figure, query in (
        ("sample transfer", found.sample_transfer, queries["sample_transfer"]),
        ("text transfer", found.text_transfer, queries["text_transfer"]),
        ("chance: all samples", found.downstream, queries["downstream_asr"]),
        ("chance: not fallen upstream", found.elsewhere, None),
    ):
        if figure is not None:
            yield estimate_dot(group.name, series, figure, query)


def _around_zero(dots: Sequence[Dot]) -> Scale:
    """Return a scale of tenths, with zero in its middle, that holds every interval and tick."""
    reach = max(max(abs(dot.low), abs(dot.high)) if dot.label else abs(dot.value) for dot in dots)
    end = next((tenths / 10 for tenths in range(1, 10) if tenths / 10 >= reach), 1.0)
    label = "datum.value === 0 ? '0' : format(100 * datum.value, '+.0f')"
    return Scale(-end, end, (-end, -end / 2, 0.0, end / 2, end), label, zero_line=True)
