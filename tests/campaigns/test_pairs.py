"""Models of pairs, attacked in either segment, from the table to the page."""

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from transformers import AutoModel, pipeline
from typer.testing import CliRunner

import weaklink
from tests.engine.work import toy_models
from tests.examples import a_campaign, an_outcome
from tests.victims.tiny import ARCHITECTURES, typed_pieces
from weaklink.attacks import Context, Parameters, Score, Steps, attack
from weaklink.campaigns import run_study
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.make import ancestors_of, make_models, planned_folders
from weaklink.campaigns.replay import found_texts
from weaklink.campaigns.specification import Specification
from weaklink.cli.app import app
from weaklink.data.columns import GUESSED, Columns, PairColumns
from weaklink.data.frames import split_of_frame
from weaklink.defences.detectors.protocol import DetectorState, Method
from weaklink.defences.detectors.registry import installed
from weaklink.defences.saved import read_card
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.report.page.browser import columns as browser_columns
from weaklink.report.page.methods import data_facts
from weaklink.report.page.shown_outcomes import ShownOutcome
from weaklink.store import Status, open_store
from weaklink.testing import ToyVictim
from weaklink.text import Words
from weaklink.text.pairs import Beside, segments
from weaklink.training import electra
from weaklink.training.finetune import finetune
from weaklink.training.finetune_recipe import Recipe

from .toys import Words as ToyWords

COLUMNS = {"text_column": "premise", "pair_column": "hypothesis"}
QUICK = {"samples": 4, "language_model": None, "references": (), "device": "cpu"}


def rows(count):
    """Return pairs of which both segments say good, or not."""
    random = np.random.default_rng(0)
    said = random.integers(2, size=(2, count))
    fillers = [" ".join(random.choice(["the", "a", "film", "plot"], 3)) for _ in range(count)]
    premises, hypotheses = (
        [f"{filler} is {('bad', 'good')[one]}" for filler, one in zip(fillers, each, strict=True)]
        for each in said
    )
    labels = [("no", "yes")[both] for both in said.min(axis=0).tolist()]
    return pl.DataFrame({"premise": premises, "hypothesis": hypotheses, "label": labels})


@pytest.fixture(scope="module")
def planted(tmp_path_factory):
    """A model that was trained to say whether both segments say good, and its data in a file."""
    folder = tmp_path_factory.mktemp("pairs")
    torch.manual_seed(0)
    AutoModel.from_config(ARCHITECTURES["bert"][0]).save_pretrained(folder / "encoder")
    typed_pieces().save_pretrained(folder / "encoder")
    rows(240).write_csv(folder / "rows.csv")
    data = split_of_frame(rows(240), "rows", text_column="premise", pair=PairColumns("hypothesis"))
    recipe = Recipe(epochs=4, learning_rate=2e-2, batch_size=8, max_length=24, device="cpu")
    made = finetune(str(folder / "encoder"), data, folder / "model", recipe=recipe)
    assert made.accuracy > 0.9
    return folder


@pytest.mark.parametrize("attacked", ["premise", "hypothesis"])
def test_a_pair_is_attacked_in_one_segment_and_the_other_stays(attacked, planted, tmp_path):
    options = QUICK | COLUMNS | {
        "data": str(planted / "rows.csv"), "attack_segment": attacked, "attacks": "hotflip,pwws",
        "store": tmp_path / "audit.db",
    }  # fmt: skip
    done = weaklink.audit(str(planted / "model"), **options)
    assert done.asked == 8
    assert weaklink.audit(str(planted / "model"), **options).asked == 0
    with open_store(tmp_path / "audit.db") as store:
        outcomes = list(store.outcomes())
    table = rows(240)
    classify = pipeline("text-classification", str(planted / "model"), dtype=torch.float32)
    assert {outcome.attack for outcome in outcomes} == {"hotflip", "pwws"}
    assert {outcome.status for outcome in outcomes} <= {Status.SUCCEEDED, Status.FAILED}
    assert any(outcome.status is Status.SUCCEEDED for outcome in outcomes)
    for outcome in outcomes:
        row = table.row(int(outcome.key.sample_id.partition(":")[2]), named=True)
        other = {"premise": outcome.text_after, "hypothesis": outcome.text_before}[attacked]
        assert (outcome.original_text, other) == (
            row[attacked], row["hypothesis" if attacked == "premise" else "premise"],
        )  # fmt: skip
        assert outcome.words == len(Words.split(outcome.original_text))
        texts = [(outcome.original_text, outcome.original_label)]
        if outcome.adversarial_text is not None:
            texts.append((outcome.adversarial_text, outcome.adversarial_label))
        for text, label in texts:
            first, second = segments(outcome.beside.whole(text))
            assert classify({"text": first, "text_pair": second})["label"] == label


