"""Whether weaklink finds what the peers find when it follows their rules.

    python benchmarks/peers/parity.py MODEL RECORD [RECORD ...] [--out FOLDER]

What the peers found is taken from records of ``bench.py``; weaklink runs the rules on the same
samples. Where they differ, weaklink runs once more, with probabilities that are not rounded to the
grid on which its ties lie: what agrees then was a tie.
"""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from entrants import BEST, OURS, RULES, Entrant
from quality import plain
from setting import HERE, WARM_UP, Setting
from table import table

Result = dict[str, Any]

TIE = "a tie on weaklink's grid"
EXACTLY = replace(OURS, settings={**OURS.settings, "runtime": "torch", "rounded": False})


def main() -> None:
    options = arguments()
    records = [json.loads(path.read_text()) for path in options.records]
    drawn = list({text["id"]: text for record in records for text in record["texts"]}.values())
    setting = Setting(options.model, records[0]["data"], options.work.absolute(), options.threads)
    pythons = setting.prepare(drawn)

    def results(rule: str, samples: Sequence[Result], entrant: Entrant = OURS) -> dict[str, Result]:
        job = setting.job(rule, [*drawn[:WARM_UP], *samples], len(samples))
        run = setting.run(entrant, job, pythons)
        if "error" in run:
            raise SystemExit(run["error"])
        return by_id(run["samples"])

    found = []
    for rule in RULES:
        theirs = peer_results(records, rule)
        samples = [sample for sample in drawn if sample["id"] in theirs]
        ours = results(rule, samples)
        apart = [s for s in samples if differ(ours[s["id"]], theirs[s["id"]])]
        exact = results(rule, apart, EXACTLY) if apart else {}
        why = [explained(ours[key], exact[key], theirs[key]) for key in exact]
        found.append({"rule": rule, **agreement(ours, theirs), "apart": why})
    write(options.out, found)


def peer_results(records: Sequence[dict[str, Any]], rule: str) -> dict[str, Result]:
    """Return what the peer of a rule found for each sample, in the first round of each record."""
    peer, _, attack = rule.partition("-")
    runs = [
        run
        for record in records
        for run in record["runs"]
        if (run["entrant"], run["attack"], run["round"]) == (BEST[peer], attack, 0)
    ]
    return by_id([sample for run in runs for sample in run["samples"]])


def agreement(ours: dict[str, Result], theirs: dict[str, Result]) -> dict[str, int]:
    """Count the samples, equal statuses, joint successes, and equal texts of these."""
    pairs = [(ours[key], theirs[key]) for key in theirs]
    joint = [(a, b) for a, b in pairs if a["status"] == b["status"] == "succeeded"]
    return {
        "samples": len(pairs),
        "same_status": sum(a["status"] == b["status"] for a, b in pairs),
        "both_succeed": len(joint),
        "same_text": sum(not differ(a, b) for a, b in joint),
    }


def explained(ours: Result, exact: Result, theirs: Result) -> dict[str, str | None]:
    """Return what both found for a sample, and why they differ, as far as that is known."""
    return {
        "id": ours["id"],
        "weaklink": ours["text"],
        "peer": theirs["text"],
        "why": "" if differ(exact, theirs) else TIE,
    }


def differ(one: Result, other: Result) -> bool:
    """Say whether status or text differ, but for case and spacing."""
    texts = (plain(result["text"] or "") for result in (one, other))
    return one["status"] != other["status"] or len(set(texts)) > 1


def by_id(samples: Sequence[Result]) -> dict[str, Result]:
    return {sample["id"]: sample for sample in samples}


def write(out: Path, found: Sequence[dict[str, Any]]) -> None:
    (out / "parity.json").write_text(json.dumps(found, indent=1))
    (out / "parity.md").write_text(markdown(found))
    print(markdown(found))


def markdown(found: Sequence[dict[str, Any]]) -> str:
    """Return the counts, and every sample on which the two differ."""
    counts = table(
        "rule|same success|same text, of joint successes|ties|otherwise",
        [
            [
                row["rule"],
                f"{row['same_status']} of {row['samples']}",
                f"{row['same_text']} of {row['both_succeed']}",
                str(sum(one["why"] == TIE for one in row["apart"])),
                str(sum(one["why"] != TIE for one in row["apart"])),
            ]
            for row in found
        ],
    )
    apart = table(
        "rule|sample|weaklink|peer|why",
        [
            [row["rule"], one["id"], one["weaklink"] or "", one["peer"] or "", one["why"] or "?"]
            for row in found
            for one in row["apart"]
        ],
    )
    return f"{counts}\n{apart}"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("model", type=Path)
    parser.add_argument("records", type=Path, nargs="+")
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--work", type=Path, default=HERE / "work", help="environments, resources")
    parser.add_argument("--out", type=Path, default=HERE / "results")
    return parser.parse_args()


if __name__ == "__main__":
    main()
