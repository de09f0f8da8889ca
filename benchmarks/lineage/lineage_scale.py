"""Lineage and statistics of a whole Hub: time and memory from 20,000 models to 2 million.

Makes a synthetic snapshot of each size (three edges to four models, drawn so that early models are
reused most and merges have three upstreams), then, each in a process of its own on two cores: the
edges from metadata, all figures of popularity and reuse over every model, and the surroundings of
the most reused model and of the newest one.

Usage: ``python -m benchmarks.lineage.lineage_scale [MODELS ...]``.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl

from weaklink.hub import CARDS, MODELS, Snapshot, write_snapshot
from weaklink.lineage.build import build
from weaklink.lineage.graph.edges import EdgeTable
from weaklink.popularity.measure import measure

NAME = "owner/model-{:07}"
SIZES = (20_000, 200_000, 2_000_000)
TASKS = ["text-classification", "text-generation", "fill-mask", "image-classification"]
LICENCES = ["apache-2.0", "mit", None]
BATCH = 250_000
FIRST, ROOTS, MERGED = 10, 0.3, 0.04  # the first models and a share of all have no upstream
GIVEN = {"id", "sha", "pipeline", "licence", "base_models", "downloads", "status", "tags"}


def make_snapshot(folder: Path, size: int) -> None:
    """Write a snapshot of so many models, with three edges to four models."""
    when = datetime.now(UTC)
    write_snapshot(
        folder,
        (models(start, min(size, start + BATCH)) for start in range(0, size, BATCH)),
        [pl.DataFrame(schema=CARDS)],
        source="synthetic", query={}, started=when, finished=when,
    )  # fmt: skip


def models(start: int, end: int) -> pl.DataFrame:
    """Return the models with these numbers; upstreams have lower ones, so there is no cycle."""
    generator = np.random.default_rng(start)
    numbers = np.arange(start, end)
    upstream = (numbers * generator.random((3, len(numbers))) ** 6).astype(int)
    count = np.where(generator.random(len(numbers)) < MERGED, 3, 1)
    count[(generator.random(len(numbers)) < ROOTS) | (numbers < FIRST)] = 0
    downloads = generator.zipf(1.6, len(numbers)) - 1
    frame = pl.DataFrame({"number": numbers, "count": count, "downloads": downloads})
    names = [pl.format("owner/model-{}", _padded(pl.Series(row))) for row in upstream]
    absent = [pl.lit(None, kind).alias(name) for name, kind in MODELS.items() if name not in GIVEN]
    return frame.with_columns(
        *absent,
        id=pl.format("owner/model-{}", _padded(pl.col("number"))),
        sha=pl.col("number").hash(7).cast(pl.String),
        pipeline=pl.Series(TASKS).gather(numbers % len(TASKS)),
        licence=pl.Series(LICENCES).gather(numbers % len(LICENCES)),
        base_models=pl.concat_list(names).list.head("count"),
        downloads=pl.col("downloads").clip(0, 10**8),
        status=pl.lit("ok"),
        tags=pl.lit([], MODELS["tags"]),
    ).match_to_schema(MODELS, extra_columns="ignore")


def _padded(numbers: pl.Expr | pl.Series) -> pl.Expr:
    expression = pl.lit(numbers) if isinstance(numbers, pl.Series) else numbers
    return expression.cast(pl.String).str.zfill(7)


def stage(name: str, folder: Path, size: int) -> None:
    """Run one stage in this process and print its seconds and peak memory in GiB."""
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:2])
    start = time.perf_counter()
    if name == "make":
        make_snapshot(folder / "snapshot", size)
    elif name == "edges":
        build(Snapshot.open(folder / "snapshot"), folder / "lineage", tiers=("declared",))
    elif name == "statistics":
        measure(Snapshot.open(folder / "snapshot"), EdgeTable.open(folder / "lineage"), task=None)
    seconds = time.perf_counter() - start
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{seconds:.1f} {peak:.2f}")


def newest(folder: Path) -> str:
    """Return the newest model that has an upstream."""
    return (
        EdgeTable.open(folder / "lineage").frame.select(pl.col("downstream").max()).collect().item()
    )


def run(name: str, folder: Path, size: int) -> tuple[float, float]:
    """Run a stage in a process of its own; return its seconds and peak memory."""
    command = [sys.executable, __file__, "--stage", name, str(folder), str(size)]
    environment = os.environ | {"POLARS_MAX_THREADS": "2", "OMP_NUM_THREADS": "2"}
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    seconds, peak = done.stdout.split()
    return float(seconds), float(peak)


def show(model: str, folder: Path) -> str:
    """Return the seconds of ``weaklink lineage show``, start included, and of processor time."""
    arguments = ["lineage", "show", model, "--edges", str(folder / "lineage")]
    code = "from weaklink.cli.app import main; main()"
    before, start = processor_time(), time.perf_counter()
    subprocess.run([sys.executable, "-c", code, *arguments], check=True, capture_output=True)
    return f"{time.perf_counter() - start:.1f} ({processor_time() - before:.1f})"


def processor_time() -> float:
    """Return the processor seconds that all processes started from here have used."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main(sizes: list[int]) -> None:
    """Print one row for each size."""
    print(
        "| models | edges | edges (s) | statistics (s) | together (s) | peak (GiB) "
        "| show newest (s, of processor time) | show most reused (s, of processor time) |"
    )
    print("| --- " * 8 + "|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            run("make", folder, size)
            edges, edges_peak = run("edges", folder, size)
            statistics, statistics_peak = run("statistics", folder, size)
            found = EdgeTable.open(folder / "lineage").manifest.edges
            print(
                f"| {size:,} | {found:,} | {edges:.1f} | {statistics:.1f} "
                f"| {edges + statistics:.1f} | {max(edges_peak, statistics_peak):.2f} "
                f"| {show(newest(folder), folder)} | {show(NAME.format(0), folder)} |",
                flush=True,
            )


if __name__ == "__main__":
    if "--stage" in sys.argv:
        stage(sys.argv[2], Path(sys.argv[3]), int(sys.argv[4]))
    else:
        main([int(size) for size in sys.argv[1:]] or list(SIZES))