def tell_apart(pairs):
    rows = ToyVictim({"good": 3.0, "bad": -3.0}).forward([f"{a} {b}" for a, b in pairs])
    return rows.tolist()


tell_apart.pairs = True
tell_apart.labels = ("no", "yes")


def weaker(pairs):
    return tell_apart(pairs)


weaker.pairs, weaker.labels = True, tell_apart.labels


@attack(name="echo", paper="None", parameters=Parameters)
def echo(words: Words, context: Context[Parameters]) -> Steps[str | None]:
    """Say what the other segment says."""
    text = f"{words} {context.beside.other} bad bad bad bad bad bad"
    yield Score((text,))
    return text


def test_texts_that_were_found_are_replayed_on_their_own_pair():
    first, second = (
        an_outcome(number, text_after=other, adversarial_text=f"found {number}")
        for number, other in enumerate(("a good film", "a bad film"))
    )

    class Found:
        def outcomes(self, *_, **__):
            return iter((first, second, replace(first, text_after=None)))

    (texts,) = found_texts(Found(), None).values()
    original = first.original_text
    assert texts == {
        Beside(after="a good film").whole(original): ("found 0",),
        Beside(after="a bad film").whole(original): ("found 1",),
        original: ("found 0",),
    }


def test_a_link_of_functions_of_pairs_shows_the_other_segment(tmp_path):
    frame = pl.DataFrame(
        {"premise": ["good day", "good day"], "hypothesis": ["<b>good</b>", "good \x1b[31mfilm"],
         "label": ["yes", "yes"]}
    )  # fmt: skip
    store = tmp_path / "audit.db"
    done = weaklink.audit(
        tell_apart, upstream=weaker, data=frame, attacks=echo, store=store, **QUICK, **COLUMNS
    )
    assert done.asked == 6  # two of each model, and two replays
    shown = CliRunner().invoke(app, ["outcomes", str(store)], env={"COLUMNS": "200"})
    assert "second segment: <b>good</b>" in shown.output
    assert "\x1b[31mfilm" not in shown.output


def test_a_guard_of_pairs_has_a_threshold_by_benign_pairs(tmp_path):
    frame = pl.DataFrame(
        {"premise": ["good day", "bad day"], "hypothesis": ["good film", "bad film"],
         "label": ["yes", "no"]}
    )  # fmt: skip
    benign = {"premise": ["bad", "good"], "hypothesis": ["good", "a film"]}
    pl.DataFrame(benign).write_csv(tmp_path / "benign.csv")
    done = weaklink.audit(
        tell_apart, data=frame, attacks=echo, store=tmp_path / "a.db", source="yes", target="no",
        false_alarms=0.5, calibrate=tmp_path / "benign.csv", **QUICK, **COLUMNS,
    )  # fmt: skip
    assert done.asked == 2
    with open_store(tmp_path / "a.db") as store:
        ended = sorted((one.text_after, one.status) for one in store.outcomes())
    assert ended == [("bad film", Status.SKIPPED), ("good film", Status.SUCCEEDED)]


