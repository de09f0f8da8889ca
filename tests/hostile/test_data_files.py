"""Files of texts: a name is not a pattern, and no content is a traceback."""

import contextlib
import os
import random
from datetime import timedelta
from decimal import Decimal

import polars as pl
import pytest

from weaklink.data.datasets import load_split
from weaklink.data.files import load_file
from weaklink.errors import WeaklinkError
from weaklink.hub.imports import import_records

from . import ROUNDS

ROWS = "text,label\ngood,1\nbad,0\n"


def load(path):
    return load_file(str(path), text_column=None, label_column=None)


@pytest.mark.parametrize("name", ["rev[12].csv", "*.csv", "rev?.csv", "**/rev1.csv"])
def test_a_name_is_no_pattern(name, tmp_path):
    for number in "12":
        (tmp_path / f"rev{number}.csv").write_text(ROWS)
    with pytest.raises(WeaklinkError, match="there is no file"):
        load(tmp_path / name)


@pytest.mark.parametrize("name", ["..", ".", "a/..", "own", "own/reviews", "text", "imagefolder"])
def test_a_name_is_no_folder_of_files(name, tmp_path, monkeypatch):
    """``datasets`` reads whatever files are in a folder, and for some names in this one."""
    (tmp_path / "own" / "reviews").mkdir(parents=True)
    (tmp_path / "own" / "reviews" / "train.csv").write_text(ROWS)
    (tmp_path / "train.csv").write_text(ROWS)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("datasets.config.HF_HUB_OFFLINE", True)
    with pytest.raises(WeaklinkError, match=r"names files of this machine|is neither a file"):
        load_split(name)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir, lambda path: path.symlink_to("/dev/zero")])
def test_a_pipe_a_folder_and_a_device_are_no_files(ending, make, tmp_path):
    """Of them, one is waited for, and one is read until memory is full."""
    path = tmp_path / f"x.{ending}"
    make(path)
    for read in (load, lambda path: import_records([path], tmp_path / "out")):
        with pytest.raises(WeaklinkError, match="is not a file"):
            read(path)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_a_file_with_a_pattern_for_a_name_is_read(ending, tmp_path):
    path = tmp_path / f"rev[12]*?.{ending}"
    frame = pl.DataFrame({"text": ["good", "bad"], "label": [1, 0]})
    with path.open("wb") as file:
        {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}[
            ending
        ](file)
    assert load(path).texts == ["good", "bad"]


@pytest.mark.parametrize(
    "column",
    [
        [b"\xff\xfe", b"a"],
        [timedelta(1), timedelta(2)],
        [Decimal("1.5"), Decimal(2)],
        [2.5, float("nan")],
        [["a"], ["b"]],
        [{"a": 1}, {"a": 2}],
        [None, None],
    ],
    ids=repr,
)
@pytest.mark.parametrize("role", ["text", "label"])
def test_columns_of_any_type(column, role, tmp_path):
    other = "label" if role == "text" else "text"
    path = tmp_path / "x.parquet"
    pl.DataFrame({role: column, other: ["a", "b"]}).write_parquet(path)
    with contextlib.suppress(WeaklinkError):
        load(path)


CONTENTS = {
    "x.jsonl": b'{"text": "a", "label": 99999999999999999999999999}\n{"text": "b", "label": 1}\n',
    "y.jsonl": b'{"text": "\\ud800", "label": 1}\n{"text": "b", "label": 0}\n',
    "z.jsonl": b"[1]\n7\nnull\n",
    "x.csv": b"text,label\n\xff\xfe,1\nb,0\n",
    "y.csv": b"text,label\n\0,1\nb,0\n",
    "z.csv": b'"text,label\n',
    "huge.csv": b"text,label\na," + b"9" * 5_000 + b"\nb,0\n",
    "x.parquet": b"PAR1PAR1",
    "y.parquet": b"",
}


@pytest.mark.parametrize(("name", "content"), CONTENTS.items(), ids=CONTENTS.keys())
def test_contents_of_any_kind(name, content, tmp_path):
    (tmp_path / name).write_bytes(content)
    with contextlib.suppress(WeaklinkError):
        load(tmp_path / name)


@pytest.mark.parametrize("ending", ["csv", "jsonl", "parquet"])
def test_files_with_exchanged_bytes(ending, tmp_path):
    """Fuzzing: bytes of a whole file are exchanged, by a fixed seed."""
    random_ = random.Random(ending)
    frame = pl.DataFrame({"text": ["good film", "bad ☹"] * 9, "label": [1, 0] * 9})
    path = tmp_path / f"x.{ending}"
    write = {"csv": frame.write_csv, "jsonl": frame.write_ndjson, "parquet": frame.write_parquet}
    write[ending](path)
    whole = path.read_bytes()
    for _ in range(150 * ROUNDS):
        data = bytearray(whole)
        for _ in range(random_.randint(1, 6)):
            data[random_.randrange(len(data))] = random_.randrange(256)
        path.write_bytes(data[: random_.choice([len(data), random_.randrange(len(data))])])
        with contextlib.suppress(WeaklinkError):
            load(path)
