"""The report of a study of 48,000 outcomes: time, memory, and how fast the page opens.

    python benchmarks/study_report.py [FOLDER] [--models 20] [--samples 100]

Plants the outcomes, makes the report in a process of its own, holds its rates against sums over
the store, opens the page in Chromium and follows one number to its texts.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from math import isclose
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl

from chromium import Chromium
from planted_study import plant
from weaklink.store import open_store

_READY = "document.documentElement?.dataset.ready"
_SECONDS = 60
_REPORT = "from weaklink.cli.app import main; main()"


def main() -> None:
    """Print what was measured as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path)
    parser.add_argument("--models", type=int, default=20)
    parser.add_argument("--samples", type=int, default=100)
    given = parser.parse_args()
    with TemporaryDirectory() as temporary:
        folder = given.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / "study.json").exists():
            plant(folder, models=given.models, samples=given.samples)
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
    """Hold the rates of every scenario against sums over the store."""
    results = json.loads((folder / "results.json").read_bytes())
    with open_store(folder / "study.db", create=False) as store:
        frame = store.frame().filter(~pl.col("attack").str.starts_with("replay-"))
    counted = frame.filter(pl.col("status") != "error")
    rates = counted.group_by("victim", "attack", "dataset").agg(
        rate=(pl.col("status") == "succeeded").mean()
    )
    expected = {tuple(row[:3]): row[3] for row in rates.iter_rows()}
    for scenario in results["scenarios"]:
        place = scenario["model"], scenario["attack"], scenario["dataset"]
        expect(isclose(scenario["asr_all"]["value"], expected[place], abs_tol=1e-9), place)
    macro = sum(expected.values()) / len(expected)
    ours = results["overall"]["asr_all"]["macro"]["value"]
    expect(isclose(ours, macro, abs_tol=1e-9), ours, macro)
    return {"outcomes": frame.height, "scenarios_checked": len(expected)}


def look(page: Path) -> dict[str, Any]:
    """Open the page, follow one number, and return the time and what was asked of the network."""
    with Chromium() as browser:
        browser.ask("Performance.enable", timeDomain="threadTicks")
        start = time.perf_counter()
        browser.open(page.absolute().as_uri())
        while browser.evaluate(_READY) != "yes":
            expect(time.perf_counter() - start < _SECONDS, "the page does not open")
            time.sleep(0.02)
        wall = time.perf_counter() - start
        metrics = {m["name"]: m["value"] for m in browser.ask("Performance.getMetrics")["metrics"]}
        painted = browser.evaluate(
            "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"
        )
        browser.evaluate("document.querySelector('#table-figure_6_models td a').click()")
        time.sleep(0.5)
        said = browser.evaluate("document.getElementById('count').textContent")
        search = browser.evaluate(
            "(() => { const t = performance.now(); form.elements.text.value = 'gripping'; show(); "
            "return performance.now() - t; })()"
        )
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
        "requests": len(asked) - 1,
    }


def expect(holds: bool, *otherwise: object) -> None:  # noqa: FBT001
    """End with an error where something does not hold."""
    if not holds:
        raise SystemExit(f"Not as expected: {otherwise}")


if __name__ == "__main__":
    main()
