"""Runs under way as a part of the front page, and as a page of its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weaklink.measures.goals import evasion, goal_of
from weaklink.measures.runs.look import Rate
from weaklink.measures.runs.under_way import UnderWay, audited_of
from weaklink.report.answers.gauges import Gauge
from weaklink.report.html import environment, render_page
from weaklink.report.page.bounded import bounded_name
from weaklink.report.written import estimate, interval, value_of
from weaklink.store.studies import Study
from weaklink.text.spans import span

STYLES = ("page.css", "tables.css", "site/site.css")
_RATES_SHOWN = 24
_STEP = 10
"""Per cent between two announcements to those who listen."""
_QUIET = 60
"""Seconds without an outcome that are worth a word."""


@dataclass(frozen=True, slots=True)
class RunUnderWay:
    """A run as the page shows it.

    Attributes:
        name: Its name in addresses.
        title: What it is, and of which model.
        known: How far it is.
        left: Seconds that its attacks will take at the pace so far; None where that is unknown.
        quiet: Seconds since an outcome was added.
        gauges: The rates so far.
        waiting: Attacks without an attempt that counts.
        more: Rates that are not shown.
        meant: What its rates are where they are of evasion; else empty.
    """

    name: str
    title: str
    known: UnderWay
    left: float | None
    quiet: float
    gauges: Sequence[Gauge]
    waiting: int
    more: int
    meant: str

    @property
    def whole(self) -> bool:
        """Whether all attempts are made."""
        return self.known.done >= self.known.asked

    @property
    def percent(self) -> int:
        """How much is done, rounded down."""
        return 100 * self.known.done // max(1, self.known.asked)

    @property
    def silent(self) -> bool:
        """Whether outcomes have not been added for long."""
        return self.quiet >= _QUIET

    @property
    def pace(self) -> str:
        """How long it will take, or that nothing happens, in words; empty where that is unknown."""
        if self.whole:
            return ""
        if self.silent:
            return f"no new outcome for {span(self.quiet)}"
        return "" if self.left is None else f"about {span(self.left)} left"

    @property
    def said(self) -> str:
        """What is said aloud, which changes at every tenth."""
        if self.whole:
            return f"{self.title}: all attempts are made."
        return f"{self.title}: {self.percent // _STEP * _STEP} % of the attempts are made."


def run_under_way(
    name: str, study: Study, known: UnderWay, *, left: float | None = None, quiet: float = 0
) -> RunUnderWay:
    """Return a run as the page shows it.

    Args:
        name: Its name in addresses.
        study: The run.
        known: How far it is.
        left: Seconds that its attacks will take at the pace so far, where that is known.
        quiet: Seconds since an outcome was added.
    """
    counted = [one for one in known.rates if one.figure is not None]
    several = [len({getattr(one, part) for one in counted}) > 1 for part in ("model", "dataset")]
    samples = {
        entry.dataset: len(study.campaigns[entry.campaign].data.sample_ids)
        for entry in study.record.campaigns
    }
    gauges = [
        Gauge(_label(one, samples[one.dataset], *several), one.figure, "rate")
        for one in counted[:_RATES_SHOWN]
        if one.figure is not None
    ]
    waiting, more = len(known.rates) - len(counted), len(counted) - len(gauges)
    models = [
        one.name for one in study.record.models if one.fingerprint in audited_of(study.record)
    ]
    title = bounded_name(" of ".join([study.record.name, *models[:1] * (len(models) == 1)]))
    meant = evasion(goal_of(study))
    return RunUnderWay(name, title, known, left, quiet, gauges, waiting, more, meant)


def _label(rate: Rate, samples: int, models: bool, datasets: bool) -> str:  # noqa: FBT001
    parts = [rate.attack]
    parts += [f"against {bounded_name(rate.model)}"] * models
    parts += [f"on {bounded_name(rate.dataset)}"] * datasets
    n = 0 if rate.figure is None else rate.figure.n
    return f"{bounded_name(' '.join(parts))}, {n:,} of {samples:,} samples"


def progress_page(found: Sequence[RunUnderWay]) -> str:
    """Return the page of the runs under way, which can be loaded again and again."""
    return render_page(
        environment(estimate=estimate, interval=interval, valued=value_of), "site/progress.html",
        styles=STYLES, scripts=("site/live.js",), asks=True, under_way=found,
    )  # fmt: skip
