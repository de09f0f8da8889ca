"""Detectors on pairs of texts: what they ask the victim, and what they refuse."""

import json
from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch
from transformers import AutoModel
from typer.testing import CliRunner

from tests.campaigns.toys import Words
from tests.defences.conftest import put, texts_of
from tests.engine.work import toy_models
from tests.victims.tiny import ARCHITECTURES, save_tiny, typed_pieces
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.run import run
from weaklink.campaigns.specification import Specification
from weaklink.cli.app import app
from weaklink.data.columns import Columns, PairColumns
from weaklink.data.datasets import load_split
from weaklink.data.frames import split_of_frame
from weaklink.defences.detectors import classifier
from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    TrainingExamples,
)
from weaklink.defences.detectors.registry import find, installed
from weaklink.defences.documents import DetectionScores
from weaklink.defences.evaluate import evaluate
from weaklink.defences.guard import GuardedVictim
from weaklink.defences.pairs import read_pairs
from weaklink.defences.saved import load_detector
from weaklink.defences.train import DetectorRecipe, train_detector
from weaklink.defences.victim_access import VictimAccess
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.vulnerable import attacked_samples
from weaklink.text.pairs import Beside, parted, segments
from weaklink.victims import load_victim
from weaklink.victims.local.callable import CallableVictim
from weaklink.victims.pairs import check_reads
from weaklink.victims.trust import check_trust

SUBSTITUTES = {"film": ("plot",), "plot": ("film",), "good": ("bad",), "bad": ("good",)}
METHODS = ("classifier", "fgws", "rde", "wdr")
PREMISE = "the film is very very good"
COLUMNS = {"text_column": "premise", "pair_column": "hypothesis", "attack_segment": "hypothesis"}
READ = Columns("premise", None, PairColumns("hypothesis", "hypothesis"))


@pytest.fixture(scope="module")
def pairs(tmp_path_factory):
    """A victim with token types, pairs in a file, a store of attacks on hypotheses, detectors."""
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("pairs")
    save_tiny(root / "victim")
    typed_pieces().save_pretrained(root / "victim")
    victim = load_victim(str(root / "victim"), device="cpu")
    hypotheses, gold = texts_of(0, 160, last=("bad", "good"))
    frame = pl.DataFrame({"premise": PREMISE, "hypothesis": hypotheses, "label": gold})
    frame.write_csv(root / "data.csv")
    whole = split_of_frame(frame, "data", text_column="premise", pair=READ.pair).texts
    put(root / "audit.db", victim, str(root / "data.csv"), whole[:32], gold)
    AutoModel.from_config(ARCHITECTURES["bert"][0]).save_pretrained(root / "encoder")
    typed_pieces().save_pretrained(root / "encoder")
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "MINILM", SimpleNamespace(require=lambda _: root / "encoder"))
        for name, value in {"_LENGTH": 32, "_RATE": 1e-2, "_STEPS": 15}.items():
            patch.setattr(classifier, name, value)
        for method in METHODS:
            recipe = DetectorRecipe(method=method, columns=READ, texts=60, device="cpu")
            train_detector(victim, root / method, recipe, store=root / "audit.db")
            made[method] = load_detector(root / method, victim=victim)
    return SimpleNamespace(root=root, victim=victim, whole=whole, gold=gold, detectors=made)


def stored(pairs):
    with open_store(pairs.root / "audit.db") as store:
        return attacked_samples(store, pairs.victim.fingerprint)


@pytest.mark.parametrize("method", METHODS)
def test_a_detector_learns_from_pairs_and_scores_each_alone(pairs, method):
    detector = pairs.detectors[method]
    assert detector.card.pairs
    assert detector.card.adversarial > 0 or method == "rde"
    segments = [("a plot", "is bad"), ("the film", "is very very very"), ("film", "the very plot")]
    texts = [Beside(before=one).whole(two) for one, two in segments]
    texts += [Beside(before=two).whole(one) for one, two in segments]
    together = detector.score(texts)
    assert together.tolist() == [detector.score([text])[0] for text in texts]
    assert (together[:3] != together[3:]).any() or method == "fgws"


def test_detectors_of_pairs_are_evaluated_on_pairs(pairs):
    kinds = [pairs.detectors[method] for method in ("classifier", "wdr")]
    report = evaluate(kinds, stored(pairs), "victim")
    found = {one.method: one.overall.auroc.value for one in report.detectors}
    assert found["classifier"] > 0.9
    assert all(one.overall.unaltered == one.samples > 0 for one in report.detectors)
    alone = [SimpleNamespace(text="a film", digest="x")]
    with pytest.raises(
        WeaklinkError, match="learnt from pairs of texts, and the samples of victim"
    ):
        evaluate([pairs.detectors["rde"]], alone, "victim")


