"""The record of a benchmark as Markdown: the same work, each tool's own, and what was found."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from entrants import BF16, OURS, RULES
from statsmodels.stats.proportion import proportion_confint

Run = dict[str, Any]


def markdown(record: dict[str, Any]) -> str:
    """Return every table of the record."""
    runs = [run for run in record["runs"] if "error" not in run]
    failed = [run for run in record["runs"] if "error" in run]
    head = (
        f"{record['machine']}, {record['threads']} threads; {record['data']}, up to "
        f"{record['samples']} samples; medians of {record['rounds']} rounds, ratios within each.\n"
    )
    parts = [head, "### The same work\n", same_work(runs), "### Each tool's own algorithm\n"]
    parts += [own_work(runs), "### What is found\n", found(runs)]
    parts += [f"`{r['entrant']}` failed on {r['attack']}: {_last(r['error'])}\n" for r in failed]
    return "\n".join(parts)


def ratios(runs: Sequence[Run]) -> dict[str, float]:
    """Return how many times as long as weaklink a peer takes, and weaklink's share of the limit.

    A peer's algorithm is set beside weaklink's own and, named for it, the peer's rule, and both
    beside weaklink in bf16 where that was run.
    """
    done = [run for run in runs if "error" not in run]
    times = {}
    for attack, entrant in dict.fromkeys((r["attack"], r["entrant"]) for r in done):
        rule = f"{entrant.partition(' ')[0].lower()}-{attack}"
        if entrant in (OURS.name, BF16):
            name = attack if entrant == OURS.name else f"{attack} in bf16"
            times[f"{name}: share of the raw limit"] = _shares(done, attack, entrant)
            continue
        for ours in (attack, rule):
            times[f"{ours}: {entrant}"] = _ratios(done, attack, entrant, ours)
            times[f"{ours} in bf16: {entrant}"] = _ratios(done, attack, entrant, ours, BF16)
    return {name: statistics.median(values) for name, values in times.items() if values}


def same_work(runs: Sequence[Run]) -> str:
    """Peers beside their own rules on weaklink's engine."""
    rows = []
    for rule in RULES:
        peer, _, attack = rule.partition("-")
        theirs = [r for r in _entrants(runs) if r.lower().startswith(peer)]
        rows += [_speed(runs, rule, name) for name in _entrants(runs) if "weaklink" in name]
        rows += [_speed(runs, attack, name, rule) for name in theirs]
    return table(f"rule|tool|n|{_SPEED}", rows)


def own_work(runs: Sequence[Run]) -> str:
    """All tools, each with its own reading of the algorithm."""
    attacks = [a for a in dict.fromkeys(r["attack"] for r in runs) if a not in RULES]
    rows = [_speed(runs, attack, name) for attack in attacks for name in _entrants(runs)]
    return table(f"attack|tool|n|{_SPEED}", rows)


_SPEED = (
    "s a sample|queries/s|queries a sample|victim|constraints|rest|GiB"
    "|times as long|a query|times as long as bf16|raw limit: s a sample|share of it"
)


def _speed(
    runs: Sequence[Run], attack: str, entrant: str, rule: str | None = None
) -> list[str] | None:
    of = _of(runs, attack, entrant)
    if not of:
        return None
    n = of[0]["count"]
    victim = _median(run["victim_seconds"] / run["seconds"] for run in of)
    constraints = _median(run["constraint_seconds"] / run["seconds"] for run in of)
    return [
        rule or attack,
        entrant,
        str(n),
        f"{_median(run['seconds'] / n for run in of):.3f}",
        f"{_median(run['queries'] / run['seconds'] for run in of):.0f}",
        f"{_median(run['queries'] / n for run in of):.0f}",
        f"{victim:.0%}",
        f"{constraints:.0%}",
        f"{1 - victim - constraints:.0%}",
        f"{_median(run['peak_gib'] for run in of):.1f}",
        _spread(_ratios(runs, attack, entrant, rule)),
        _spread(_ratios(runs, attack, entrant, rule, cost=_seconds_a_query)),
        _spread(_ratios(runs, attack, entrant, rule, BF16)),
        *_raw_limit(runs, attack, entrant),
    ]


