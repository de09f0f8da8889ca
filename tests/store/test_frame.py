"""Outcomes as a frame, and exported."""

import json

import polars as pl
import pytest

from tests.examples import an_outcome
from weaklink.errors import WeaklinkError
from weaklink.store import export, to_frame

OUTCOMES = [an_outcome(0, original_text='"ünï" \x1b[31m\n<b>'), an_outcome(1, success=False)]


def test_a_row_is_an_outcome():
    frame = to_frame(OUTCOMES)
    assert frame.columns[:8] == [
        "victim",
        "attack",
        "dataset",
        "sample_id",
        "repetition",
        "status",
        "original_text",
        "adversarial_text",
    ]
    assert frame["status"].to_list() == ["succeeded", "failed"]
    assert frame["adversarial_text"].to_list() == ["a grand film", None]
    assert frame["victim_fingerprint"].to_list() == ["#up", "#up"]
    assert to_frame([]).schema == frame.schema


def test_exports_parquet_and_json_lines_with_the_same_content(tmp_path):
    frame = to_frame(OUTCOMES)
    export(frame, tmp_path / "outcomes.parquet")
    export(frame, tmp_path / "outcomes.jsonl")

    assert pl.read_parquet(tmp_path / "outcomes.parquet").equals(frame)
    lines = (tmp_path / "outcomes.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line) for line in lines] == frame.to_dicts()
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "outcomes.jsonl",
        "outcomes.parquet",
    ]


@pytest.mark.parametrize("name", ["outcomes.csv", "outcomes", "outcomes.PARQUET.gz"])
def test_refuses_other_endings(tmp_path, name):
    with pytest.raises(WeaklinkError, match=r"cannot be exported") as refusal:
        export(to_frame(OUTCOMES), tmp_path / name)
    assert ".parquet or .jsonl" in refusal.value.remedy


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_a_file_that_cannot_be_written_is_a_clear_error(tmp_path, ending):
    with pytest.raises(WeaklinkError, match="cannot be written"):
        export(to_frame(OUTCOMES), tmp_path / "no folder" / f"outcomes{ending}")
    (tmp_path / f"folder{ending}").mkdir()
    with pytest.raises(WeaklinkError, match="cannot be written"):
        export(to_frame(OUTCOMES), tmp_path / f"folder{ending}")
    assert [path.name for path in tmp_path.iterdir()] == [f"folder{ending}"]
