"""The regression check of the benchmarks compares ratios, each with its last record."""

import importlib.util
from pathlib import Path

PATH = Path(__file__).parents[1] / "benchmarks" / "history.py"
spec = importlib.util.spec_from_file_location("history", PATH)
history = importlib.util.module_from_spec(spec)
spec.loader.exec_module(history)


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