def found(runs: Sequence[Run]) -> str:
    """Success under both denominators, and what the texts are like, in the first round."""
    rows = []
    for attack, entrant in dict.fromkeys((r["attack"], r["entrant"]) for r in runs):
        samples = max(_of(runs, attack, entrant), key=lambda run: run["count"])["samples"]
        flips = [s for s in samples if s["status"] == "succeeded"]
        right = [s for s in samples if s["correct"]]
        both = [s for s in flips if s["correct"]]
        changed = _mean(s["words_changed"] for s in flips)
        similar = _mean(s["similarity"] for s in flips)
        cells = [attack, entrant, str(len(samples)), _rate(len(flips), len(samples))]
        cells += [_rate(len(both), len(right)), f"{changed:.0%}", f"{similar:.2f}"]
        rows.append([*cells, _others(runs, attack, entrant)])
    head = "attack|tool|n|asr_all|asr_correct|words changed|similarity|outcomes unlike weaklink's"
    return table(head, rows)


def _others(runs: Sequence[Run], attack: str, entrant: str) -> str:
    """Return in how many samples weaklink, run otherwise, finds another status or text."""
    ours, others = _of(runs, attack, OURS.name), _of(runs, attack, entrant)
    if entrant == OURS.name or not entrant.startswith(OURS.name) or not ours:
        return ""
    found = {s["id"]: (s["status"], s["text"]) for s in ours[0]["samples"]}
    return str(sum(found[s["id"]] != (s["status"], s["text"]) for s in others[0]["samples"]))


def _entrants(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(run["entrant"] for run in runs))


def _of(runs: Sequence[Run], attack: str, entrant: str) -> list[Run]:
    """Return the runs of an entrant, of weaklink those on all samples."""
    of = [run for run in runs if (run["attack"], run["entrant"]) == (attack, entrant)]
    most = max((run["count"] for run in of), default=0)
    return [run for run in of if run["count"] == most]


def _ratios(
    runs: Sequence[Run],
    attack: str,
    entrant: str,
    rule: str | None = None,
    beside: str = OURS.name,
    cost: Callable[[Run], float] = lambda run: run["seconds"],
) -> list[float]:
    """Return what an entrant costs in each round, as a multiple of weaklink's on as many samples.

    Args:
        runs: All of them.
        attack: What the entrant runs.
        entrant: Its name.
        rule: What weaklink runs; by default the same attack.
        beside: Which weaklink.
        cost: Of a run.
    """
    theirs = {(run["round"], run["count"]): run for run in _of(runs, attack, entrant)}
    ours = {
        (run["round"], run["count"]): run
        for run in runs
        if (run["attack"], run["entrant"]) == (rule or attack, beside)
    }
    return [cost(theirs[key]) / cost(ours[key]) for key in theirs if key in ours]


def _seconds_a_query(run: Run) -> float:
    return float(run["seconds"] / run["queries"])


def _shares(runs: Sequence[Run], attack: str, entrant: str) -> list[float]:
    """Return what weaklink reaches of the raw limit, constraint models counted apart."""
    return [
        run["raw_seconds"] / (run["seconds"] - run["constraint_seconds"])
        for run in _of(runs, attack, entrant)
    ]


def _raw_limit(runs: Sequence[Run], attack: str, entrant: str) -> list[str]:
    """Return what the victim alone takes for weaklink's texts, and weaklink's share of it."""
    if entrant not in (OURS.name, BF16):
        return ["", ""]
    of = _of(runs, attack, entrant)
    alone = _median(run["raw_seconds"] / run["count"] for run in of)
    return [f"{alone:.3f}", f"{_median(_shares(runs, attack, entrant)):.0%}"]


def table(head: str, rows: Iterable[list[str] | None]) -> str:
    """Return rows of cells as Markdown, those that are None left out."""
    lines = [head, "|".join("---" for _ in head.split("|"))]
    lines += ["|".join(row) for row in rows if row is not None]
    return "".join(f"|{line}|\n" for line in lines)


def _rate(part: int, whole: int) -> str:
    low, high = proportion_confint(part, whole, method="wilson")
    return f"{part / whole:.2f} ({low:.2f} to {high:.2f})"


def _spread(values: Sequence[float]) -> str:
    if not values:
        return ""
    middle = f"{statistics.median(values):.1f}"
    return middle if len(values) == 1 else f"{middle} ({min(values):.1f} to {max(values):.1f})"


def _median(values: Iterable[float]) -> float:
    return statistics.median(values)


def _mean(values: Iterable[float]) -> float:
    return statistics.mean([*values] or [float("nan")])


def _last(error: str) -> str:
    return next(reversed(error.strip().splitlines()), "")
