"""Labelled texts in local files."""

import datasets
import polars as pl
import pytest

from weaklink.data.datasets import load_split
from weaklink.data.files import read_texts
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
    with pytest.raises(WeaklinkError, match="line 2 is not UTF-8 .byte 0xe9"):
        load_split(str(tmp_path / "a.csv"))


def test_a_missing_file_and_a_split_of_a_file_are_told(tmp_path):
    with pytest.raises(WeaklinkError, match="there is no file"):
        load_split(str(tmp_path / "missing.csv"))
    file = write(tmp_path / "own.csv", pl.DataFrame({"text": ["a", "b"], "label": [0, 1]}))
    with pytest.raises(WeaklinkError, match="has no split 'test'"):
        load_split(file, "test")


def read(tmp_path, name, content):
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    split = load_split(str(tmp_path / name))
    return list(zip(split.texts, [split.labels[i] for i in split.gold], strict=True))


LATE = "\n".join([*(f'{{"text": "t{i}"}}' for i in range(150)), '{"text": "a", "label": "x"}'])
MANY = [f'{{"text": "t{i}", "label": {i % 2}}}' for i in range(300)]


@pytest.mark.parametrize(
    ("name", "content", "rows"),
    [
        ("a.csv", "\ufefftext,label\na,x\nb,y\n", [("a", "x"), ("b", "y")]),
        ("a.csv", "text;label\na, or b;x\nb;y\n", [("a, or b", "x"), ("b", "y")]),
        ("a.csv", "text\tlabel\na, or b\tx\n", [("a, or b", "x")]),
        ("a.tsv", 'text\tlabel\n"a\tx\nb"\ty\n', [('"a', "x"), ('b"', "y")]),
        ("a.tsv", 'text\tlabel\nit is 5" long\tx\n', [('it is 5" long', "x")]),
        ("a.csv", "text,label\r\na,x\r\n\r\nb,y\r\n", [("a", "x"), ("b", "y")]),
        ("a.csv", "text,label\na,x\nb,y\n".encode("utf-16"), [("a", "x"), ("b", "y")]),
        ("a.csv", b" text , label \na,x\nb,y\n", [("a", "x"), ("b", "y")]),
        ("a.jsonl", '\ufeff{"text": "a", "label": 1}\n', [("a", "1")]),
        ("a.jsonl", '{"text": "a\u2028b", "label": 1}\n', [("a\u2028b", "1")]),
        ("a.csv", "text,label\na,Positive\nb,positive \nc,positive\n",
         [("a", "positive"), ("b", "positive"), ("c", "positive")]),
        ("a.csv", "text,label\na,n\u00e9gatif\nb,ne\u0301gatif\nc,n\u00e9gatif\n",
         [("a", "n\u00e9gatif"), ("b", "n\u00e9gatif"), ("c", "n\u00e9gatif")]),
        ("a.csv", "text,label\na,very good\nb,very\u00a0good\nc,very good\n",
         [("a", "very good"), ("b", "very good"), ("c", "very good")]),
        ("a.csv", "text,label\na,-1\nb,1\n", [("a", "-1"), ("b", "1")]),
    ],
)  # fmt: skip
def test_files_as_people_write_them(tmp_path, name, content, rows):
    assert read(tmp_path, name, content) == rows


def test_integers_that_become_strings_later_are_read(tmp_path):
    rows = read(tmp_path, "a.jsonl", "\n".join([*MANY, '{"text": "late", "label": "two"}']))
    assert rows[0] == ("t0", "0")
    assert rows[-1] == ("late", "two")


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.jsonl", LATE, "row 0 .* has no label in the column 'label'"),
        ("a.jsonl", '{"text": "a"}\nnonsense\n', "line 2 is not JSON"),
        ("a.jsonl", '{"text": "a"}\n[1]\n', "line 2 is not a JSON object"),
        ("a.csv", "text,label\na,1\nb,c,0\n", "row 1, in line 3, has 3 fields, and the header 2"),
        ("a.csv", "text,label\na,0.1\nb,0.5\nc,0.9\n", "0.1: that is regression"),
        ("a.csv", "text,label\na,-1\nb,-1\n", "no gold labels"),
        ("a.csv", "text,label\na,1\n".encode("utf-16")[:-1], "line 2 is not UTF-16"),
        ("a.csv", "text,label\na,1\n".encode("utf-16-le"), "without a byte order mark"),
        ("a.csv", "text,label\na,1\n".encode("utf-16-be"), "without a byte order mark"),
        ("a.jsonl", b'{"text": "a", "label": NaN}\n', "row 0 of .* has no label"),
    ],
)
def test_a_file_is_refused_with_the_true_reason_and_row(tmp_path, name, content, problem):
    with pytest.raises(WeaklinkError, match=problem):
        read(tmp_path, name, content)


def test_a_row_that_is_labelled_minus_one_beside_numbers_from_zero_has_no_label(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\na,-1\nb,0\nc,1\n")
    split = load_split(str(tmp_path / "a.csv"))
    assert split.labels == ("0", "1")
    assert split.unlabelled == 1
    assert [one.id for one in split.draw(None, 0, sampling="first").samples] == ["file:1", "file:2"]
    assert split.labelled() == (["b", "c"], [0, 1])


def test_names_of_labels_in_the_schema_of_a_parquet_file_are_read(tmp_path):
    features = datasets.Features(
        {"text": datasets.Value("string"), "label": datasets.ClassLabel(names=["World", "Arts"])}
    )
    rows = datasets.Dataset.from_dict({"text": ["a", "b"], "label": [1, 0]}, features=features)
    rows.to_parquet(tmp_path / "a.parquet")
    split = load_split(str(tmp_path / "a.parquet"))
    assert split.labels == ("World", "Arts")
    assert split.gold == [1, 0]
    assert split.ordered


def test_the_order_of_words_is_the_alphabets_alone(tmp_path):
    (tmp_path / "a.csv").write_text("text,label\na,x\nb,y\n")
    assert not load_split(str(tmp_path / "a.csv")).ordered


def test_texts_are_read_without_labels(tmp_path):
    (tmp_path / "a.csv").write_text("text\na\nb\n")
    assert read_texts(str(tmp_path / "a.csv"), None) == ["a", "b"]
    with pytest.raises(WeaklinkError, match="no column 'body'"):
        read_texts(str(tmp_path / "a.csv"), "body")
