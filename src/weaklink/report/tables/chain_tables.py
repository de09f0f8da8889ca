"""RQ3.1 as tables: delta along the chains, every scenario of a link, and advice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from weaklink.measures.results import Compared, LinkResult, LinkScenario, Results
from weaklink.report.advice import advised
from weaklink.report.tables import link_outcomes
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.table import Column, Row, Table, Value
from weaklink.report.written import Kind

_DELTA = (
    Column("upstream_asr", "asr_all upstream", "share", interval=True),
    Column("downstream_asr", "asr_all downstream", "share", interval=True),
    Column("delta", "delta, macro", "difference", interval=True),
    Column("delta_micro", "delta, micro", "difference", interval=True),
    Column("p_value", "p", "p"),
    Column("p_holm", "p, Holm", "p"),
    Column("detectable", "detectable", "difference"),
    Column("detectable_holm", "detectable, Holm", "difference"),
    Column("delta_both_correct", "delta, both correct", "difference", interval=True),
    Column("p_holm_both_correct", "p, Holm, both correct", "p"),
)
_DELTA_NOTE = (
    "Delta is asr_all of the downstream less that of the upstream, in percentage points, paired by "
    "sample: above 0 the downstream is less robust. The test exchanges both models on whole "
    "samples; p-values are adjusted by Holm over the rows of this table. Detectable: the delta "
    "that would show with a power of 80 %. Both correct: only samples that both models classify "
    "correctly."
)


def links_table(results: Results) -> Table:
    """Return RQ3.1: delta of every link."""
    head = (
        Column("link", "link"),
        Column("chains", "chains"),
        Column("architecture", "architecture"),
    )
    rows = [
        Row(
            (link.name, ", ".join(link.chains), link.architecture, *_delta(link)),
            link_outcomes.of_link(link),
        )
        for link in results.links
    ]
    title = "RQ3.1: delta along each link, over all attacks and data sets"
    return Table(
        "figure_9_links", "Figure 9", title, (*head, *_DELTA), tuple(rows), _DELTA_NOTE,
    )  # fmt: skip


def chains_table(results: Results) -> Table:
    """Return RQ3.1: delta of every chain, the mean over its links."""
    title = "RQ3.1: delta by chain"
    counted = [link_outcomes.of_chain(results, chain.name) for chain in results.chains]
    return deltas_table("figure_9_chains", "Figure 9", title, "chain", results.chains, counted)


def links_of_table(results: Results, downstream: str) -> Table:
    """Return delta of the links that lead to one model."""
    rows = tuple(
        Row((link.upstream, *_delta(link)[:3]))
        for link in results.links
        if link.downstream == downstream
    )
    return Table(
        "links", "", "Against what it was fine-tuned from",
        (Column("upstream", "upstream"), *_DELTA[:3]), rows,
    )  # fmt: skip


def brief_link_table(results: Results, link: LinkResult) -> Table:
    """Return delta and transfer of each attack along a link, narrow enough for a terminal."""
    several = len(results.datasets) > 1
    rows = tuple(
        Row(
            (
                one.attack, *([one.dataset] if several else []), one.verdict, one.delta,
                one.p_value, one.sample_transfer, one.elsewhere,
            ),
            kinds=_rate_kinds(one),
        )
        for one in results.link_scenarios
        if (one.upstream, one.downstream, one.subset) == (link.upstream, link.downstream, "all")
    )  # fmt: skip
    columns = (
        Column("attack", "attack"),
        *([Column("dataset", "data set")] if several else []),
        Column("verdict", "downstream is"),
        Column("delta", "delta of asr_all", "difference", interval=True),
        Column("p_value", "p", "p"),
        Column("sample_transfer", "sample transfer", "rate", interval=True),
        Column("elsewhere", "downstream elsewhere", "rate", interval=True),
    )
    title = f"From {link.upstream} to {link.downstream}, over the samples attacked on both"
    return Table("link", "", title, columns, rows)


def link_scenarios_table(results: Results, link: LinkResult | None = None) -> Table:
    """Return every scenario of every link with its own test, or those of one link."""
    rows = []
    for one in results.link_scenarios:
        ends = (one.upstream, one.downstream)
        if link is not None and (ends != (link.upstream, link.downstream) or one.subset != "all"):
            continue
        values: tuple[Value, ...] = (
            one.attack, one.dataset, one.verdict, one.n, one.upstream_asr, one.downstream_asr,
            one.delta, one.test, one.p_value, one.p_holm, one.cohens_h, one.only_upstream,
            one.only_downstream, one.odds_ratio, one.detectable, one.detectable_holm,
            one.sample_transfer,
            one.text_transfer, one.elsewhere,
        )  # fmt: skip
        links = link_outcomes.along([ends], one.attack, one.dataset)
        values = (*ends, one.subset, *values) if link is None else values
        rows.append(Row(values, links, _rate_kinds(one)))
    data = " on every data set" if len(results.datasets) > 1 else ""
    head = (Column("upstream", "upstream"), Column("downstream", "downstream"),
            Column("subset", "samples"))  # fmt: skip
    return Table(
        key="link_scenarios",
        number="",
        title=f"Every attack{data} along {'every' if link is None else 'the'} link",
        columns=(
            *(head if link is None else ()),
            Column("attack", "attack"),
            Column("dataset", "data set"),
            Column("verdict", "downstream is"),
            Column("n", "n", "count"),
            Column("upstream_asr", "asr_all upstream", "share"),
            Column("downstream_asr", "asr_all downstream", "share"),
            Column("delta", "delta", "difference", interval=True),
            Column("test", "test"),
            Column("p_value", "p", "p"),
            Column("p_holm", "p, Holm", "p"),
            Column("cohens_h", "Cohen's h", "number"),
            Column("only_upstream", "only upstream", "count"),
            Column("only_downstream", "only downstream", "count"),
            Column("odds_ratio", "odds ratio", "number"),
            Column("detectable", "detectable", "difference"),
            Column("detectable_holm", "detectable, Holm", "difference"),
            Column("sample_transfer", "sample transfer", "rate", interval=True),
            Column("text_transfer", "text transfer", "rate", interval=True),
            Column("elsewhere", "downstream elsewhere", "rate", interval=True),
        ),
        rows=tuple(rows),
        note="p-values are adjusted by Holm over all scenarios of all links; 'downstream is' "
        "rests on the scenario's own test. The odds ratio is of the samples that fell on one "
        "side only. Intervals of rates are Wilson's.",
    )  # fmt: skip


def _rate_kinds(one: LinkScenario) -> dict[str, Kind]:
    """Return what rates are that are means over repetitions."""
    rates = ("sample_transfer", "text_transfer", "elsewhere")
    return {} if one.only_upstream is not None else dict.fromkeys(rates, "share")


def advice_table(results: Results) -> Table:
    """Return the advice of section 7."""
    return Table(
        key="advice",
        number="Section 7",
        title="Use as is or fine-tune",
        columns=(
            Column("about", "chain or architecture"),
            Column("kind", "kind"),
            Column("verdict", "advice"),
            Column("because", "why"),
            Column("targeted", "attacks prepared on the upstream"),
        ),
        rows=tuple(
            Row((one.advice.about, one.advice.kind, one.advice.verdict, one.because, one.targeted))
            for one in advised(results)
        ),
        note="Robustness alone is judged here: a model that is not fine-tuned may not do the task. "
        "An architecture is judged over independent lineages, at least five. "
        "Nothing is advised where the interval of delta includes zero, or where the test does not "
        "survive the correction for the number of rows of its kind.",
    )


def deltas_table(
    key: str,
    number: str,
    title: str,
    what: str,
    groups: Sequence[Compared],
    counted: Sequence[Mapping[str, OutcomeLink]],
) -> Table:
    """Return the deltas of some groups, with the outcomes that each is counted from."""
    rows = tuple(
        Row((group.name, *_delta(group)), links)
        for group, links in zip(groups, counted, strict=True)
    )
    return Table(key, number, title, (Column(what, what), *_DELTA), rows, _DELTA_NOTE)


def _delta(group: Compared) -> tuple[Value, ...]:
    found, both = group.all, group.both_correct
    return (
        found.upstream_asr, found.downstream_asr, found.delta, found.delta_micro, found.p_value,
        found.p_holm, found.detectable, found.detectable_holm, both.delta, both.p_holm,
    )  # fmt: skip