def test_a_text_alone_is_no_pair():
    with pytest.raises(WeaklinkError, match="holds the noncharacter"):
        weaklink.attack(tell_apart, Beside(after="b").whole("a"), echo)


def test_the_page_shows_the_other_segment():
    outcome = an_outcome(text_before="an <i>other</i> segment")
    shown = ShownOutcome(outcome, "m", "d", None, None, None, ())

    class Nothing:
        links, attacks = (), ()

    (more,) = browser_columns([shown], Nothing())["more"]
    assert ("first segment, not attacked", "an <i>other</i> segment") in more
    assert "an &lt;i&gt;other&lt;/i&gt; segment" in outcome._repr_html_()


def test_the_methods_say_which_segment_is_attacked():
    said = {"text_column": "premise", "pair_column": "hypothesis", "attack_segment": None}
    entry = SimpleNamespace(dataset="rows", campaign=1)
    record = SimpleNamespace(specification=said, campaigns=[entry])
    study = SimpleNamespace(record=record, campaigns={1: a_campaign()})
    ((_, facts),) = data_facts(study)
    told = "premise and hypothesis; only premise is attacked and measured, the other stays"
    assert dict(facts)["pairs"] == told
    record.specification = {"text_column": "premise"}
    assert "pairs" not in dict(data_facts(study)[0][1])


def test_a_victim_that_cannot_be_given_pairs_is_refused(tmp_path):
    frame = pl.DataFrame({"premise": ["a", "b"], "hypothesis": ["c", "d"], "label": [0, 1]})

    def texts(texts):
        return [[0.5, 0.5] for _ in texts]

    with pytest.raises(WeaklinkError, match="texts cannot be given pairs: the function has"):
        weaklink.audit(texts, data=frame, store=tmp_path / "a.db", attacks=echo, **QUICK, **COLUMNS)
    one = pl.DataFrame({"text": ["a", "b"], "label": [0, 1]})
    with pytest.raises(WeaklinkError, match=r"given single ones.* pair_column="):
        weaklink.audit(tell_apart, data=one, store=tmp_path / "a.db", attacks=echo, **QUICK)


def test_a_study_makes_and_defends_models_of_pairs(planted, tmp_path, monkeypatch):
    """What it makes and what defences learn from is read in the sections' own columns."""
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    method = Method(
        "length", "none", False, lambda *_: DetectorState(),
        lambda *_: lambda texts: np.array([float(len(text)) for text in texts]),
    )  # fmt: skip
    monkeypatch.setattr(
        prepared, "Lexicon", lambda *_, **__: ToyWords({"good": ("bad",), "bad": ("good",)})
    )
    monkeypatch.setitem(installed(), "length", method)
    other = {"text_column": "p", "label_column": "says", "pair_column": "h"}
    names = {"premise": "p", "hypothesis": "h", "label": "says"}
    unseen = rows(120).with_row_index("i").with_columns(premise=pl.format("{} {}", "i", "premise"))
    unseen.drop("i").rename(names).write_csv(tmp_path / "other.csv")
    learning = {"data": str(tmp_path / "other.csv"), "attack_segment": "h", "attacked": 12,
                "attacks": ["pwws"], **other}  # fmt: skip
    made = {"samples": 30, "max_length": 24, "learning_rate": 1e-3, "epochs": 1}
    spec = Specification(
        name="pairs", data=(str(planted / "rows.csv"),), samples=4, attacks=("pwws",),
        references=(), language_model=None, device="cpu", models=("up",), **COLUMNS,
        finetuned=[{"name": "up", "base": str(planted / "model"), "data": learning["data"],
                    **other, **made}],
        hardened=[{"name": "up-h", "base": "up", **learning, **made}],
        guards=[{"name": "up+g", "victim": "up", "method": "length", "texts": 20, **learning}],
    )  # fmt: skip
    record = run_study(spec, tmp_path / "out", Silent(), models)
    assert record.failures == ()
    assert {one.name for one in record.models} == {"up", "up-h", "up+g"}
    with open_store(tmp_path / "out" / "study.db") as store:
        outcomes = list(store.outcomes())
    assert {one.victim for one in outcomes} == {"up", "up-h", "up+g"}
    assert all(one.text_after and one.text_before is None for one in outcomes)
    with open_store(tmp_path / "out" / "learning.db") as store:
        learnt = list(store.outcomes())
    assert all(one.text_before and one.text_after is None for one in learnt)
    assert read_card(planned_folders(spec, tmp_path / "out")["up+g"]).pairs


