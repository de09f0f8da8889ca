"""How soon each kind of page shows something, and from when on it answers its reader.

    python -m benchmarks.pages.interactive [FOLDER] [--models 20] [--samples 100]

Makes an audit's report, a study's (20 models, 48,000 outcomes), the page of popularity, a site of
both runs and `weaklink view` of the study, and loads each in Chromium. A page is interactive at its
first contentful paint or at the end of its last task of more than 50 ms, whichever is later: from
then on nothing keeps it from answering a click within 50 ms. The processor time of its main thread
is what that would take on a machine that does nothing else.
"""

from __future__ import annotations

import gzip
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from benchmarks.pages.chromium import Chromium
from benchmarks.pages.planted_study import planted_by
from tests.popularity.snapshots import edge_table, edges, snapshot
from tests.report.planted import DOWNSTREAM, figures_of, planted_audit

from weaklink.campaigns import figures
from weaklink.popularity.measure import measure
from weaklink.report import write_report
from weaklink.report.lineage.of_hub import lineage_of_popular
from weaklink.report.popularity import popularity_page
from weaklink.report.site.leaderboard import Run
from weaklink.report.site.site import slug_of, write_site
from weaklink.store.studies import read_study

_ROUNDS = 5
_REUSED = 40
"""Models that are made from one."""
_SLOWER = 4
"""How many times slower a middling phone is, as Lighthouse takes it."""
_VIEW = "from weaklink.cli.app import main; main()"
_WATCH = """
window.tasks = [];
new PerformanceObserver((list) => window.tasks.push(...list.getEntries()))
  .observe({ type: "longtask", buffered: true });
"""
_QUIET = (
    "performance.now() > 1000 + Math.max(0, ...window.tasks.map((t) => t.startTime + t.duration))"
)
"""Whether a second went by without a long task."""
_FOUND = """({
  paint: performance.getEntriesByName("first-contentful-paint")[0].startTime,
  last: Math.max(0, ...window.tasks.map((task) => task.startTime + task.duration)),
  blocked: window.tasks.reduce((sum, task) => sum + task.duration - 50, 0),
})"""


def main() -> None:
    """Print what was measured as JSON."""
    with planted_by(__doc__, samples=100) as folder:
        found = {name: loaded(page.as_uri()) for name, page in files(folder).items()}
        with viewer(folder) as address:
            front = urlopen(address).read().decode()  # noqa: S310  our own server
            run = re.findall(r'"(runs/[^"]+\.html)"', front)[0]
            found["viewer, front"] = loaded(address)
            found["viewer, run"] = loaded(f"{address}{run}")
    print(json.dumps(found, indent=1))


def files(folder: Path) -> dict[str, Path]:
    """Return pages of each kind, written to a folder that has a planted study."""
    study, audit = read_study(folder), planted_audit()
    runs = [
        Run("study", study, figures.figures_of(study)),
        Run("audit", audit, figures_of(audit)),
    ]
    reports = {run.slug: folder / f"{run.slug}.html" for run in runs}
    for run in runs:
        write_report(reports[run.slug], run.study, run.results)
    site, _ = write_site(folder / "site", runs)
    models = [{"id": "base", "pipeline": "fill-mask", "downloads": 10**6}]
    models += [{"id": f"owner/model-{n}", "downloads": n} for n in range(2000)]
    source = snapshot(folder / "snapshot", models)
    pairs = (
        (f"owner/model-{n}", "base" if n < _REUSED else f"owner/model-{n // _REUSED}")
        for n in range(2000)
    )
    table = edge_table(folder / "edges", source, edges(*pairs))
    popular = lineage_of_popular(source, table, task=None)
    popularity = folder / "popularity.html"
    popularity.write_text(popularity_page(measure(source, table), popular), encoding="utf-8")
    return {
        **reports,
        "popularity and reuse": popularity,
        "site, front": site,
        "site, model": site.parent / "models" / f"{slug_of(DOWNSTREAM)}.html",
    }


@contextmanager
def viewer(folder: Path) -> Iterator[str]:
    """Serve a study, and give the address."""
    command = [sys.executable, "-c", _VIEW, "view", "--port", "0", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101  it is a pipe
            yield re.findall(r"http://\S+", process.stdout.readline())[0]
        finally:
            process.terminate()


def loaded(address: str) -> dict[str, Any]:
    """Return the size of a page, and milliseconds of loads: as it is, and slower."""
    page = urlopen(address).read()  # noqa: S310  our own
    return {
        "kib": round(len(page) / 1024),
        "kib_compressed": round(len(gzip.compress(page)) / 1024),
        **times(address),
    }


def times(address: str) -> dict[str, dict[str, list[int]]]:
    """Return times by how much slower the processor is made."""
    with Chromium() as browser:
        browser.ask("Page.addScriptToEvaluateOnNewDocument", source=_WATCH)
        browser.ask("Network.setCacheDisabled", cacheDisabled=True)
        browser.ask("Performance.enable", timeDomain="threadTicks")
        return {f"times_{slower}": several(browser, address, slower) for slower in (1, _SLOWER)}


def several(browser: Chromium, address: str, slower: int) -> dict[str, list[int]]:
    """Return the median and the worst of several loads, in milliseconds."""
    browser.ask("Emulation.setCPUThrottlingRate", rate=slower)
    loads = [load(browser, address) for _ in range(_ROUNDS)]
    return {
        name: [round(of([one[name] for one in loads])) for of in (median, max)] for name in loads[0]
    }


def load(browser: Chromium, address: str) -> dict[str, float]:
    """Return milliseconds of one load."""
    browser.open("about:blank")
    browser.until("location.protocol === 'about:'")
    before = spent(browser)
    browser.open(address)
    browser.until("location.protocol !== 'about:' && document.readyState === 'complete'")
    browser.until(_QUIET)
    found = browser.evaluate(_FOUND)
    return {
        "paint": found["paint"],
        "interactive": max(found["paint"], found["last"]),
        "blocked": found["blocked"],
        "processor": 1000 * (spent(browser) - before),
    }


def spent(browser: Chromium) -> float:
    """Return the seconds of processor time that the page's main thread took."""
    metrics = browser.ask("Performance.getMetrics")["metrics"]
    return next(float(one["value"]) for one in metrics if one["name"] == "TaskDuration")


if __name__ == "__main__":
    main()
