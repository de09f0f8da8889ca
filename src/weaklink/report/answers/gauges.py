"""The answer as a picture: a few rates from 0 to 100 %, each with its interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weaklink.measures import Estimate
from weaklink.measures.results import Results
from weaklink.report.answers.defended import best_defence
from weaklink.report.answers.may_ship import BOUND
from weaklink.report.audited import audited
from weaklink.report.written import Kind
from weaklink.store.studies import Study


@dataclass(frozen=True, slots=True)
class Gauge:
    """A rate in the picture.

    Attributes:
        label: What it is, in a few words.
        rate: It.
        kind: How it is written.
        bound: What it is compared with, if it is.
    """

    label: str
    rate: Estimate
    kind: Kind = "share"
    bound: float | None = None


def gauges(study: Study, results: Results) -> list[Gauge]:
    """Return the rates that the first sentences of the answer are about."""
    model = audited(study, results)
    rates = _of_study(results) if model is None else _of_model(results, model)
    return [*rates]


def _of_model(results: Results, model: str) -> Iterator[Gauge]:
    worst = {one.model: one for one in results.worst if one.dataset is None}
    upstream = next((one.upstream for one in results.links if one.downstream == model), None)
    if model not in worst:
        return
    found = worst[model]
    if found.accuracy:
        yield Gauge("right without an attack", found.accuracy, "rate")
    if found.robust_accuracy:
        yield Gauge("right under all attacks", found.robust_accuracy, "rate", BOUND)
    if upstream in worst and (rate := worst[upstream].robust_accuracy):
        yield Gauge("its upstream under all attacks", rate, "rate")


def _of_study(results: Results) -> Iterator[Gauge]:
    best_one = best_defence(results)
    if best_one is not None and best_one.all.asr_all is not None:
        change = best_one.all.asr_all
        yield Gauge(f"attacks succeed on {best_one.model}", change.before)
        yield Gauge(f"on {best_one.defended}, defended", change.after)
    if results.overall.asr_all:
        yield Gauge("attacks succeed (asr_all)", results.overall.asr_all.macro)
    best = None if results.most_robust is None else results.most_robust.name
    for one in results.worst:
        if one.model == best and one.dataset is None and one.robust_accuracy:
            yield Gauge("best model, under all attacks", one.robust_accuracy)
    if results.all_links is None:
        return
    found = results.all_links.all
    if found.sample_transfer:
        yield Gauge("sample transfer along links", found.sample_transfer)
    if found.null_transfer:
        yield Gauge("the same between unrelated models", found.null_transfer)
