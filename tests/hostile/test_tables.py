"""Parquet that weaklink writes, and that a stranger made large or of other columns."""

import contextlib
import gzip
import json
import random
import re
from shutil import copytree

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.popularity.snapshots import edge_table, edges, snapshot
from weaklink.cache import digest_of_file
from weaklink.campaigns.prepare.data import load_samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.specification import Specification
from weaklink.defences.pairs import read_pairs
from weaklink.errors import WeaklinkError
from weaklink.guards.parquet_file import read_parquet
from weaklink.guards.parquet_footer import Chunk, read_chunks
from weaklink.hub import CARDS, MODELS, Snapshot
from weaklink.hub.imports import import_records
from weaklink.lineage import EdgeTable
from weaklink.lineage.graph.edges import EDGES, REFUTED, UNRESOLVED
from weaklink.lineage.graph.index import INDEX
from weaklink.progress import Silent

from . import ROUNDS

TABLES = {
    ("snapshot", "models.parquet"): MODELS,
    ("snapshot", "cards.parquet"): CARDS,
    ("edges", "edges.parquet"): EDGES,
    ("edges", "unresolved.parquet"): UNRESOLVED,
    ("edges", "refuted.parquet"): REFUTED,
    **{("edges", name): columns for name, columns in INDEX.items()},
}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A snapshot and its edges."""
    root = tmp_path_factory.mktemp("written")
    source = snapshot(root / "snapshot", [{"id": f"a/m{i}"} for i in range(9)])
    edge_table(root / "edges", source, edges(("a/m1", "a/m0"), ("a/m2", "a/m0")))
    return root


@pytest.fixture
def copy(written, tmp_path):
    return copytree(written, tmp_path / "copy")


@pytest.fixture
def small(monkeypatch):
    """Small files are large enough."""
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_BYTES", 1_000_000)


def empty(kind, rows):
    """A column of nulls."""
    return pl.Series([None] * rows, dtype=kind).to_arrow()


def repeated(rows, *, nested=False):
    """One long text so many times, in a few bytes of Parquet."""
    texts = pa.array(["x" * 5_000] * rows)
    return pa.ListArray.from_arrays(range(rows + 1), texts) if nested else texts


def replace(path, columns):
    """Write a table, and say so in the manifest."""
    pq.write_table(pa.table(columns), path)
    said = json.loads((path.parent / "manifest.json").read_text())
    said["digests"][path.name] = digest_of_file(path)
    (path.parent / "manifest.json").write_text(json.dumps(said))


def read_all(root):
    """Read each table of a snapshot and of its edges."""
    source, table = Snapshot.open(root / "snapshot"), EdgeTable.open(root / "edges")
    for one in (source.models, source.cards, table.frame, table.unresolved, table.refuted):
        one.collect()
    table.index()


def columns_of(tables):
    return [(*table, name) for table, columns in tables.items() for name in columns]


@pytest.mark.parametrize(("folder", "name", "large"), columns_of(TABLES))
def test_each_column_is_bounded(folder, name, large, copy, small):
    """Texts by their length, other values by their number."""
    columns, path = TABLES[folder, name], copy / folder / name
    kind = columns[large]
    is_text = kind in (pl.String(), pl.List(pl.String()))
    rows = 900 if is_text else 70_000
    made = {one: empty(columns[one], rows) for one in columns}
    read_all(copy)
    replace(path, made | ({large: repeated(rows, nested=kind.is_nested())} if is_text else {}))
    assert path.stat().st_size < 50_000
    with pytest.raises(WeaklinkError, match=f"{re.escape(name)} is too large"):
        read_all(copy)


@pytest.mark.parametrize(("folder", "name", "other"), columns_of(TABLES))
def test_a_column_of_another_type_is_told(folder, name, other, copy):
    columns, path = TABLES[folder, name], copy / folder / name
    made = {one: empty(kind, 3) for one, kind in columns.items()}
    for change in ({other: pa.array([b"x"] * 3)}, None):
        replace(path, made | change if change else {"x": made[other]})
        with pytest.raises(WeaklinkError, match=f"{re.escape(name)} cannot be read: its column"):
            read_all(copy)


@pytest.mark.parametrize(
    "ends",
    [
        {"downstream": [9, 1], "upstream": [0, 0], "tier": [0, 0]},
        {"downstream": [1, None], "upstream": [0, 0], "tier": [0, 0]},
        {"downstream": [1, 2], "upstream": [0, 0], "tier": [0, 200]},
        {"downstream": [1], "upstream": [0], "tier": [0]},
    ],
    ids=["out of range", "nothing", "no tier", "of other edges"],
)
def test_an_index_of_other_edges_is_told(ends, copy):
    frame = pl.DataFrame(ends, INDEX["ends.parquet"])
    replace(
        copy / "edges" / "ends.parquet", {name: frame[name].to_arrow() for name in frame.columns}
    )
    with pytest.raises(WeaklinkError, match="damaged: its index"):
        read_all(copy)


HUB_STATS = {
    "a card": {"card": repeated(900)},
    "tags": {"tags": repeated(900, nested=True)},
    "a record": {"config": pa.StructArray.from_arrays([repeated(900)], ["model_type"])},
    "text that is bytes": {"card_text": repeated(900).cast(pa.binary())},
    "many rows": {"id": pa.array(["a/b"] * 70_000)},
}


@pytest.mark.parametrize("columns", HUB_STATS.values(), ids=HUB_STATS.keys())
def test_a_table_of_hub_records_is_bounded(columns, tmp_path, small):
    rows = len(next(iter(columns.values())))
    ids = {"id": pa.array([f"a/m{i}" for i in range(rows)])}
    path = tmp_path / "models.parquet"
    pq.write_table(pa.table(ids | columns), path)
    with pytest.raises(WeaklinkError, match="is too large"):
        import_records([path], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_an_archive_of_hub_records_is_bounded(tmp_path, monkeypatch, small):
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_GROWTH", 20)
    path = tmp_path / "models.jsonl.gz"
    with gzip.open(path, "wt") as file:
        for number in range(200):
            file.write(json.dumps({"id": f"a/m{number}", "card": "x" * 9_000}) + "\n")
    with pytest.raises(WeaklinkError, match="more than 1,000,000 characters"):
        import_records([path], tmp_path / "out")


def test_texts_that_were_attacked_are_bounded(tmp_path, small):
    path = tmp_path / "x.parquet"
    names = ("original_text", "adversarial_text", "attack", "gold_label")
    pq.write_table(pa.table(dict.fromkeys(names, repeated(300))), path)
    spec = Specification(replay=path, models=["m:f"])
    with pytest.raises(WeaklinkError, match="is too large"):
        load_samples(spec, [], [], Failures(strict=True), Silent())
    with pytest.raises(WeaklinkError, match="is too large"):
        read_pairs(path)


def test_a_footer_is_read_as_pyarrow_reads_it(tmp_path):
    path = tmp_path / "x.parquet"
    columns = {"a": ["x" * 99, "y"] * 300, "b": range(600), "c": [["x", "y"], None] * 300}
    encoding = {"a": "DELTA_BYTE_ARRAY", "b": "PLAIN", "c.list.element": "PLAIN"}
    pq.write_table(
        pa.table(columns), path, use_dictionary=False, column_encoding=encoding, row_group_size=250
    )
    about = pq.ParquetFile(path).metadata
    groups = [about.row_group(i) for i in range(about.num_row_groups)]
    chunks = [group.column(i) for group in groups for i in range(group.num_columns)]
    assert read_chunks(path) == [
        Chunk(
            one.path_in_schema.partition(".")[0], one.num_values, one.total_uncompressed_size,
            "DELTA_BYTE_ARRAY" in one.encodings,
        )
        for one in chunks
    ]  # fmt: skip


def test_any_footer_is_read_or_told(tmp_path):
    """Fuzzing: bytes of a table are exchanged or lost, most of them in its footer."""
    whole, path, draw = tmp_path / "whole.parquet", tmp_path / "x.parquet", random.Random(3)
    pl.DataFrame({"text": ["good", "bad"], "label": [1, 0], "tags": [["a"], None]}).write_parquet(
        whole
    )
    for _ in range(100 * ROUNDS):
        data = bytearray(whole.read_bytes())
        for _ in range(draw.choice([1, 1, 3, 20])):
            place = draw.randrange(len(data))
            if draw.randrange(3):
                data[place] = draw.randrange(256)
            else:
                del data[place : place + draw.choice([1, 2, 50])]
        path.write_bytes(data)
        with contextlib.suppress(OSError, WeaklinkError):
            read_parquet(path)