def test_sections_of_a_study_name_their_columns(planted):
    up = {"name": "up", "base": "x", "data": "rows.csv"}

    def folder(spec):
        return planned_folders(spec, planted)["up"].name

    def study(**changes):
        return Specification(name="s", data=("a.csv",), models=("up",), finetuned=[up | changes])

    assert folder(study()) == folder(study(text_column=None))
    paired = folder(study(text_column="premise", pair_column="hypothesis"))
    assert len({paired, folder(study()), folder(study(text_column="premise"))}) == 3
    with pytest.raises(ValueError, match="attack_segment names a column"):
        study(attack_segment="hypothesis")


def test_sections_that_read_the_studys_data_have_its_columns():
    made = {"name": "up", "base": "x"}
    study = {"text_column": "premise", "label_column": "says", "pair_column": "hypothesis",
             "attack_segment": "hypothesis"}  # fmt: skip

    def read(kind, **section):
        given = {"finetuned": made, "hardened": made, "guards": {"name": "up", "victim": "x"},
                 "pretrained": {"name": "up", "steps": 1}}  # fmt: skip
        spec = Specification(name="s", data=("a.csv", "b.csv"), models=("up",), **study,
                             **{kind: [given[kind] | section]})  # fmt: skip
        again = Specification.model_validate(spec.content())
        (one,) = getattr(spec, kind)
        assert getattr(again, kind) == (one,)
        return one.columns

    whole = Columns("premise", "says", PairColumns("hypothesis", "hypothesis"))
    for kind in ("finetuned", "hardened", "guards"):
        assert read(kind, data="a.csv") == whole
        assert read(kind, data="other.csv") == GUESSED
        assert read(kind, data="a.csv", text_column="q").text == "q"
        assert read(kind, data="a.csv", pair_column="q").pair == PairColumns("q")
    both = Columns("premise", "says", PairColumns("hypothesis"))
    assert read("pretrained", data=["a.csv", "b.csv"]) == both
    assert read("pretrained", data=["a.csv", "other.csv"]) == GUESSED
    with pytest.raises(ValueError, match="attack_segment"):
        read("pretrained", data=["a.csv"], attack_segment="premise")


def test_a_model_has_one_folder_in_a_study_and_in_what_its_defence_learns_from():
    spec = Specification(
        name="s", data=("a.csv",), models=("up",), **COLUMNS,
        finetuned=[{"name": "up", "base": "x", "data": "a.csv"}],
    )  # fmt: skip
    alone = ancestors_of(spec, "up").model_copy(update={"data": ("other.csv",)})
    assert planned_folders(alone, Path()) == planned_folders(spec, Path())


def test_an_encoder_is_pre_trained_on_both_texts_of_each_pair(planted, tmp_path, monkeypatch):
    read = []
    monkeypatch.setattr(electra, "pretrain", lambda texts, *_, **__: read.extend(texts))
    spec = Specification(
        name="s", data=(str(planted / "rows.csv"),), models=("up",), **COLUMNS,
        pretrained=[{"name": "e", "data": [str(planted / "rows.csv")], "steps": 1}],
    )  # fmt: skip
    make_models(spec, tmp_path, Failures(strict=True), Silent())
    both = rows(240)
    assert sorted(read) == sorted([*both["premise"], *both["hypothesis"]])
