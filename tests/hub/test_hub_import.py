"""Snapshots from Hub-stats Parquet and JSON Lines, and single records in any year's spelling."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.errors import WeaklinkError
from weaklink.hub import MODELS, Snapshot
from weaklink.hub.cards import CARD_BYTES
from weaklink.hub.imports import import_records
from weaklink.hub.record import is_hub_id, row_of

OLD = {
    "modelId": "ann/old",
    "sha": "a" * 40,
    "lastModified": "2022-01-20T12:13:34.000Z",
    "tags": ["bert", "en", "tf", "dataset:glue", "license:mit"],
    "pipeline_tag": "text-classification",
    "config": {"architectures": ["BertModel"], "model_type": "bert", "_name_or_path": "bert-base"},
    "downloads": 7,
    "likes": 1,
    "has_card": True,
}
NEW = {
    "id": "ann/new",
    "createdAt": datetime(2024, 1, 2, 3, 4, 5, tzinfo=UTC),
    "gated": "auto",
    "downloads": 5,
    "downloadsAllTime": 500,
    "tags": ["base_model:x/y", "base_model:adapter:x/y"],
    "cardData": json.dumps({"base_model": ["x/y", "x/z"], "language": ["de"], "license": "gpl"}),
    "baseModels": json.dumps({"models": [{"_id": "1", "id": "x/w"}], "relation": "merge"}),
    "siblings": None,
}


def write_lines(path, *records):
    text = "".join(json.dumps(record) + "\n" for record in records)
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)
    return path


def rows(snapshot: Snapshot) -> dict[str, dict]:
    return {row["id"]: row for row in snapshot.models.collect().iter_rows(named=True)}


def test_json_lines_of_two_files_are_one_snapshot(tmp_path):
    listing = write_lines(
        tmp_path / "meta.jsonl.gz", OLD, {"modelId": "bob/bare", "has_card": False}
    )
    cards = write_lines(
        tmp_path / "cards.jsonl",
        {"model_id": "bob/bare", "card_text": "", "downloads_30d": 3},
        {"model_id": "ann/old", "card_text": "# Old", "likes": 99},
        {"model_id": "../../etc", "card_text": "trick"},
    )
    made = import_records(
        [listing, cards], tmp_path / "out", taken=datetime(2022, 2, 1, tzinfo=UTC)
    )
    again = Snapshot.open(tmp_path / "out")
    old = rows(again)["ann/old"]
    assert (old["likes"], old["downloads"], old["has_card"]) == (1, 7, True)
    assert (old["licence"], old["datasets"], old["languages"]) == ("mit", ["glue"], ["en"])
    assert (old["architecture"], old["name_or_path"]) == ("BertModel", "bert-base")
    found = {row["id"]: row for row in again.cards.collect().iter_rows(named=True)}
    assert {name: (row["text"], row["status"]) for name, row in found.items()} == {
        "ann/old": ("# Old", "ok"), "bob/bare": (None, "missing"),
    }  # fmt: skip
    assert old["card_digest"] == found["ann/old"]["digest"]
    assert again.manifest == made.manifest
    assert made.manifest.query["skipped"] == 1
    assert str(made.manifest.started) == "2022-02-01 00:00:00+00:00"


def test_hub_stats_parquet_with_nested_values_as_json(tmp_path):
    pl.DataFrame([NEW]).write_parquet(tmp_path / "models.parquet")
    (row,) = rows(import_records([tmp_path / "models.parquet"], tmp_path / "out")).values()
    assert row["base_models"] == ["x/y", "x/z", "x/w"]
    assert row["base_model_relation"] == "merge"
    assert (row["gated"], row["status"], row["has_card"]) == ("auto", "gated", True)
    assert (row["downloads_all_time"], row["created"]) == (
        500,
        datetime.fromisoformat("2024-01-02 03:04:05"),
    )
    assert (row["languages"], row["licence"]) == (["de"], "gpl")


def test_the_same_records_make_the_same_files(tmp_path):
    one = write_lines(tmp_path / "one.jsonl", OLD, {"id": "b"}, {"id": "a"})
    other = write_lines(tmp_path / "other.jsonl", {"id": "a"}, {"id": "b"}, OLD)
    digests = [
        import_records([file], tmp_path / file.stem).manifest.digests for file in (one, other)
    ]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.jsonl", b'{"id": "a"}\nnonsense\n', "Line 2"),
        ("a.jsonl", b'["id"]\n', "Line 1"),
        ("a.jsonl", b"\xff\xfe", "cannot be read"),
        ("a.jsonl.gz", b"no gzip", "cannot be read"),
        ("a.parquet", b"no parquet", "cannot be read"),
        ("missing.jsonl", None, "cannot be read"),
    ],
)
def test_files_that_are_no_records_are_a_clear_error(tmp_path, name, content, problem):
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(WeaklinkError, match=problem):
        import_records([tmp_path / name], tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_table_without_ids_is_a_clear_error(tmp_path):
    pl.DataFrame({"name": ["a"]}).write_parquet(tmp_path / "a.parquet")
    with pytest.raises(WeaklinkError, match="no column of model ids"):
        import_records([tmp_path / "a.parquet"], tmp_path / "out")


def test_a_snapshot_is_never_overwritten(tmp_path):
    file = write_lines(tmp_path / "a.jsonl", OLD)
    import_records([file], tmp_path / "out")
    with pytest.raises(WeaklinkError, match="cannot be changed"):
        import_records([file], tmp_path / "out")


def test_long_cards_are_cut(tmp_path):
    file = write_lines(tmp_path / "a.jsonl", {"id": "a", "card": "é" * CARD_BYTES})
    (card,) = import_records([file], tmp_path / "out").cards.collect().iter_rows(named=True)
    assert card["status"] == "cut"
    assert len(card["text"].encode()) == CARD_BYTES


def test_a_folder_without_a_manifest_is_no_snapshot(tmp_path):
    with pytest.raises(WeaklinkError, match="not a snapshot"):
        Snapshot.open(tmp_path)
    (tmp_path / "manifest.json").write_text("{}")
    with pytest.raises(WeaklinkError, match="cannot be read"):
        Snapshot.open(tmp_path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("gpt2", True), ("ann/a.b_c-1", True), ("a" * 200, True),
        ("../etc", False), ("a/b/c", False), ("a/..", False), ("a b", False), ("", False),
        ("a/", False), ("a\n", False), ("é/a", False), (None, False), (7, False),
    ],
)  # fmt: skip
def test_what_can_be_an_id(text, expected):
    assert is_hub_id(text) is expected


words = st.text("ab:/-\0é", max_size=6)
nothing_but_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=6,
)
names = st.sampled_from([*OLD, *NEW, "base_model", "language", "datasets", "license"])


@given(st.dictionaries(names, nothing_but_json), st.dictionaries(names, nothing_but_json))
def test_any_record_makes_a_row_of_the_schema_or_none(record, card):
    record = record | {"id": "ann/any", "cardData": card}
    frame = pl.DataFrame([row_of(record)], schema=MODELS, strict=True)
    assert frame["id"].to_list() == ["ann/any"]