class Watched(VictimAccess):
    """Notes what the victim is asked."""

    def __init__(self, victim):
        super().__init__(victim)
        self.texts = []

    def probabilities(self, texts):
        self.texts += texts
        return super().probabilities(texts)


@pytest.mark.parametrize("attacked", ["first", "second"])
def test_words_are_left_out_and_exchanged_in_the_attacked_segment_alone(pairs, attacked):
    access = Watched(pairs.victim)
    task = DetectorTask(None, pairs.root / f"work-{attacked}", 0, "cpu", Silent())
    beside = Beside(after="a bad flick") if attacked == "first" else Beside(before="a bad flick")
    originals, adversarial = ([beside.whole(f"{text} {i}") for i in range(4)]
                              for text in ("a very bad flick", "the flick is a plot"))  # fmt: skip
    clean = [beside.whole(text) for text in ("a movie", "movie and awful film", "a flick")]
    examples = TrainingExamples(clean, [0] * 3, originals, adversarial)
    states = {method: find(method).fit(examples, access, task) for method in ("wdr", "fgws")}
    access.texts.clear()
    text = beside.whole("a very bad flick")
    score = find("wdr").open(states["wdr"], None, access)
    score([text])
    asked = [parted(one) for one in access.texts]
    assert {other for _, other in asked} == {beside}
    assert [segment for segment, _ in asked] == [
        "a very bad flick", "[UNK] very bad flick", "a [UNK] bad flick", "a very [UNK] flick",
        "a very bad [UNK]",
    ]  # fmt: skip
    access.texts.clear()
    counts = states["fgws"].values["counts"]
    assert (counts["flick"], counts["bad"]) == (4, 3)
    find("fgws").open(states["fgws"], None, access)([text])
    assert {parted(one)[1] for one in access.texts} == {beside}


def test_fgws_exchanges_a_rare_word_of_the_attacked_segment(pairs):
    """A rare word of the other segment stays, though it turns the prediction too."""

    class Planted:
        victim = pairs.victim
        probabilities = staticmethod(
            lambda texts: np.array([[0.1, 0.9] if "flick" in t else [0.8, 0.2] for t in texts])
        )

    task = DetectorTask(None, None, 0, "cpu", Silent())
    clean = [Beside(before="a movie").whole(text) for text in ("the movie", "movie and film")]
    state = find("fgws").fit(TrainingExamples(clean, [], [], []), Planted, task)
    score = find("fgws").open(state, None, Planted)
    texts = [Beside(before="a film").whole("good flick"), Beside(before="a flick").whole("film")]
    assert np.allclose(score(texts), [0.7, 0.0])


def test_what_was_attacked_and_what_is_read_are_of_one_kind(pairs, tmp_path):
    recipe = {"method": "wdr", "device": "cpu", "texts": 60}
    store = pairs.root / "audit.db"
    other = Columns("premise", None, PairColumns("hypothesis"))
    for columns, told in (
        (Columns("hypothesis"), "single texts"),
        (other, "pairs whose first seg"),
    ):
        with pytest.raises(
            WeaklinkError, match=f"second segment is attacked, .* is read as {told}"
        ):
            train_detector(
                pairs.victim, tmp_path / "x", DetectorRecipe(columns=columns, **recipe), store=store
            )

    def texts(texts):
        return [[0.5, 0.5] for _ in texts]

    recipe = DetectorRecipe(
        method="fgws", columns=READ, texts=60, data=str(pairs.root / "data.csv"), device="cpu"
    )
    victim = CallableVictim(texts, "texts")
    with pytest.raises(WeaklinkError, match="texts cannot be given pairs"):
        train_detector(victim, tmp_path / "x", recipe)


def test_a_guard_reads_what_its_detector_learnt_from(pairs):
    guard = pairs.detectors["rde"].guard(pairs.victim, "guarded")
    check_reads(guard, "rows", pairs=True)
    with pytest.raises(WeaklinkError, match="guarded reads pairs of texts"):
        check_reads(guard, "rows", pairs=False)
    flat = pairs.detectors["rde"].card.calibration
    single = GuardedVictim(pairs.victim, "single", lambda _: np.zeros(1), flat, "d", {})
    with pytest.raises(WeaklinkError, match="given pairs: its guard learnt from single texts"):
        check_reads(single, "rows", pairs=True)


class Length:
    """A score that is the length of the attacked segment, from a model that a runtime takes."""

    name, runtime = "length", None

    def __call__(self, texts):
        return np.array([float(len(parted(text)[0])) for text in texts])

    def run_on(self, runtime, texts):
        self.runtime = runtime


