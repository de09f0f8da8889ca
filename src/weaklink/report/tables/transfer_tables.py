"""RQ3.2 as tables: what of the upstream's weakness the downstream has, in both readings."""

from __future__ import annotations

from weaklink.measures.results import Comparison, Results
from weaklink.report.tables import link_outcomes
from weaklink.report.tables.table import Column, Row, Table, Value

_TRANSFER = (
    Column("sample_transfer", "sample transfer", "share", interval=True),
    Column("null_transfer", "null transfer", "share", interval=True),
    Column("lineage_advantage", "lineage advantage", "difference", interval=True),
    Column("lineage_detectable", "detectable", "difference"),
    Column("text_transfer", "text transfer", "share", interval=True),
    Column("downstream_asr", "downstream: all samples", "share", interval=True),
    Column("elsewhere", "downstream: did not fall upstream", "share", interval=True),
    Column("sample_advantage_over_all", "over all samples, sample", "difference", interval=True),
    Column("text_advantage_over_all", "over all samples, text", "difference", interval=True),
)
_TRANSFER_NOTE = (
    "Sample transfer: of the samples that fell upstream, the share that falls when the downstream "
    "is attacked anew (the paper's reading). Null transfer: what it would be between models that "
    "share no ancestor, from unrelated models on the same samples, attacks and repetitions; empty "
    "where no model of another lineage was attacked. Lineage advantage: transfer less null "
    "transfer, in percentage points; above zero, weakness is handed down. Detectable: the lineage "
    "advantage that would show with a power of 80 %. Text transfer: of the texts found upstream, "
    "the share that makes the downstream err as it is. Over all samples: transfer less the "
    "downstream's asr_all on all samples; it is above zero between unrelated models too, since "
    "some samples are easier for every model."
)


def transfer_by_attack(results: Results) -> Table:
    """Return RQ3.2: transfer of every attack, over all links and data sets."""
    title = "RQ3.2: transfer by attack, over all chains and data sets"
    rows = tuple(
        Row((one.name, *_transfer(one.all)), link_outcomes.of_attack(results, one.name))
        for one in results.link_attacks
    )
    return Table(
        "figure_10_attacks", "Figure 10", title, (Column("attack", "attack"), *_TRANSFER), rows,
        _TRANSFER_NOTE,
    )  # fmt: skip


def transfer_by_chain(results: Results) -> Table:
    """Return RQ3.2: transfer of every chain."""
    rows = tuple(
        Row((one.name, *_transfer(one.all)), link_outcomes.of_chain(results, one.name))
        for one in results.chains
    )
    return Table(
        "transfer_chains", "", "RQ3.2: transfer by chain", (Column("chain", "chain"), *_TRANSFER),
        rows, _TRANSFER_NOTE,
    )  # fmt: skip


def transfer_by_link(results: Results, chain: str | None = None) -> Table:
    """Return RQ3.2: transfer of every link, or of those of one chain."""
    rows = tuple(
        Row((link.name, *_transfer(link.all)), link_outcomes.of_link(link))
        for link in results.links
        if chain is None or chain in link.chains
    )
    return Table(
        "transfer_links", "", "RQ3.2: transfer by link", (Column("link", "link"), *_TRANSFER), rows,
        _TRANSFER_NOTE,
    )  # fmt: skip


def references_table(results: Results) -> Table:
    """Return the models that were attacked for the null of transfer alone."""
    rates = ("asr_all", "asr_correct")
    return Table(
        "references", "", "Reference models, for null transfer alone",
        (
            Column("model", "model"),
            Column("accuracy", "accuracy", "share", interval=True),
            *(Column(name, f"{name}, macro", "share", interval=True) for name in rates),
        ),
        tuple(
            Row(
                (
                    one.model,
                    *(
                        None if average is None else average.macro
                        for average in (one.accuracy, *(getattr(one.rates, r) for r in rates))
                    ),
                )
            )
            for one in results.references
        ),
        "They share no ancestor with the chains, and enter no other figure. tfidf: TF-IDF and "
        "logistic regression, trained on other texts of the same split.",
    )  # fmt: skip


def _transfer(found: Comparison) -> tuple[Value, ...]:
    return (
        found.sample_transfer, found.null_transfer, found.lineage_advantage,
        found.lineage_detectable, found.text_transfer, found.downstream_asr, found.elsewhere,
        found.sample_advantage_over_all, found.text_advantage_over_all,
    )  # fmt: skip
