"""Scripts of the benchmarks are where texts say, and the regression check compares ratios."""

import re
from pathlib import Path

from benchmarks.speed import history

ROOT = Path(__file__).parents[1]
NAMED = re.compile(r"benchmarks/[\w/]+\.(?:py|md|jsonl)|(?<=-m )benchmarks[.\w]+")


def test_each_script_that_is_named_anywhere_is_there():
    texts = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "Makefile"]
    for folder, kinds in (
        ("docs", "md"),
        ("src", "py"),
        ("benchmarks", "py"),
        ("benchmarks", "md"),
    ):
        texts += ROOT.glob(f"{folder}/**/*.{kinds}")
    named = {name for text in texts for name in NAMED.findall(text.read_text("utf-8"))}
    paths = {n if "/" in n else n.replace(".", "/") + ".py" for n in named}
    assert len(paths) > 20
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_each_ratio_is_compared_with_its_last_record_of_the_same_benchmark_and_machine():
    entries = [
        {"benchmark": "throughput", "machine": "old", "ratios": {"a": 9.0, "b": 1.0}},
        {"benchmark": "throughput", "machine": "old", "ratios": {"a": 1.0}},
        {"benchmark": "peers", "machine": "old", "ratios": {"a": 100.0}},
        {"benchmark": "throughput", "machine": "new", "ratios": {"a": 50.0}},
    ]
    before = history.last_ratios(entries, "throughput", "old")
    assert before == {"a": 1.0, "b": 1.0}
    assert history.fallen(before, {"a": 0.81, "b": 0.79, "new": 0.1}) == ["b"]
