"""What ``weaklink view`` answers: a front page, reports, and the outcomes that they ask for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from weaklink.cli.viewer.following import Find, Follower
from weaklink.cli.viewer.known_figures import KnownFigures
from weaklink.cli.viewer.serving import Served
from weaklink.report.folder import digest_of_report, write_report
from weaklink.report.site.leaderboard import Run
from weaklink.report.site.outcomes import Asked, OutcomeList
from weaklink.report.site.progress import progress_page
from weaklink.report.site.site import write_site

if TYPE_CHECKING:
    from weaklink.campaigns.python.sources import FoundRun

_FRONT = ("/", "/index.html")
_PROGRESS = "/progress.html"
_JSON = "application/json"
_DIGITS = 18
_CHANGED = Served(b"{}", _JSON, HTTPStatus.GONE)


class Viewer:
    """Makes pages of runs in a folder when they are asked for.

    A report is drawn when it is first opened. Its outcomes are read into columns once, and again
    when there are other figures, as there are after every new outcome.

    The front page waits for no figures of a run whose outcomes grow: it has those that were last
    worked out, as they are whenever the run's report is opened.

    Args:
        folder: Takes the pages.
        find: Returns the runs as they are now, each under its name in addresses.
    """

    def __init__(self, folder: Path, find: Find) -> None:
        self._folder, self._find = folder, find
        self._follower, self._figures = Follower(find), KnownFigures()
        self._found: Mapping[str, FoundRun] = {}
        self._runs: dict[str, Run] = {}
        self._digests: dict[str, str] = {}
        self._lists: dict[str, OutcomeList] = {}
        self._alone = Lock()  # SQLite loses its locks where two readers of one process overlap

    def renew(self) -> None:
        """Read the runs, and write the pages that show them together."""
        self._found = dict(self._find())
        self._figures.keep(self._found)
        self._follower.begin(self._found)
        looked = self._follower.look()
        under_way = {one.name for one in looked if not (one.whole or one.silent)}
        self._runs, self._digests = {}, {}
        for slug, one in self._found.items():
            figures = self._figures.last if slug in under_way else self._figures.now
            if (results := figures(slug, one)) is not None:
                self._take(Run(slug, one.study, results))
        write_site(self._folder, [*self._runs.values()], looked)

    def _take(self, run: Run) -> None:
        self._runs[run.slug] = run
        self._digests[run.slug] = digest_of_report(run.study, run.results, served=True)
        known = set(self._digests.values())
        self._lists = {digest: one for digest, one in self._lists.items() if digest in known}

    def answer(self, path: str, query: str) -> Served | None:
        """Return outcomes or progress that a page asks for; make any other page."""
        page = PurePosixPath(path)
        if page.parent.parent.name == "runs" and page.name == "outcomes":
            return self._outcomes(page.parent.name, query)
        with self._alone:
            if path == _PROGRESS:
                return Served(progress_page(self._follower.look()).encode(), "text/html")
            if path in _FRONT:
                self.renew()
            elif page.parent.name == "runs" and page.stem in self._found:
                self._report(page.stem, self._found[page.stem])
        return None

    def _report(self, slug: str, found: FoundRun) -> None:
        run = Run(slug, found.study, self._figures.now(slug, found))
        self._take(run)
        place = self._folder / "runs" / f"{slug}.html"
        write_report(place, run.study, run.results, served=True)

    def _outcomes(self, slug: str, query: str) -> Served:
        told = {name: values[0] for name, values in parse_qs(query).items()}
        found = self._list(slug, told.get("of", ""))
        if found is None:
            return _CHANGED
        if "number" not in told:
            return _json(found.page(Asked.read(query), _whole(told.get("first", ""))))
        try:
            with self._alone:
                return _json(found.outcome(_whole(told["number"])))
        except IndexError:
            return Served(b"{}", _JSON, HTTPStatus.NOT_FOUND)

    def _list(self, slug: str, digest: str) -> OutcomeList | None:
        """Return the outcomes of a run, if its figures are still those of the page that asks."""
        with self._alone:
            run = self._runs.get(slug)
            if run is None or self._digests[slug] != digest:
                return None
            if digest not in self._lists:
                self._lists[digest] = OutcomeList(run.study, run.results)
            return self._lists[digest]


def _whole(number: str) -> int:
    """Return a number of digits, cut to as many as any number of outcomes has."""
    return int(number[:_DIGITS]) if number.isdecimal() else 0


def _json(found: object) -> Served:
    return Served(json.dumps(found, separators=(",", ":")).encode(), _JSON)
