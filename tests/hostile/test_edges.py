"""Edges whose files are damaged are told, whichever byte it is."""

import random
import re
from shutil import copytree

import pytest

from tests.popularity.snapshots import edge_table, edges, snapshot
from weaklink.errors import WeaklinkError
from weaklink.lineage import EdgeTable

from . import ROUNDS

FILES = ("edges.parquet", "unresolved.parquet", "refuted.parquet", "ids.parquet", "ends.parquet")


@pytest.fixture(scope="module")
def edges_folder(tmp_path_factory):
    root = tmp_path_factory.mktemp("lineage")
    source = snapshot(root / "s", [{"id": f"a/m{i}"} for i in range(300)])
    return edge_table(root / "edges", source, edges(*((f"a/m{i}", "a/m0") for i in range(1, 300))))


@pytest.mark.parametrize("name", FILES)
def test_damaged_edges_are_told(name, edges_folder, tmp_path):
    """Bytes exchanged, lost or added anywhere, in the middle of a column too."""
    draw = random.Random(name)
    whole = (edges_folder.folder / name).read_bytes()
    copytree(edges_folder.folder, tmp_path / "edges")
    for _ in range(20 * ROUNDS):
        place, data = draw.randrange(len(whole)), bytearray(whole)
        match draw.randrange(3):
            case 0:
                data[place] ^= draw.randrange(1, 256)
            case 1:
                del data[place : place + draw.choice([1, 50, len(whole)])]
            case _:
                data[place:place] = draw.randbytes(draw.choice([1, 9, 5_000]))
        (tmp_path / "edges" / name).write_bytes(data)
        with pytest.raises(WeaklinkError, match=re.escape(f"damaged: '{name}'")):
            EdgeTable.open(tmp_path / "edges")
    (tmp_path / "edges" / name).unlink()
    with pytest.raises(WeaklinkError, match="damaged"):
        EdgeTable.open(tmp_path / "edges")


def test_damaged_edges_of_an_older_version_are_told_or_read(edges_folder, tmp_path):
    copytree(edges_folder.folder, tmp_path / "edges")
    older = edges_folder.manifest.model_dump_json(exclude={"digests"})
    (tmp_path / "edges" / "manifest.json").write_text(older)
    assert EdgeTable.open(tmp_path / "edges").frame.collect().height == 299
    draw, told = random.Random(2), 0
    for _ in range(40 * ROUNDS):
        name = draw.choice(FILES)
        whole = (edges_folder.folder / name).read_bytes()
        data = bytearray(whole)
        data[draw.randrange(len(whole))] ^= draw.randrange(1, 256)
        (tmp_path / "edges" / name).write_bytes(data)
        try:
            table = EdgeTable.open(tmp_path / "edges")
            table.frame.collect()
            table.index()
        except WeaklinkError:
            told += 1
        (tmp_path / "edges" / name).write_bytes(whole)
    assert told
