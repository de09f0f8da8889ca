"""The record of a benchmark as Markdown: speed, success, and agreement on the same work."""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

OURS = "weaklink auto"
PAIRS = {
    "textattack-pwws": ("TextAttack at its best", "pwws"),
    "openattack-textfooler": ("OpenAttack at its best", "textfooler"),
}


def markdown(record: dict[str, Any]) -> str:
    """Return every table of the record."""
    runs = [run for run in record["runs"] if "error" not in run]
    failed = [run for run in record["runs"] if "error" in run]
    samples = len(runs[0]["samples"]) if runs else 0
    rounds = len({run["round"] for run in runs})
    head = (
        f"{record['machine']}, {record['threads']} threads; {samples} samples of "
        f"{record['data']['name']}; medians of {rounds} rounds, ratios taken within each.\n"
    )
    parts = [head, _speed(runs), _parity(runs)]
    parts += [f"`{r['entrant']}` failed on {r['attack']}: {_last(r['error'])}\n" for r in failed]
    return "\n".join(parts)


def ratios(runs: Sequence[dict[str, Any]]) -> dict[str, float]:
    """Return how many times as long each peer takes as weaklink, under its rule and ours."""
    pairs = dict.fromkeys((run["attack"], run["entrant"]) for run in runs)
    named = {f"{a} / {e}": _ratio(runs, a, e) for a, e in pairs if not e.startswith("weaklink")}
    same = {rule: _ratio(runs, attack, peer, rule) for rule, (peer, attack) in PAIRS.items()}
    return {name: value for name, value in (named | same).items() if value is not None}


def _speed(runs: Sequence[dict[str, Any]]) -> str:
    head = "attack|tool|s a sample|queries/s|queries a sample|victim|constraints|flips"
    head += "|peak GiB|times weaklink"
    lines = [f"|{head}|", "|" + "---|" * (head.count("|") + 1)]
    for attack, entrant in dict.fromkeys((run["attack"], run["entrant"]) for run in runs):
        lines.append(_row(runs, attack, entrant))
    return "\n".join(lines) + "\n"


def _row(runs: Sequence[dict[str, Any]], attack: str, entrant: str) -> str:
    of = _of(runs, attack, entrant)
    samples = len(of[0]["samples"])
    ratio = _ratio(runs, attack, entrant)
    cells = [
        attack,
        entrant,
        f"{_median(run['seconds'] for run in of) / samples:.2f}",
        f"{_median(run['queries'] / run['seconds'] for run in of):.0f}",
        f"{_median(run['queries'] for run in of) / samples:.1f}",
        f"{_median(run['victim_seconds'] / run['seconds'] for run in of):.0%}",
        f"{_median(run['constraint_seconds'] / run['seconds'] for run in of):.0%}",
        f"{_median(map(_flips, of)) / samples:.2f}",
        f"{_median(run['peak_gib'] for run in of):.1f}",
        "" if ratio is None else f"{ratio:.1f}",
    ]
    return f"| {' | '.join(cells)} |"


def _parity(runs: Sequence[dict[str, Any]]) -> str:
    """Agreement of weaklink's engine under a peer's rule with that peer."""
    lines = [
        "|rule|peer|same success|same text, of joint successes|times weaklink|",
        "|---|---|---|---|---|",
    ]
    for rule, (peer, attack) in PAIRS.items():
        ours, theirs = _of(runs, rule, OURS), _of(runs, attack, peer)
        if not ours or not theirs:
            continue
        pairs = _pairs(ours[0], theirs[0])
        same = sum(a["status"] == b["status"] for a, b in pairs)
        joint = [(a, b) for a, b in pairs if a["status"] == b["status"] == "succeeded"]
        equal = sum(_plain(a["text"]) == _plain(b["text"]) for a, b in joint)
        ratio = _ratio(runs, attack, peer, rule) or float("nan")
        lines.append(
            f"| {rule} | {peer} | {same} of {len(pairs)} | {equal} of {len(joint)} | {ratio:.1f} |"
        )
    return "\n".join(lines) + "\n"


def _pairs(one: dict[str, Any], other: dict[str, Any]) -> list[tuple[Any, Any]]:
    theirs = {sample["id"]: sample for sample in other["samples"]}
    return [(sample, theirs[sample["id"]]) for sample in one["samples"]]


def _plain(text: str) -> str:
    return " ".join(text.lower().split())


def _of(runs: Sequence[dict[str, Any]], attack: str, entrant: str) -> list[dict[str, Any]]:
    return [run for run in runs if (run["attack"], run["entrant"]) == (attack, entrant)]


def _ratio(
    runs: Sequence[dict[str, Any]], attack: str, entrant: str, rule: str | None = None
) -> float | None:
    """Return how many times as long as weaklink, which runs the same attack or another rule."""
    ours = {run["round"]: run["seconds"] for run in _of(runs, rule or attack, OURS)}
    theirs = {run["round"]: run["seconds"] for run in _of(runs, attack, entrant)}
    shared = ours.keys() & theirs.keys()
    return statistics.median(theirs[r] / ours[r] for r in shared) if shared else None


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _flips(run: dict[str, Any]) -> int:
    return sum(sample["status"] == "succeeded" for sample in run["samples"])


def _last(error: str) -> str:
    return next(reversed(error.strip().splitlines()), "")
