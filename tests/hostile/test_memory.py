"""Small files that would take gigabytes are refused before they do."""

import gzip
import json
import zipfile
from base64 import b64encode

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import torch
from safetensors.torch import load_file as load_tensors

from tests.victims.tiny import save_tiny
from weaklink.data.files import load_file
from weaklink.errors import WeaklinkError
from weaklink.hub.imports import import_records
from weaklink.lineage.weights.sources import unpickled
from weaklink.victims import load_victim


@pytest.fixture
def folder(tmp_path):
    save_tiny(tmp_path)
    return tmp_path


def refused(folder, match):
    with pytest.raises(WeaklinkError, match=match):
        load_victim(str(folder), device="cpu")


def read(path):
    return load_file(str(path), text_column=None, label_column=None)


def repeated(value, rows, kind):
    """A column that has one text so often: a few bytes of Parquet."""
    column = pa.DictionaryArray.from_arrays(pa.array([0] * rows, pa.int32()), pa.array([value]))
    return column if kind == "dictionary" else column.cast(kind)


@pytest.mark.parametrize("kind", ["dictionary", pa.string(), pa.large_string(), pa.binary()])
def test_a_table_of_one_long_text_many_times(kind, tmp_path, monkeypatch):
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_BYTES", 1_000_000)
    path = tmp_path / "x.parquet"
    pq.write_table(
        pa.table({"text": repeated("x" * 1_000, 2_000, kind), "label": [1] * 2_000}), path
    )
    assert path.stat().st_size < 20_000
    with pytest.raises(WeaklinkError, match="too large"):
        read(path)


def test_a_table_of_ten_gigabytes(tmp_path):
    path = tmp_path / "x.parquet"
    text = repeated("x" * 100_000, 100_000, "dictionary")
    pq.write_table(pa.table({"text": text, "label": text}), path)
    with pytest.raises(WeaklinkError, match="more than 1,000,000,000 bytes"):
        read(path)


def test_a_table_of_texts_that_each_differ_in_their_last_letters(tmp_path):
    """They are not dictionaries, and their pages shrink to a thousandth."""
    path = tmp_path / "x.parquet"
    kind = pa.schema([("text", pa.large_string()), ("label", pa.int64())])
    with pq.ParquetWriter(path, kind, compression="zstd", use_dictionary=False) as file:
        text = "x" * 1_000_000
        some = pa.table({"text": [f"{text}{i}" for i in range(50)], "label": [1] * 50}, kind)
        for _ in range(21):
            file.write_table(some)
    assert path.stat().st_size < 500_000
    with pytest.raises(WeaklinkError, match="more than 1,000,000,000 bytes"):
        read(path)


def test_a_table_whose_rows_repeat_the_row_before(tmp_path, monkeypatch):
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_BYTES", 1_000_000)
    path = tmp_path / "x.parquet"
    texts = [f"{'x' * 10_000}{i}" for i in range(200)]
    encoding = {"text": "DELTA_BYTE_ARRAY", "label": "PLAIN"}
    pq.write_table(
        pa.table({"text": texts, "label": [1] * 200}),
        path, use_dictionary=False, column_encoding=encoding,
    )  # fmt: skip
    with pytest.raises(WeaklinkError, match="more than 1,000,000 bytes"):
        read(path)
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_BYTES", 3_000_000)
    assert read(path).texts == texts


@pytest.mark.parametrize(
    "column",
    [[b"12345678"] * 900, [["abcdefgh"] * 9] * 900, [{"a": "b"}] * 900],
    ids=["fixed", "lists", "records"],
)
def test_other_columns_are_bounded_too(column, tmp_path, monkeypatch):
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_VALUES", 2_000)
    path = tmp_path / "x.parquet"
    kind = pa.binary(8) if isinstance(column[0], bytes) else None
    rows = {"text": ["good"] * 900, "label": [1] * 900, "other": pa.array(column, kind)}
    pq.write_table(pa.table(rows), path)
    with pytest.raises(WeaklinkError, match="values"):
        read(path)
    monkeypatch.setattr("weaklink.guards.parquet_file.MOST_VALUES", 20_000)
    assert len(read(path).texts) == 900


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl"])
def test_a_table_of_many_columns(ending, tmp_path):
    path = tmp_path / f"x.{ending}"
    rows = [f'{{"text": "a", "label": 1, "{i}": 1}}' for i in range(10_001)]
    tabs = {"csv": ",", "tsv": "\t"}.get(ending, "") * 1_000_000
    path.write_text("\n".join(rows) if ending == "jsonl" else f"text{tabs}label\na{tabs}1\n")
    with pytest.raises(WeaklinkError, match="columns, more than"):
        read(path)