def test_a_detector_looks_at_the_segment_that_it_was_made_for(pairs, tmp_path, monkeypatch):
    score = Length()
    length = Method("length", "none", False, lambda *_: DetectorState(), lambda *_: score)
    monkeypatch.setitem(installed(), "length", length)
    data, folder = str(pairs.root / "data.csv"), tmp_path / "length"
    recipe = DetectorRecipe(method="length", columns=READ, texts=60, data=data, device="cpu")
    assert train_detector(pairs.victim, folder, recipe).segment == "second"
    marked = [Beside(before="first").whole("one"), Beside(after="one").whole("first")]
    detector = load_detector(folder, victim=pairs.victim)
    assert detector.score(marked).tolist() == [3, 3]
    guard = detector.guard(pairs.victim, "guarded")
    assert len({*guard.suspicion(marked)}) == 1
    guard.run_on("auto", marked)
    assert score.runtime == "auto"
    card = json.loads((folder / "detector.json").read_text())
    del card["segment"]
    (folder / "detector.json").write_text(json.dumps(card))
    old = load_detector(folder, victim=pairs.victim)
    assert old.score(marked).tolist() == [3, 5]


@pytest.mark.parametrize(("attacked", "warned"), [("premise", True), ("hypothesis", False)])
def test_a_guard_that_looks_elsewhere_is_told(pairs, attacked, warned):
    guard = pairs.detectors["wdr"].guard(pairs.victim, "guarded")
    read = Columns("premise", None, PairColumns("hypothesis", attacked))
    dataset = load_split(str(pairs.root / "data.csv"), **read.options).draw(8, 0)
    texts = [sample.text for sample in dataset.samples]
    rows = pairs.victim.forward(pairs.victim.encode(texts))
    found = [one for one in check_trust(guard, dataset, rows) if one.check == "guard-other-segment"]
    assert bool(found) is warned
    assert not warned or "the first one is attacked" in found[0].message
    bare = check_trust(pairs.victim, dataset, rows)
    assert not [one for one in bare if one.check == "guard-other-segment"]


def test_a_guarded_model_of_pairs_is_audited(pairs, tmp_path, monkeypatch):
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    monkeypatch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))
    spec = Specification.of_audit(
        str(pairs.root / "victim"), guard=pairs.root / "wdr", data=str(pairs.root / "data.csv"),
        samples=3, attacks=("pwws",), repetitions=1, language_model=None, references=(),
        device="cpu", **COLUMNS,
    )  # fmt: skip
    with open_store(tmp_path / "a.db") as store:
        run(spec, store, Silent(), strict=True, models=models)
        outcomes = list(store.outcomes())
    assert len({one.victim for one in outcomes}) == 2
    assert {one.text_before for one in outcomes} == {PREMISE}
    assert all(one.error is None for one in outcomes)


def test_pairs_are_detected_from_the_command_line(pairs, tmp_path):
    def detect(*arguments):
        return CliRunner().invoke(app, ["detect", *map(str, arguments), "--device", "cpu"])

    columns = ["--text-column", "premise", "--pair-column", "hypothesis"]
    columns += ["--attack-segment", "hypothesis"]
    data, out = pairs.root / "data.csv", tmp_path / "wdr"
    made = detect("train", "--victim", pairs.root / "victim", "--store", pairs.root / "audit.db",
                  "--method", "wdr", "--out", out, "--texts", 60, *columns)  # fmt: skip
    assert made.exit_code == 0, made.output
    pl.read_csv(data).head(3).write_csv(tmp_path / "few.csv")
    scored = detect("score", out, tmp_path / "few.csv", "--json", "-", *columns)
    found = DetectionScores.model_validate_json(scored.stdout)
    assert [(one.text_before, one.text) for one in found.texts] == [
        segments(text) for text in pairs.whole[:3]
    ]
    alone = detect("score", out, tmp_path / "few.csv", "--text-column", "hypothesis")
    assert alone.exit_code != 0


def test_a_file_of_adversarial_texts_may_hold_segments_of_pairs(tmp_path):
    rows = {"original_text": ["a", "a"], "adversarial_text": ["b", "c"], "attack": ["pwws"] * 2,
            "text_before": ["p", "q"], "text_after": [None, None]}  # fmt: skip
    pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)).write_parquet(tmp_path / "v.parquet")
    one, other = read_pairs(tmp_path / "v.parquet")
    assert (parted(one.text), parted(one.found[0][1])) == (
        ("a", Beside(before="p")), ("b", Beside(before="p")),
    )  # fmt: skip
    assert parted(other.text)[1] == Beside(before="q")
    rows["original_text"] = ["a\ufdd0b", "c"]
    pl.DataFrame(rows, schema=dict.fromkeys(rows, pl.String)).write_parquet(tmp_path / "w.parquet")
    with pytest.raises(WeaklinkError, match="holds the noncharacter"):
        read_pairs(tmp_path / "w.parquet")
