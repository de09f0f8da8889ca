"""Tables of pairs: premise and hypothesis, two questions, a question and a sentence."""

import polars as pl
import pytest

from weaklink.campaigns import Specification
from weaklink.campaigns.prepare.data import load_samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.data.columns import PairColumns
from weaklink.data.datasets import load_split
from weaklink.data.frames import split_of_frame
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.text.pairs import Beside, segments

ROWS = {
    "premise": ["It rains.", "It snows.", " "],
    "hypothesis": ["It is wet.", "", "It is hot."],
    "label": ["yes", "yes", "no"],
}
FRAME = pl.DataFrame(ROWS)


def split(attacked=None, frame=FRAME):
    return split_of_frame(
        frame, "rows", text_column="premise", pair=PairColumns("hypothesis", attacked)
    )


@pytest.mark.parametrize("attacked", [None, "premise", "hypothesis"])
def test_both_texts_of_a_row_are_read_and_one_is_attacked(attacked):
    found = split(attacked)
    both = list(zip(ROWS["premise"], ROWS["hypothesis"], strict=True))
    assert [segments(text) for text in found.texts] == both
    drawn = found.draw(None, 0)
    assert drawn.of_pairs
    wanted = {text for text in ROWS[attacked or "premise"] if text.strip()}
    assert {sample.segment for sample in drawn.samples} == wanted


def test_no_two_ways_to_read_a_table_share_a_fingerprint():
    alone = split_of_frame(FRAME, "rows", text_column="premise")
    assert not alone.draw(None, 0).of_pairs
    prints = [split().fingerprint, split("hypothesis").fingerprint, alone.fingerprint]
    assert len(set(prints)) == 3
    assert split("premise").fingerprint == prints[0]


def test_a_file_of_texts_alone_keeps_its_fingerprint():
    rows = pl.DataFrame({"text": ["a good film", "a bad film"], "label": [1, 0]})
    found = split_of_frame(rows, "rows").fingerprint
    assert found == "0839153ac4f961c2d9cbe8181824d810cedfd107875331a7baab633e8e32a3c6"


@pytest.mark.parametrize(
    "columns",
    [("premise", "hypothesis"), ("question", "sentence"), ("Sentence1", "sentence2"),
     ("text_a", "text_b")],
)  # fmt: skip
def test_half_of_a_pair_is_never_read_in_silence(columns, tmp_path):
    first, second = columns
    file = str(tmp_path / "rows.csv")
    pl.DataFrame({first: ["a", "b"], second: ["c", "d"], "label": [0, 1]}).write_csv(file)
    with pytest.raises(WeaklinkError, match=f"two columns of texts, {first} and {second}") as told:
        load_split(file)
    assert f"--pair-column {second}" in told.value.remedy
    half = load_split(file, text_column=first)
    assert (half.texts, half.unread) == (["a", "b"], second)
    spec = Specification(models=("m",), data=(file,), text_column=first, samples=2)
    (loaded,) = load_samples(spec, [], (), Failures(strict=True), Silent()).values()
    (notice,) = loaded.dataset.notices
    assert f"--pair-column {second}" in notice


def test_other_columns_beside_a_text_are_not_its_pair():
    rows = pl.DataFrame({"text": ["a"], "question": ["b"], "answer": ["c"], "label": [0]})
    assert split_of_frame(rows, "rows").unread == ""


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        (PairColumns("conclusion"), "no column 'conclusion'"),
        (PairColumns("premise"), "from the column 'premise'"),
        (PairColumns("hypothesis", "label"), "names 'label', and the pairs are"),
    ],
)
def test_columns_that_are_no_pair_are_told(pair, problem):
    with pytest.raises(WeaklinkError, match=problem):
        split_of_frame(FRAME, "rows", text_column="premise", pair=pair)


@pytest.mark.parametrize("column", ["premise", "hypothesis"])
def test_a_text_that_holds_a_boundary_is_refused(column):
    frame = pl.DataFrame(ROWS | {column: ["a", "b\ufdd1c", "d"]})
    with pytest.raises(WeaklinkError, match=f"row 1 of rows holds .* '{column}'"):
        split(frame=frame)


def test_stored_samples_of_pairs_are_pairs_again(tmp_path):
    table = pl.DataFrame({
        "original_text": ["a film", "a film", "a plot"], "adversarial_text": ["x", "y", "z"],
        "text_before": ["one", "two", None], "text_after": [None, None, None],
        "gold_label": ["yes", "no", "no"], "attack": ["pwws"] * 3,
    }, schema_overrides={"text_after": pl.String})  # fmt: skip
    table.write_parquet(tmp_path / "samples.parquet")
    spec = Specification(models=("m",), replay=tmp_path / "samples.parquet")
    (loaded,) = load_samples(spec, [], (), Failures(strict=True), Silent()).values()
    wholes = [Beside(before="one").whole("a film"), Beside(before="two").whole("a film"), "a plot"]
    assert [sample.text for sample in loaded.dataset.samples] == wholes
    (replayed,) = loaded.attacks
    assert all(map(replayed.attack.covers, wholes))
    assert not replayed.attack.covers("a film")


@pytest.mark.parametrize("column", ["original_text", "adversarial_text", "text_before"])
def test_a_replay_whose_texts_hold_a_boundary_is_refused(column, tmp_path):
    row = dict.fromkeys(("original_text", "adversarial_text", "gold_label", "attack"), "a")
    path = tmp_path / "samples.parquet"
    pl.DataFrame(row | {"text_before": "b", column: Beside(after="b").whole("a")}).write_parquet(
        path
    )
    with pytest.raises(WeaklinkError, match="holds the noncharacter"):
        load_samples(
            Specification(models=("m",), replay=path), [], (), Failures(strict=True), Silent()
        )


def test_a_replay_is_in_the_language_that_is_stated(tmp_path):
    row = dict.fromkeys(("original_text", "adversarial_text", "gold_label", "attack"), "hola")
    path = tmp_path / "samples.parquet"
    pl.DataFrame(row).write_parquet(path)
    spec = Specification(models=("m",), replay=path, language="es")
    (loaded,) = load_samples(spec, [], (), Failures(strict=True), Silent()).values()
    assert loaded.dataset.language == "es"


def test_a_segment_is_named_with_its_pair_only():
    with pytest.raises(ValueError, match="pair_column is missing"):
        Specification(models=("m",), attack_segment="premise")
