"""How much the victim's own doubt finds in published adversarial texts, from their probabilities.

TextAttack writes with each text how far the victim is from the right label. So the score of the
detector ``confidence`` is known of victims that are not here. RDE's authors publish such files of
BERT-base on IMDB, SST-2 and others, in ``attack_results/`` of commit 794c235 of
https://github.com/bangawayoo/adversarial-examples-in-text-classification.

    python -m benchmarks.attacks.corpora FILE.csv ...
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl

from weaklink.measures import Estimate
from weaklink.measures.defences.detection import Scored, detection

COLUMNS = ("original_score", "perturbed_score", "result_type")


def row(path: Path) -> str:
    """Return a line of the table, of a file about two labels."""
    table = pl.read_csv(path, columns=COLUMNS, infer_schema_length=None).with_row_index("sample")
    table = table.with_columns(
        pl.max_horizontal(name, 1 - pl.col(name)).alias(name) for name in COLUMNS[:2]
    )
    fallen = table.filter(pl.col("result_type") == "Successful")
    wrong = table.filter(pl.col("result_type") == "Skipped")
    figures, of_wrong = (
        detection(doubts(fallen, "perturbed_score"), doubts(one, "original_score"), seed=0)
        for one in (table, wrong)
    )
    medians = (
        float(np.median(one)) for one in (table["original_score"], fallen["perturbed_score"])
    )
    told = (
        path.stem,
        f"{1 - len(wrong) / len(table):.1%}",
        ", ".join(f"{one:.4f}" for one in medians),
        f"{len(fallen)}, {len(table)}",
        *(("", "") if figures is None else (shown(figures.auroc), shown(figures.f1))),
        "" if of_wrong is None else shown(of_wrong.auroc),
    )
    return f"| {' | '.join(told)} |"


def doubts(table: pl.DataFrame, column: str) -> Scored:
    """Return 1 less the highest probability, and the sample of each text."""
    return Scored.of((1 - table[column]).to_list(), table["sample"].to_list())


def shown(found: Estimate) -> str:
    return f"{found.value:.3f} [{found.low:.3f}, {found.high:.3f}]"


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    options = parser.parse_args(arguments)
    head = (
        "file", "right on", "median probability: unaltered, adversarial", "adversarial, unaltered",
        "AUROC", "F1 at 10 % false", "AUROC against wrong ones",
    )  # fmt: skip
    print(f"| {' | '.join(head)} |\n{'| --- ' * len(head)}|")
    print("\n".join(map(row, options.files)))


if __name__ == "__main__":
    main()
