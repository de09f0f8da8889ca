"""Labelled texts in local files."""

import polars as pl
import pytest

from weaklink.data.datasets import load_split
from weaklink.errors import WeaklinkError

TEXTS = ["good, or so", 'bad "film"', "naïve ☃\nfilm"]


def write(path, frame):
    writers = {
        ".csv": frame.write_csv,
        ".tsv": lambda file: frame.write_csv(file, separator="\t"),
        ".jsonl": frame.write_ndjson,
        ".parquet": frame.write_parquet,
    }
    writers[path.suffix](path)
    return str(path)


@pytest.mark.parametrize("ending", [".csv", ".tsv", ".jsonl", ".parquet"])
@pytest.mark.parametrize(
    ("labels", "names"),
    [
        ([1, 0, 1], ("0", "1")),
        ([10, 9, 10], ("9", "10")),
        (["pos", "neg", "pos"], ("neg", "pos")),
        ([True, False, True], ("false", "true")),
        ([1.0, 0.0, 1.0], ("0", "1")),
    ],
)
def test_every_kind_of_file_gives_the_same_rows(ending, labels, names, tmp_path):
    file = write(tmp_path / f"own{ending}", pl.DataFrame({"text": TEXTS, "label": labels}))
    split = load_split(file)
    assert split.texts == TEXTS
    assert split.labels == names
    assert split.gold == [1, 0, 1]
    assert split.source == f"file own{ending}"
    assert split.draw(1, 0).samples[0].id.startswith("file:")


def test_columns_are_guessed_or_named(tmp_path):
    frame = pl.DataFrame(
        {"id": [1, 2], "Review": ["a", "b"], "title": ["c", "d"], "Sentiment": [0, 1]}
    )
    file = write(tmp_path / "own.csv", frame)
    assert load_split(file).texts == ["a", "b"]
    assert load_split(file, text_column="title").texts == ["c", "d"]
    assert load_split(file, label_column="id").labels == ("1", "2")


def test_a_missing_column_is_told_with_those_that_are_there(tmp_path):
    file = write(tmp_path / "own.csv", pl.DataFrame({"words": ["a", "b"], "mark": [0, 1]}))
    with pytest.raises(
        WeaklinkError, match="looks like the text. Its columns are words, mark"
    ) as e:
        load_split(file)
    assert "--text-column" in e.value.remedy
    with pytest.raises(WeaklinkError, match="no column 'marks'. Its columns are words, mark"):
        load_split(file, text_column="words", label_column="marks")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.csv", "", "is empty"),
        ("a.csv", "text,label\n", "is empty"),
        ("a.csv", "text,label\ngood,1\nfine,\n", "row 1 .* has no label"),
        ("a.csv", "text,label\n ,1\n,0\n", "no texts"),
        ("a.jsonl", "{not json", "cannot be read"),
        ("a.jsonl", '{"text": ["a"], "label": 0}\n', "holds lists or records"),
        ("a.parquet", "no parquet", "cannot be read"),
        ("a.xml", "<a/>", "cannot read files of the type"),
    ],
)
def test_a_file_that_cannot_be_used_is_told(name, content, problem, tmp_path):
    (tmp_path / name).write_text(content)
    with pytest.raises(WeaklinkError, match=problem):
        load_split(str(tmp_path / name))


def test_a_file_that_is_not_utf_8_is_told(tmp_path):
    (tmp_path / "a.csv").write_bytes("text,label\ncafé,1\nthé,0\n".encode("latin-1"))
    with pytest.raises(WeaklinkError, match="cannot be read"):
        load_split(str(tmp_path / "a.csv"))


def test_a_missing_file_and_a_split_of_a_file_are_told(tmp_path):
    with pytest.raises(WeaklinkError, match="there is no file"):
        load_split(str(tmp_path / "missing.csv"))
    file = write(tmp_path / "own.csv", pl.DataFrame({"text": ["a", "b"], "label": [0, 1]}))
    with pytest.raises(WeaklinkError, match="has no split 'test'"):
        load_split(file, "test")
