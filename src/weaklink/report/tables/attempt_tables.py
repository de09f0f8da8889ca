"""How the attempts of each scenario ended, what they asked, and what became of the texts."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from weaklink.measures.results import Results, Scenario
from weaklink.report.tables.outcome_links import OutcomeLink
from weaklink.report.tables.table import Column, Row, Table, Value
from weaklink.store import Status

_HEAD = (Column("attack", "attack"), Column("model", "model"), Column("dataset", "data set"))
_STATUSES = tuple(str(status) for status in Status)
_PERCENTILES = ("5", "25", "50", "75", "95")


def statuses_table(results: Results) -> Table:
    """Return how the attempts of each scenario ended."""
    return Table(
        key="statuses",
        number="",
        title="How the attempts ended; errors and missing attempts enter no rate",
        columns=(
            *_HEAD,
            *(Column(status, status, "count") for status in _STATUSES),
            Column("missing", "missing", "count"),
        ),
        rows=_rows(results, _statuses, _status_links),
    )


def queries_table(results: Results) -> Table:
    """Return the queries that attempts took."""
    return Table(
        key="queries",
        number="",
        title="Queries: percentiles of successes, then median and mean of all attempts",
        columns=(
            *_HEAD,
            Column("successes", "successes", "count"),
            *(Column(f"percentile_{share}", f"{share} %", "amount") for share in _PERCENTILES),
            Column("median", "median of all", "amount"),
            Column("mean", "mean of all", "amount"),
        ),
        rows=_rows(results, _queries, _success_link),
    )


def quality_table(results: Results) -> Table:
    """Return what became of the texts, the time that it took, and what the attacks noted."""
    noted = any(one.notes for one in results.scenarios)
    return Table(
        key="quality",
        number="",
        title="Quality of the adversarial texts, and what the attempts took",
        columns=(
            *_HEAD,
            Column("words_changed", "words changed", "share"),
            Column("characters_changed", "characters changed", "share"),
            Column("similarity", "similarity", "number"),
            Column("perplexity_ratio", "perplexity ratio", "number"),
            Column("fluency_missing", "fluency not measured", "count"),
            Column("seconds", "seconds", "amount"),
            *([Column("notes", "noted by the attack")] if noted else []),
        ),
        rows=_rows(results, lambda one: (*_quality(one), *([_notes(one)] if noted else []))),
        note="Means over successes; the median perplexity ratio; successes of unknown perplexity; "
        "the seconds of all attempts; means of what an attack notes over its attempts.",
    )


def _rows(
    results: Results,
    values: Callable[[Scenario], tuple[Value, ...]],
    links: Callable[[OutcomeLink], dict[str, OutcomeLink]] = lambda _: {},
) -> tuple[Row, ...]:
    return tuple(
        Row(
            (one.attack, one.model, one.dataset, *values(one)),
            links(OutcomeLink((one.model,), one.attack, one.dataset)),
        )
        for one in by_attack(results)
    )


def by_attack(results: Results) -> Iterator[Scenario]:
    """Yield the scenarios so that on one data set the models of one attack stand together."""
    if len(results.datasets) > 1:
        yield from results.scenarios
    else:
        order = {attack: place for place, attack in enumerate(results.attacks)}
        yield from sorted(results.scenarios, key=lambda one: order[one.attack])


def _statuses(one: Scenario) -> tuple[Value, ...]:
    return (*(one.statuses.get(status, 0) for status in _STATUSES), one.missing)


def _status_links(link: OutcomeLink) -> dict[str, OutcomeLink]:
    return {status: link.with_status(status) for status in _STATUSES}


def _success_link(link: OutcomeLink) -> dict[str, OutcomeLink]:
    return {"successes": link.with_status(str(Status.SUCCEEDED))}


def _queries(one: Scenario) -> tuple[Value, ...]:
    percentiles = one.queries_of_successes or (None,) * len(_PERCENTILES)
    successes = one.statuses.get(Status.SUCCEEDED, 0)
    return (successes, *percentiles, one.queries_median, one.queries_mean)


def _quality(one: Scenario) -> tuple[Value, ...]:
    return (
        one.words_changed_mean, one.characters_changed_mean, one.similarity_mean,
        one.perplexity_ratio_median, one.fluency_missing, one.seconds,
    )  # fmt: skip


def _notes(one: Scenario) -> str | None:
    means = (f"{name.replace('_', ' ')} {mean:.2f}" for name, mean in one.notes.items())
    return ", ".join(means) or None
