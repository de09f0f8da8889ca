"""Holds tiny classifiers of every architecture against transformers' pipeline; prints a table.

python -m benchmarks.architectures
"""

from __future__ import annotations

from tempfile import TemporaryDirectory

import torch
from tests.victims.pipeline.check import PLAIN, SPECIAL, gradient_error, rows_hold, score_error
from tests.victims.pipeline.zoo import KINDS
from transformers import pipeline

from weaklink.text import markdown_table
from weaklink.victims import load_victim

HEADING = (
    "architecture",
    "scores",
    "batch",
    "gradient",
    "special tokens",
    "texts that share a pass",
)


def row(name: str) -> tuple[str, ...]:
    """Return what was measured of one architecture."""
    with TemporaryDirectory() as folder:
        KINDS[name].save(folder)
        classify = pipeline("text-classification", folder, dtype=torch.float32, device="cpu")
        victim = load_victim(folder, device="cpu")
    return (
        name,
        f"{score_error(victim, classify, PLAIN):.0e}",
        "equal" if rows_hold(victim) else "DIFFERS",
        f"{gradient_error(victim, classify):.0e}",
        f"{score_error(victim, classify, SPECIAL):.0e}",
        victim.network.layout.told,
    )


if __name__ == "__main__":
    print(markdown_table(HEADING, [row(name) for name in KINDS]))
