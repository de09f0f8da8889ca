"""The report of a study of 48,000 outcomes: time, memory, and how fast the page opens.

    python -m benchmarks.pages.study_report [FOLDER] [--models 20] [--samples 100]

Plants the outcomes, makes the report in a process of its own, holds every number of its files
against another working out from the rows of the store, opens the page in Chromium, and follows
every link into the outcomes.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.pages.chromium import Chromium
from benchmarks.pages.planted_study import planted_by
from tests.oracle.facts import read_facts
from tests.oracle.page import Outcomes, Page
from tests.oracle.report import check_report

_READY = "document.documentElement?.dataset.ready"
_FOLLOW = """
// Chromium takes no more than 200 addresses in 30 s, so each filter is set without one.
(() => {
  const hrefs = [...document.querySelectorAll('a')].map((a) => a.getAttribute('href') ??
    a.getAttribute('xlink:href')).filter((href) => href?.startsWith('#outcomes?'));
  return Object.fromEntries([...new Set(hrefs)].map((href) => {
    const asked = new URLSearchParams(href.split('?')[1]);
    form.reset();
    for (const name of FIELDS) {
      const value = asked.getAll(name).join('\\n');
      option(form.elements[name], value);
      form.elements[name].value = value;
    }
    return [href, filtered().length];
  }));
})()
"""
_REPORT = "from weaklink.cli.app import main; main()"


def main() -> None:
    """Print what was measured as JSON."""
    with planted_by(__doc__, samples=100) as folder:
        measured = build(folder) | check(folder) | look(folder / "report.html")
    print(json.dumps(measured, indent=1))


def build(folder: Path) -> dict[str, Any]:
    """Make the report with the command line, and return what it took."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", _REPORT, "study", "report", folder], check=True)
    wall = time.perf_counter() - start
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return {
        "build_wall_s": round(wall, 1),
        "build_cpu_s": round(used.ru_utime + used.ru_stime, 1),
        "build_peak_mb": round(used.ru_maxrss / 1024),
        "page_mb": round((folder / "report.html").stat().st_size / 1e6, 1),
    }


def check(folder: Path) -> dict[str, Any]:
    """Hold every number of the report against the rows of the store."""
    start = time.perf_counter()
    wrong = [*check_report(folder)]
    expect(not wrong, len(wrong), *wrong[:20])
    facts = read_facts(folder)
    return {
        "outcomes": sum(map(len, facts.attempts.values())),
        "replays": sum(map(len, facts.replays.values())),
        "scenarios_checked": len(facts.attempts),
        "check_wall_s": round(time.perf_counter() - start, 1),
    }


def look(page: Path) -> dict[str, Any]:
    """Open the page, follow one number, and return the time and what was asked of the network."""
    with Chromium() as browser:
        browser.ask("Performance.enable", timeDomain="threadTicks")
        start = time.perf_counter()
        browser.open(page.absolute().as_uri())
        browser.until(_READY)
        wall = time.perf_counter() - start
        metrics = {m["name"]: m["value"] for m in browser.ask("Performance.getMetrics")["metrics"]}
        painted = browser.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        )
        browser.evaluate("document.querySelector('#table-figure_6_models td a').click()")
        time.sleep(0.5)
        said = browser.evaluate("document.getElementById('count').textContent")
        search = browser.evaluate(
            "(async () => { const t = performance.now(); form.elements.text.value = 'gripping'; "
            "await show(); return performance.now() - t; })()"
        )
        followed = follow(browser, page)
        asked = [
            event["params"]["request"]["url"]
            for event in browser.events
            if event.get("method") == "Network.requestWillBeSent"
        ]
        troubles = [
            event for event in browser.events
            if event.get("method") in {"Log.entryAdded", "Runtime.exceptionThrown"}
        ]  # fmt: skip
    expect(asked == [page.absolute().as_uri()], "asked of the network:", asked)
    expect(not troubles, *troubles)
    return {
        "open_wall_s": round(wall, 2),
        "open_cpu_s": round(metrics["TaskDuration"], 2),
        "first_paint_s": None if painted is None else round(painted / 1000, 2),
        "search_s": round(search / 1000, 2),
        "after_a_click": said,
        "links_followed": followed,
        "requests": len(asked) - 1,
    }


def follow(browser: Chromium, page: Path) -> int:
    """Ask the page for what each link into the outcomes shows, and return how many there are."""
    counts = browser.evaluate(_FOLLOW)
    outcomes = Outcomes(Page(page).data)
    for href, count in counts.items():
        expect(count == len(outcomes.behind(href)), href, count)
    return len(counts)


def expect(holds: bool, *otherwise: object) -> None:  # noqa: FBT001
    """End with an error where something does not hold."""
    if not holds:
        raise SystemExit(f"Not as expected: {otherwise}")


if __name__ == "__main__":
    main()
