"""The pages of a site: its front, one for each model, and the report of each campaign."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from pathlib import Path

from weaklink.files import write_atomically
from weaklink.measures.goals import told_goal
from weaklink.measures.results import LinkResult, Scenario
from weaklink.report.answers.gauges import Gauge
from weaklink.report.folder import write_report
from weaklink.report.html import environment, render_page
from weaklink.report.page.bounded import bounded
from weaklink.report.site.leaderboard import Board, Leaderboard, Run, Standing, leaderboard
from weaklink.report.site.progress import STYLES, RunUnderWay
from weaklink.report.written import estimate, interval, percent, value_of

_SCRIPTS = ("tables.js", "site/site.js", "site/live.js")
_LONGEST = 60


def slug_of(name: str, place: str = "") -> str:
    """Return a name for addresses and files, of ASCII letters, digits and ``-``.

    Args:
        name: What it is called.
        place: What tells it apart from others that are called so.

    >>> slug_of("owner/model@main")
    'owner-model-main-46a41f14'
    """
    plain = re.sub(r"[^A-Za-z0-9]+", "-", name).strip("-")[:_LONGEST]
    whole = f"{name}\0{place}".encode("utf-8", "surrogatepass")
    return f"{plain}-{blake2b(whole, digest_size=4).hexdigest()}"


@dataclass(frozen=True, slots=True)
class Model:
    """What the site knows of a model."""

    name: str
    """Its standings begin with the one of most samples."""
    standings: Sequence[tuple[Board, Standing]]
    scenarios: Sequence[tuple[Run, Scenario]]
    upstreams: Sequence[tuple[Run, LinkResult]]
    downstreams: Sequence[tuple[Run, LinkResult]]

    def gauges(self) -> list[Gauge]:
        """Return the rates of its first board."""
        if not self.standings:
            return []
        board, one = self.standings[0]
        of_all = ", of all samples" if board.goal else ""
        rates = (
            ("right without an attack", one.accuracy),
            (f"right under all attacks{of_all}", one.ranked_by),
        )
        return [Gauge(label, rate, "rate") for label, rate in rates if rate]


def write_site(
    folder: Path, runs: Sequence[Run], under_way: Sequence[RunUnderWay] | None = None
) -> list[Path]:
    """Write a site that any host can serve and that opens from disk; return its front and data.

    Pages of runs that did not change are left as they are.

    Args:
        folder: Where; it is made if it does not exist.
        runs: The campaigns, the newest last.
        under_way: How far runs are, for pages that `weaklink view` serves, which also makes the
            reports; None for files, with the report of each run.
    """
    board = leaderboard(runs)
    shown = [_bounded(run) for run in runs]
    whole = all(one is run for one, run in zip(shown, runs, strict=True))
    on_page = board if whole else leaderboard(shown)
    models = [_model(name, on_page, shown) for name in _names(shown)]
    for part in ("models", "runs"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    for run in runs if under_way is None else ():
        write_report(folder / "runs" / f"{run.slug}.html", run.study, run.results)
    templates = environment(
        slug=slug_of,
        percent=percent,
        estimate=estimate,
        interval=interval,
        valued=value_of,
        told_goal=told_goal,
    )
    for model in models:
        page = render_page(
            templates, "site/model.html", styles=STYLES, scripts=_SCRIPTS, model=model
        )
        write_atomically(folder / "models" / f"{slug_of(model.name)}.html", page)
    front, data = folder / "index.html", folder / "leaderboard.json"
    write_atomically(data, board.to_json())
    page = render_page(
        templates, "site/front.html", styles=STYLES, scripts=_SCRIPTS,
        asks=under_way is not None, under_way=under_way, boards=on_page.boards,
        runs=shown, models=models,
    )  # fmt: skip
    write_atomically(front, page)
    return [front, data]


def _bounded(run: Run) -> Run:
    """Return a run as pages show it; the JSON has long names whole."""
    study, results = bounded(run.study, run.results)
    whole = study is run.study and results is run.results
    return run if whole else replace(run, study=study, results=results)


def _names(runs: Sequence[Run]) -> list[str]:
    return sorted({name for run in runs for name in run.results.models})


def _model(name: str, found: Leaderboard, runs: Sequence[Run]) -> Model:
    standings = [(b, one) for b in found.boards for one in b.standings if one.model == name]
    return Model(
        name,
        sorted(standings, key=lambda pair: -pair[1].samples),
        [(run, one) for run in runs for one in run.results.scenarios if one.model == name],
        [(run, one) for run in runs for one in run.results.links if one.downstream == name],
        [(run, one) for run in runs for one in run.results.links if one.upstream == name],
    )
