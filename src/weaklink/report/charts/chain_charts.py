"""What chains hand down, as charts: Figure 9, Figure 10, by attack, chain and architecture."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from weaklink.measures.results import Compared, LinkResult, LinkScenario, Results
from weaklink.report.charts.dot_plot import ChartLayout, Dot, dot_plot
from weaklink.report.charts.few_rows import few_rows, what_is_left_out
from weaklink.report.charts.marks import (
    SHARES,
    WIDE,
    around_zero,
    delta_dot,
    share_dot,
)
from weaklink.report.svg import Figure
from weaklink.report.tables import link_outcomes
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.written import estimate
from weaklink.text import visible


def chain_charts(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield each chart of links that there are figures for, with its name among files."""
    yield from _links(results)
    yield from _attacks(results)
    yield from _architectures(results)
    paper = _paper(results, "transfer_mean")
    for key, title, groups, counted in (
        (
            "figure_10_attacks",
            "Transfer by attack" if _is_one(results) else "Figure 10. Transfer by attack",
            results.link_attacks,
            link_outcomes.of_attack,
        ),
        ("transfer_chains", "Transfer by chain", results.chains, link_outcomes.of_chain),
    ):
        known = [one for one in groups if one.all.sample_transfer]
        shown = few_rows(known, _transferred)
        dots = [dot for one in shown for dot in _transfers(one, counted(results, one.name))]
        if dots:
            look = ChartLayout(WIDE, line=17, names=170, rules=paper, live=True)
            named = f"{title}; dashed: the paper's average sample transfer" if paper else title
            named += what_is_left_out(known, "chains")
            yield key, dot_plot(named, "against unrelated models", dots, SHARES, look)


def link_labels(results: Results) -> dict[str, str]:
    """Return a short name for every link: its chain, and its number in it where there are more."""
    siblings: dict[str, list[str]] = {}
    for link in results.links:
        for chain in link.chains:
            siblings.setdefault(chain, []).append(link.name)
    labels = {}
    for link in results.links:
        chain = link.chains[0]
        place = siblings[chain].index(link.name) + 1
        labels[link.name] = chain if len(siblings[chain]) == 1 else f"{chain}, link {place}"
    return labels


def _links(results: Results) -> Iterator[tuple[str, Figure]]:
    labels = link_labels(results)
    known = [link for link in results.links if link.all.delta is not None]
    if not known:
        return
    shown = few_rows(known, _changed)
    links = [dot for link in shown for dot in _link_dot(labels, link)]
    drawn = {link.name for link in shown}
    ticks = [
        _tick(labels[name], one)
        for one in results.link_scenarios
        if one.subset == "all" and (name := f"{one.upstream} → {one.downstream}") in drawn
    ]
    paper = _paper(results, "delta_mean")
    title = (
        "Figure 9. Delta by link, in points; ticks: each attack on each data set; "
        "dashed: zero and the paper's average" + what_is_left_out(known, "links")
    )
    look = ChartLayout(WIDE, line=26, names=170, rules=paper, live=True)
    scale = around_zero([*links, *ticks])
    yield "figure_9_links", dot_plot(title, "macro averages", links, scale, look, ticks)


def _paper(results: Results, key: str) -> tuple[float, ...]:
    """Return the paper's average, beside which one link on one data set does not stand."""
    if _is_one(results):
        return ()
    return tuple(one.paper for one in results.published if one.key == key)


def _is_one(results: Results) -> bool:
    return len(results.links) == 1 and len(results.datasets) == 1


def _attacks(results: Results) -> Iterator[tuple[str, Figure]]:
    """Yield delta by attack of a single link on a single data set, where nothing is averaged."""
    if not _is_one(results):
        return
    dots = [
        delta_dot(one.attack, one.delta, _outcomes(one), one.attack)
        for one in results.link_scenarios
        if one.subset == "all"
    ]
    if dots:
        title = "Delta by attack, in points: right of zero, the downstream is less robust"
        look = ChartLayout(WIDE, line=26, names=170, live=True)
        yield "delta_attacks", dot_plot(title, "along the link", dots, around_zero(dots), look)


def _architectures(results: Results) -> Iterator[tuple[str, Figure]]:
    known = [one for one in results.architectures if one.all.delta is not None]
    dots = [
        dot
        for one in few_rows(known, _changed)
        for dot in _group_dot(one, link_outcomes.of_architecture(results, one.name)["delta"])
    ]
    if dots:
        title = "Delta by architecture, in points" + what_is_left_out(known, "architectures")
        look = ChartLayout(WIDE, line=26, names=170, live=True)
        scale = around_zero(dots)
        yield "delta_architectures", dot_plot(title, "macro averages", dots, scale, look)


def _link_dot(labels: Mapping[str, str], link: LinkResult) -> Iterator[Dot]:
    if link.all.delta is not None:
        ends = OutcomeLink((link.upstream, link.downstream))
        yield delta_dot(labels[link.name], link.all.delta, ends, link.name)


def _group_dot(one: Compared, link: OutcomeLink) -> Iterator[Dot]:
    if one.all.delta is not None:
        yield delta_dot(one.name, one.all.delta, link, one.name)


def _tick(row: str, one: LinkScenario) -> Dot:
    said = f"{one.attack} on {one.dataset}: delta {estimate(one.delta, 'difference')} points"
    return Dot(
        row=visible(row),
        series="delta",
        value=one.delta.value,
        low=one.delta.low,
        high=one.delta.high,
        label="",
        hover=visible(said),
        href=_outcomes(one).href or "",
    )


def _outcomes(one: LinkScenario) -> OutcomeLink:
    return OutcomeLink((one.upstream, one.downstream), one.attack, one.dataset)


def _transfers(group: Compared, links: Mapping[str, OutcomeLink]) -> Iterator[Dot]:
    found = group.all
    for series, figure, link in (
        ("sample transfer", found.sample_transfer, links["sample_transfer"]),
        ("text transfer", found.text_transfer, links["text_transfer"]),
        ("null transfer", found.null_transfer, None),
        ("downstream: all samples", found.downstream_asr, links["downstream_asr"]),
    ):
        if figure is not None:
            yield share_dot(group.name, series, figure, link)


def _changed(group: Compared) -> float:
    return group.all.delta.value if group.all.delta else 0.0


def _transferred(group: Compared) -> float:
    return group.all.sample_transfer.value if group.all.sample_transfer else 0.0
