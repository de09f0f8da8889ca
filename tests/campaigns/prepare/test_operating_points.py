"""Audits for those who guard: only texts that are blocked, at a chosen operating point."""

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from tests.campaigns.toys import Words
from tests.engine.work import toy_models
from weaklink.campaigns import Specification, finished
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.run import run
from weaklink.defences.calibration import Calibration
from weaklink.defences.guard import guarded
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.report import notices
from weaklink.report.page.page import campaign_page
from weaklink.report.tables.all_tables import all_tables
from weaklink.store import open_store
from weaklink.store.studies import study_of_audit
from weaklink.testing import ToyVictim
from weaklink.testing.attacks import SUBSTITUTES
from weaklink.victims.operating_point import point_of

HERE = "tests.campaigns.prepare.test_operating_points"
WORDS = ("good", "film", "slow", "really", "plot", "fine", "actors", "idea")
TEXTS = [f"{one} {other} number {i}" for i, one in enumerate(WORDS) for other in WORDS[:2]]
BENIGN = [f"{other} words number {i}" for i in range(10) for other in WORDS[:4]]
BARE = ToyVictim()


def guard(texts):
    return BARE.forward(texts)


def older(texts):
    return ToyVictim({"good": 2.0, "film": 1.0}).forward(texts)


guard.labels = older.labels = ("SAFE", "INJECTION")


def scores(texts):
    return guard(texts)[:, 1]


@pytest.fixture
def audited(tmp_path, monkeypatch):
    """Run an audit of the toy guard, and return its outcomes, figures and what was made."""
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    monkeypatch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))
    rows = [f"{text},{'INJECTION' if i % 2 else 'SAFE'}" for i, text in enumerate(TEXTS)]
    (tmp_path / "data.csv").write_text("text,label\n" + "\n".join(rows))
    monkeypatch.chdir(tmp_path)

    def audit(upstream=None, **options):
        spec = Specification.of_audit(
            f"{HERE}:guard", upstream, data="data.csv", samples=len(TEXTS), references="none",
            attacks=("pwws",), language_model="none", store=tmp_path / "audit.db",
            **{"source": "INJECTION", "target": "SAFE", **options},
        )  # fmt: skip
        with closing(open_store(spec.store)) as store:
            made = run(spec, store, Silent(), strict=True, models=models).made
        study = study_of_audit(spec.store)
        return study, results(study, Options(resamples=9)), made

    return audit


def write_benign(texts=BENIGN, path="benign.csv"):
    Path(path).write_text("text\n" + "\n".join(texts))
    return np.sort(scores(texts))[::-1]


def told(study, figures, check="operating-point"):
    return next(one.message for one in notices(study, figures) if one.check == check)


def test_outcomes_of_different_thresholds_never_mix(audited):
    made = []
    for threshold in (0.5, 0.8):
        study, figures, new = audited(threshold=f"INJECTION={threshold}")
        made.append(new)
        for one in study.attempts().iter_rows(named=True):
            blocked = bool(scores([one["original_text"]])[0] >= threshold)
            assert (one["original_label"] == "INJECTION") is blocked
            assert (one["status"] == "skipped") is not blocked
            if one["status"] == "succeeded":
                assert scores([one["adversarial_text"]])[0] < threshold
        (point,) = figures.operating_points
        assert (point.label, point.threshold, point.false_alarms) == ("INJECTION", threshold, None)
        assert f"INJECTION from a probability of {threshold}" in told(study, figures)
    assert made == [len(TEXTS)] * 2


def test_the_threshold_is_chosen_on_benign_texts_and_told(audited):
    benign = write_benign()
    study, figures, made = audited(false_alarms=0.05, calibrate="benign.csv")
    (point,) = figures.operating_points
    assert benign[1] >= point.threshold > benign[2]
    assert (point.label, point.allowed, point.benign) == ("INJECTION", 0.05, "benign.csv")
    assert (point.false_alarms.value, point.false_alarms.n) == (0.05, len(BENIGN))
    said = told(study, figures)
    assert "It flags 2: a false-alarm rate of 5.00% (95 % interval 0.61% to 16.92%, n=40)" in said
    assert said in campaign_page(study, figures, all_tables(study, figures), [])
    assert made == len(TEXTS)
    same = audited(threshold=f"INJECTION={point.threshold!r}")
    assert same[2] == 0, "the same threshold has the same outcomes"


