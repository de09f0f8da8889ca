"""`weaklink view` of a study of 100,000 outcomes: how long each filter of its list takes.

    python -m benchmarks.pages.viewer [FOLDER] [--models 20] [--samples 212]

Plants the outcomes, starts the viewer in a process of its own, asks it for every value of every
filter as a page does, each in a new order so that nothing is remembered, and then does the same in
Chromium, where the time ends when the rows are laid out.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

import httpx
from benchmarks.pages.chromium import Chromium
from benchmarks.pages.planted_study import planted_by

_VIEW = "from weaklink.cli.app import main; main()"
_READY = "document.documentElement?.dataset.ready"
_NAMED = ("kind", "model", "attack", "dataset", "status", "correct", "valid", "falls", "link")
_WORDS = ("gripping", "tedious plot", "yllaer", "train:17", "zzz", "e")
_MOST = 12
"""Values of a filter that are tried."""
_ORDERS = ("", "&by=queries&down=yes", "&by=sample")
_VALUES = """Object.fromEntries([...form.elements].filter((one) => one.name && one.options)
  .map((one) => [one.name, [...one.options].map(({ value }) => value)]))"""
_FILTER = """(async () => {
  form.reset();
  form.elements[%s].value = %s;
  const start = performance.now();
  await show();
  document.getElementById("rows").getBoundingClientRect();
  return [performance.now() - start, document.querySelectorAll(".row[data-outcome]").length];
})()"""


def main() -> None:
    """Print what was measured as JSON."""
    with planted_by(__doc__, samples=212) as folder:
        print(json.dumps(measure(folder), indent=1))


def measure(folder: Path) -> dict[str, Any]:
    """Return milliseconds and bytes of the viewer of a study, and of its page in a browser."""
    start = time.perf_counter()
    command = [sys.executable, "-c", _VIEW, "view", "--port", "0", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as viewer:
        try:
            assert viewer.stdout is not None  # noqa: S101  it is a pipe
            address = re.findall(r"http://\S+", viewer.stdout.readline())[0]
            found = {"front_s": round(time.perf_counter() - start, 1)}
            with httpx.Client(base_url=address, timeout=600) as client:
                return found | _look(client, address)
        finally:
            viewer.terminate()


def _look(client: httpx.Client, address: str) -> dict[str, Any]:
    start = time.perf_counter()
    run = re.findall(r'"(runs/[^"]+)\.html"', client.get("/").text)[0]
    again = time.perf_counter() - start
    start = time.perf_counter()
    page = client.get(f"/{run}.html").text
    drawn = time.perf_counter() - start
    (source,) = re.findall(r'data-source="([^"]+)"', page)
    source = f"/runs/{source}"
    start = time.perf_counter()
    first = client.get(source).json()
    read = time.perf_counter() - start
    with Chromium() as browser:
        start = time.perf_counter()
        browser.open(f"{address}{run}.html")
        browser.until(_READY)
        opened = time.perf_counter() - start
        browser.evaluate(_FILTER % ('"text"', '""'))  # lays out the whole page once
        values = browser.evaluate(_VALUES)
        asked = [(name, one) for name in _NAMED for one in values[name][:_MOST]]
        asked += [("text", one) for one in _WORDS]
        shown = _timed((name, _in_browser(browser, name, one)) for name, one in asked)
    answered = list(_asked(client, source, asked))
    return {
        "outcomes": first["total"],
        "front_again_s": round(again, 2),
        "page_bytes": len(page.encode()),
        "page_drawn_s": round(drawn, 1),
        "columns_read_s": round(read, 2),
        "opened_s": round(opened, 2),
        "answer_bytes": round(median(size for _, _, size in answered)),
        "answered_ms": _timed((name, spent) for name, spent, _ in answered),
        "in_browser_ms": shown,
        "outcome_ms": _timed(_outcomes(client, source, first["total"])),
    }


def _asked(
    client: httpx.Client, source: str, asked: list[tuple[str, str]]
) -> Iterator[tuple[str, float, int]]:
    """Yield the name of each filter, the milliseconds until its answer, and the answer's bytes."""
    for order in _ORDERS[1:] + _ORDERS[:1]:
        for name, value in asked:
            parameters = [(name, one) for one in value.split("\n")]
            address = httpx.URL(f"{source}{order}").copy_merge_params(parameters)
            start = time.perf_counter()
            answer = client.get(address).raise_for_status()
            yield name, 1000 * (time.perf_counter() - start), len(answer.content)


def _outcomes(client: httpx.Client, source: str, total: int) -> Iterator[tuple[str, float]]:
    for number in range(0, total, max(1, total // 50)):
        start = time.perf_counter()
        client.get(f"{source}&number={number}").raise_for_status()
        yield "one", 1000 * (time.perf_counter() - start)


def _in_browser(browser: Chromium, name: str, value: str) -> float:
    spent, _ = browser.evaluate(_FILTER % (json.dumps(name), json.dumps(value)))
    return float(spent)


def _timed(found: Iterator[tuple[str, float]]) -> dict[str, dict[str, float]]:
    """Return how often each name was timed, the median and the worst time."""
    times: dict[str, list[float]] = {}
    for name, spent in found:
        times.setdefault(name, []).append(spent)
    return {
        name: {"n": len(some), "median": round(median(some), 1), "worst": round(max(some), 1)}
        for name, some in times.items()
    }


if __name__ == "__main__":
    main()