def test_a_line_of_an_archive_that_does_not_end(tmp_path):
    path = tmp_path / "models.jsonl.gz"
    with gzip.open(path, "wb") as file:
        file.write(b'{"id": "' + b"x" * 20_000_000)
    with pytest.raises(WeaklinkError, match="more than 10,000,000 characters"):
        import_records([path], tmp_path / "out")


def test_pickled_weights_in_a_compressed_archive(folder):
    torch.save(load_tensors(folder / "model.safetensors"), folder / "plain.bin")
    (folder / "model.safetensors").unlink()
    with zipfile.ZipFile(folder / "plain.bin") as plain:
        parts = {name: plain.read(name) for name in plain.namelist()}
    weights = folder / "pytorch_model.bin"
    with zipfile.ZipFile(weights, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name, content + bytes(1_000_000) * name.endswith("data.pkl"))
    refused(folder, "unpacks to")
    with pytest.raises(WeaklinkError):
        unpickled("a/b", weights, pickled=True)


def test_pickled_weights_that_repeat_one_number(folder):
    tensors = load_tensors(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    weights = folder / "pytorch_model.bin"
    torch.save(tensors | {"x": torch.zeros(1).expand(10**6, 10**6)}, weights)
    refused(folder, "larger than the file")
    with pytest.raises(WeaklinkError):
        unpickled("a/b", weights, pickled=True)


LONG_MAP = b64encode(bytes(4) + b"a" * 40_000).decode()
NORMALIZERS = {
    "laughs": [{"type": "Replace", "pattern": {"String": "o"}, "content": "o" * 10}] * 10,
    "one letter": [{"type": "Replace", "pattern": {"Regex": "."}, "content": "good " * 9_000}],
    "nothing": [{"type": "Replace", "pattern": {"Regex": ""}, "content": "a"}] * 20,
    "before": [{"type": "Prepend", "prepend": "good " * 9_000}],
    "map": [
        {
            "type": "Precompiled",
            "precompiled_charsmap": b64encode(bytes(4) + b"a" * 40_000).decode(),
        }
    ],
}


def test_a_map_of_characters_that_ends_the_library_is_told(folder):
    steps = {"type": "Precompiled", "precompiled_charsmap": "AAAAAAYW"}
    change_tokenizer(folder, normalizer=lambda _: steps)
    refused(folder, "cannot be loaded")


def change_tokenizer(folder, **parts):
    path = folder / "tokenizer.json"
    said = json.loads(path.read_text())
    path.write_text(json.dumps(said | {name: part(said[name]) for name, part in parts.items()}))


@pytest.mark.parametrize("steps", NORMALIZERS.values(), ids=NORMALIZERS.keys())
def test_a_tokenizer_that_makes_texts_huge(steps, folder):
    change_tokenizer(folder, normalizer=lambda _: {"type": "Sequence", "normalizers": steps})
    refused(folder, "times as long")


@pytest.mark.parametrize("many", ["single", "special_tokens"])
def test_a_tokenizer_that_puts_many_tokens_around_a_text(many, folder):
    token = {"SpecialToken": {"id": "[CLS]", "type_id": 0}}
    more = {
        "single": lambda said: [token] * 200 + said,
        "special_tokens": lambda said: said | {"x": {"id": "x", "ids": [2] * 200, "tokens": []}},
    }[many]
    change_tokenizer(folder, post_processor=lambda said: said | {many: more(said[many])})
    refused(folder, "tokens around")


def test_plain_tables_are_read_as_before(tmp_path):
    path = tmp_path / "x.parquet"
    frame = pl.DataFrame({"text": ["good", "bad"], "label": [1, 0], "ids": [[1], [2]]})
    frame.write_parquet(path)
    assert read(path).texts == ["good", "bad"]