def test_other_benign_texts_are_another_input(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write_benign()
    Path("data.csv").write_text("text,label\na,b\n")
    spec = Specification.of_audit(
        "model", data="data.csv", false_alarms=0.05, calibrate="benign.csv", source="INJECTION",
        language_model="none",
    )  # fmt: skip
    monkeypatch.setattr(finished, "of_attacks", lambda: "same")
    before = finished.inputs_of(spec, [], {})
    write_benign(BENIGN[:20])
    after = finished.inputs_of(spec, [], {})
    assert {name for name in before if before[name] != after[name]} == {"data benign.csv"}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"false_alarms": 0.1, "calibrate": "b.csv", "threshold": "SAFE=0.9"}, "A threshold is"),
        ({"false_alarms": 0.1}, "needs benign texts"),
        ({"calibrate": "b.csv"}, "needs benign texts"),
        ({"false_alarms": 0.1, "calibrate": "b.csv", "source": None}, "the label that is an alarm"),
        ({"false_alarms": 0.1, "calibrate": "mixed.csv"}, "which are not benign"),
        ({"false_alarms": 0.1, "calibrate": "none.csv"}, "there is no file none.csv"),
        ({"threshold": "TOXIC=0.9"}, "'TOXIC' is not a label"),
        ({"threshold": "0.9"}, "does not say LABEL=PROBABILITY"),
    ],
)
def test_what_cannot_be_is_said_before_any_attack(audited, options, said):
    Path("mixed.csv").write_text("text,label\na plot,injection\n")
    with pytest.raises(WeaklinkError, match=said):
        audited(**options)


def test_a_guard_that_is_certain_of_benign_texts_has_no_threshold(audited, monkeypatch):
    write_benign(["always blocked", "a plot"])
    monkeypatch.setattr(BARE, "weights", {"always": 1e4})
    with pytest.raises(WeaklinkError, match="no threshold flags so few"):
        audited(false_alarms=0.01, calibrate="benign.csv")


def test_both_ends_of_a_chain_have_the_point_and_texts_are_tried_at_it(audited):
    study, figures, _ = audited(upstream=f"{HERE}:older", threshold="INJECTION=0.7")
    assert {one.model for one in figures.operating_points} == {f"{HERE}:older", f"{HERE}:guard"}
    assert {one.threshold for one in figures.operating_points} == {0.7}
    (replay,) = study.record.replays
    (victim,) = study.campaigns[replay.campaign].victims
    assert victim.operating_point.threshold == 0.7
    tried = study.outcomes.frame("attack", "status", "adversarial_text").filter(
        attack="replay-pwws", status="succeeded"
    )
    assert len(tried)
    assert (scores(tried["adversarial_text"].to_list()) < 0.7).all()


def test_each_end_of_a_chain_has_a_threshold_of_its_own(audited):
    write_benign()
    asked = {"false_alarms": 0.05, "calibrate": "benign.csv"}
    _, figures, _ = audited(upstream=f"{HERE}:older", **asked)
    thresholds = {one.model: one.threshold for one in figures.operating_points}
    assert len(set(thresholds.values())) == 2
    for name, victim in ((f"{HERE}:older", older), (f"{HERE}:guard", guard)):
        assert (victim(BENIGN)[:, 1] >= thresholds[name]).sum() == 2


def test_a_guarded_model_has_its_point_behind_the_guard():
    spec = Specification.of_audit("model", threshold="positive=0.7")
    victims = Victims(spec, {}, Silent())
    behind = victims.at_point(ToyVictim())
    flat = Calibration(typical=0.0, threshold=0.5, false_positives=0.05, texts=4)
    whole = guarded(behind, "both", lambda texts: [len(t) > 20 for t in texts], flat, "d", {})
    assert victims.at_point(whole) is whole
    assert point_of(whole).threshold == 0.7
    texts = [*TEXTS, "a text that is too long for the detector"]
    decided = whole.forward(whole.encode(texts)).argmax(axis=1)
    for text, label in zip(texts, decided.tolist(), strict=True):
        blocked = int(scores([text])[0] >= 0.7)
        assert label == (2 if len(text) > 20 else blocked)
