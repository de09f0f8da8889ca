"""Texts go to readers, blind, and their answers come back as a rate."""

import csv
import json
import re
from pathlib import Path

import pytest

from tests.examples import a_campaign, an_outcome
from weaklink.report.sheet import sheet_csv, sheet_page
from weaklink.store import open_store


@pytest.fixture
def sampled(cli):
    with open_store("audit.db") as store:
        victims = ("hidden-model", "other-model")
        store.add_campaign(a_campaign(samples=8, victims=[(name, "single") for name in victims]))
        for victim in victims:
            for i in range(8):
                store.put(an_outcome(i, victim=victim, success=i < 6))
    ran = cli("validate", "sample", "audit.db", "--out", "v", "--texts", "6")
    assert ran.status == 0, ran.err
    return cli


def rows_of(path):
    with Path(path).open(newline="") as file:
        return [*csv.DictReader(file)]


def test_strata_are_attack_data_set_and_model(sampled):
    assert [*rows_of("v/key.csv")[0]][-3:] == ["attack", "dataset", "victim"]
    assert {row["victim"] for row in rows_of("v/key.csv")} == {"hidden-model", "other-model"}
    ran = sampled("validate", "sample", "audit.db", "--out", "few", "--texts", "3")
    assert "Drawn from 1 strata (attack x dataset)." in ran.out
    assert [*rows_of("few/key.csv")[0]][-2:] == ["attack", "dataset"]


def test_a_stratum_that_nobody_read_is_named(sampled):
    models = {row["item"]: row["victim"] for row in rows_of("v/key.csv")}
    items = [item for item, model in models.items() if model == "hidden-model"]
    lines = ["item,same_label,fluent", *(f"{item},yes,yes" for item in items)]
    Path("ann.csv").write_text("\n".join(lines))
    ran = sampled("validate", "read", "audit.db", "ann.csv", "--key", "v/key.csv")
    assert "asr_human: unknown" in ran.out
    assert "other-model" in ran.out.split("No text was read of 1 strata")[1]


def test_a_key_without_strata_was_drawn_by_attack(sampled):
    """As weaklink wrote it before strata had data sets and models."""
    key = Path("v/key.csv")
    old = [line.rsplit(",", 3)[0] for line in key.read_text().splitlines()]
    key.write_text("\n".join(old) + "\n")
    filled("ann.csv", lambda i: "yes")
    ran = sampled("validate", "read", "audit.db", "ann.csv", "--key", "v/key.csv", "--json", "j")
    assert ran.status == 0, ran.err
    assert json.loads(Path("j").read_text())["strata"] == ["attack"]


def filled(path, answer):
    lines = ["item,same_label,fluent"]
    lines += [f"{row['item']},{answer(i)},yes" for i, row in enumerate(rows_of("v/sheet.csv"))]
    Path(path).write_text("\n".join(lines))


def test_the_sheet_is_blind_and_the_key_is_apart(sampled):
    rows = rows_of("v/sheet.csv")
    assert len(rows) == 6
    assert set(rows[0]) == {"item", "original", "adversarial", "same_label", "fluent"}
    assert all(row["original"] != row["adversarial"] for row in rows)
    page = Path("v/sheet.html").read_text()
    assert "pwws" not in page
    assert "hidden-model" not in page
    assert rows[0]["adversarial"] in page
    assert {row["item"] for row in rows_of("v/key.csv")} == {row["item"] for row in rows}


def test_answers_come_back_as_agreement_and_a_rate(sampled):
    filled("ann.csv", lambda i: "yes" if i < 3 else "no")
    filled("bob.csv", lambda i: "yes" if i < 3 else "no")
    filled("gpt.csv", lambda i: "no")
    ran = sampled("validate", "read", "audit.db", "ann.csv", "bob.csv", "--key", "v/key.csv",
                  "--llm", "gpt.csv", "--json", "out.json")  # fmt: skip
    assert ran.status == 0, ran.err
    assert "gpt (a language model): 6 texts" in ran.out
    found = json.loads(Path("out.json").read_text())
    assert found["alpha_same_label_people"] == 1
    assert found["alpha_same_label"] < 1
    assert found["texts_read"] == 6
    assert found["asr_human"]["value"] == pytest.approx(found["asr_all"]["value"] / 2)
    assert found["asr_human"]["low"] < found["asr_human"]["value"] < found["asr_human"]["high"]


@pytest.mark.parametrize(
    ("text", "told"),
    [("item,same_label\nT0001,yes", "no column fluent"),
     ("item,same_label,fluent\nT0001,perhaps,yes", "the answer 'perhaps'"),
     ("item,same_label,fluent\nT0001,yes,yes\nT0001,no,no", "the item T0001 in 2 rows"),
     ("item,same_label,fluent\n,yes,yes", "in 1 rows"),
     ("item,same_label,fluent\nT0001,=1+1,yes", r"the answer '=1\+1'"),
     ("item,same_label,fluent\nT9999,yes,yes", "The key lacks 1 texts of the sheet ann"),
     ("", "cannot be read as CSV"),
     ("item,same_label,fluent\n\"T0001,yes", "column same_label|cannot be read|The key lacks")],
)  # fmt: skip
def test_a_wrong_sheet_is_told(sampled, text, told):
    Path("ann.csv").write_text(text)
    ran = sampled("validate", "read", "audit.db", "ann.csv", "--key", "v/key.csv")
    assert ran.status == 1
    assert re.search(told, " ".join(ran.err.split()))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.replace("item", "x", 1),
        lambda text: text.replace("repetition", "x", 1),
        lambda text: text.replace(",0", ",two"),
        lambda text: text.replace("T0001", "T0002"),
        lambda text: text.replace("up", "down").replace("model", "x"),
        lambda text: text.replace(",", ";"),
    ],
)
def test_a_wrong_key_is_told(sampled, change):
    filled("ann.csv", lambda i: "yes")
    key = Path("v/key.csv")
    key.write_text(change(key.read_text()))
    ran = sampled("validate", "read", "audit.db", "ann.csv", "--key", "v/key.csv")
    assert ran.status == 1
    assert "v/key.csv" in ran.err
    assert "Unexpected" not in ran.err


def test_names_of_sheets_are_no_patterns(sampled):
    filled("ann1.csv", lambda i: "yes")
    for arguments in (("ann[12].csv", "--key", "v/key.csv"), ("ann1.csv", "--key", "v/k*.csv")):
        ran = sampled("validate", "read", "audit.db", *arguments)
        assert ran.status == 1
        assert "cannot be read as CSV" in ran.err


def test_a_key_is_not_overwritten(sampled):
    assert "exists" in sampled("validate", "sample", "audit.db", "--out", "v").err


def test_hostile_texts_are_shown_as_text():
    texts = [("T1", "<script>alert(1)</script>", "=1+1")]
    page = sheet_page(texts, "1 text")
    assert "<script>alert" not in page
    assert "'=1+1" in sheet_csv(texts)


def test_readers_see_both_segments_of_a_pair(cli):
    with open_store("audit.db") as store:
        store.add_campaign(a_campaign(samples=1))
        store.put(an_outcome(0, success=True, text_before="It rains."))
    assert cli("validate", "sample", "audit.db", "--out", "v").status == 0
    (row,) = rows_of("v/sheet.csv")
    whole = an_outcome(0, success=True)
    assert row["original"] == f"It rains. ‖ {whole.original_text}"
    assert row["adversarial"] == f"It rains. ‖ {whole.adversarial_text}"
