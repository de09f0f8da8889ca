"""An audit of a guarded model: both attackers, from the specification to the gate."""

import numpy as np
import pytest

from tests.campaigns.studies.small_study import HERE
from tests.campaigns.toys import Words
from tests.engine.work import toy_models
from weaklink.campaigns import Specification
from weaklink.campaigns.finished import find_finished
from weaklink.campaigns.prepare import data as prepared
from weaklink.campaigns.prepare.call_arguments import CallArguments
from weaklink.campaigns.prepare.data import load_samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.run import run
from weaklink.data.datasets import load_split
from weaklink.data.training_samples import digest_of_text, write_training_samples
from weaklink.defences.detectors.protocol import DetectorState, Method
from weaklink.defences.detectors.registry import installed
from weaklink.defences.train import DetectorRecipe, train_detector
from weaklink.errors import WeaklinkError
from weaklink.measures import Options, parse_bound
from weaklink.measures.figures import results
from weaklink.progress import Silent
from weaklink.report.page.page import campaign_page
from weaklink.report.summary import markdown
from weaklink.report.tables.all_tables import all_tables
from weaklink.store import Status, open_store
from weaklink.store.studies import study_of_audit
from weaklink.testing.attacks import SUBSTITUTES
from weaklink.victims import load_victim

VICTIM = f"{HERE}:upstream"


def method(name, score):
    return Method(name, "none", False, lambda *_: DetectorState(), lambda *_: score)


@pytest.fixture(scope="module")
def specs():
    """The specification of each audit."""
    return {}


@pytest.fixture(scope="module")
def audits(data, tmp_path_factory, specs):
    """The same model behind a perfect detector, a blind one and one that rejects everything."""
    root = tmp_path_factory.mktemp("guarded")
    rows = [line.rpartition(",") for line in data.read_text().splitlines()[1:]]
    known = {text.strip('"') for text, _, _ in rows}
    clean = root / "clean.csv"
    clean.write_text("text,label\n" + "\n".join(f"word {i} here,{i % 2}" for i in range(60)))
    known |= {f"word {i} here" for i in range(60)}
    scores = {
        "perfect": lambda texts: np.array([float(text not in known) for text in texts]),
        "blind": lambda texts: np.zeros(len(texts)),
        "deaf": lambda texts: np.array([float(not text.startswith("word")) for text in texts]),
    }
    found = {}
    with pytest.MonkeyPatch.context() as patch:
        models = toy_models()
        models.encoder.digest = models.tagger.digest = "toy"
        patch.setattr(prepared, "Lexicon", lambda *_, **__: Words(SUBSTITUTES))
        for name, score in scores.items():
            patch.setitem(installed(), name, method(name, score))
            recipe = DetectorRecipe(method=name, data=str(clean))
            train_detector(load_victim(VICTIM), root / name, recipe)
            spec = Specification.of_audit(
                VICTIM, guard=root / name, data=str(data), samples=12, references="none",
                attacks=("pwws", "textbugger"), language_model="none", store=root / f"{name}.db",
            )  # fmt: skip
            with open_store(spec.store) as store:
                made = run(spec, store, Silent(), strict=True, models=models).made
                again = run(spec, store, Silent(), strict=True, models=models).made
                assert (made > 0, again) == (True, 0)
                assert find_finished(spec, store) is None
            specs[name], study = spec, study_of_audit(spec.store)
            found[name] = study, results(study, Options(resamples=99))
        yield found


def statuses(study, model, replays=False):
    frame = study.outcomes.frame("attack", "sample_id", "status", "victim", "adversarial_text")
    return [
        tuple(row.values())
        for row in frame.filter(victim=model).drop("victim").iter_rows(named=True)
        if row["attack"].startswith("replay") is replays
    ]


def guarded(name):
    return f"{VICTIM} guarded by {name}"


def test_a_perfect_guard_leaves_an_adaptive_asr_of_zero(audits):
    study, found = audits["perfect"]
    (one,) = found.defences
    assert (one.kind, one.method, one.learnt_on) == ("guard", "perfect", None)
    assert one.all.asr_all.before.value > 0.4
    assert one.all.asr_all.after.value == one.all.asr_oblivious.value == 0
    assert one.all.asr_all.difference.high < 0
    assert one.verdict == "more robust"
    assert (one.rejected.value, one.accuracy.difference.value) == (0, 0)
    assert [advice.verdict for advice in found.advice] == ["guard"]
    assert Status.SUCCEEDED not in {
        status for _, _, status, _ in statuses(study, guarded("perfect"))
    }


def test_behind_a_blind_guard_every_outcome_is_that_of_the_bare_model(audits):
    study, found = audits["blind"]
    assert statuses(study, guarded("blind")) == statuses(study, VICTIM)
    (one,) = found.defences
    change = one.all.asr_all
    assert change.before.value == change.after.value == one.all.asr_oblivious.value
    assert one.all.text_transfer.value == 1
    assert change.difference.value == 0
    assert [advice.verdict for advice in found.advice] == ["cannot be told"]


def test_a_guard_that_rejects_everything_is_not_advised(audits):
    _, found = audits["deaf"]
    (one,) = found.defences
    assert one.all.asr_all.after.value == 0
    assert one.rejected.value == 1
    assert one.accuracy.after.value == 0
    assert one.all.robust_accuracy.after.value == 0
    assert {scenario.notes.get("rejected") for scenario in found.scenarios} == {None, 1.0}


def test_the_report_has_a_section_of_defence(audits):
    study, found = audits["perfect"]
    tables = all_tables(study, found)
    assert len(tables["defences"].rows) == 1
    assert len(tables["defence_attacks"].rows) == 2
    page = campaign_page(study, found, tables, {})
    assert '<section id="defence"' in page
    assert "oblivious attacker" in page
    assert "What each defence is worth" in markdown(study, found)
    assert found.audited == (guarded("perfect"),)


def test_a_gate_asks_for_either_attacker(audits):
    for name, state in (("perfect", "passed"), ("blind", "failed")):
        _, found = audits[name]
        for measure in ("asr_adaptive", "asr_oblivious"):
            judged = parse_bound(f"textbugger.{measure}=0.35").judge(found)
            assert [(one.model, one.state) for one in judged] == [(guarded(name), state)]
    bound = parse_bound("asr_adaptive=0.5")
    with pytest.raises(WeaklinkError, match="needs a model with a defence"):
        bound.check(["pwws"], chain=False, defended=False)


def test_a_gate_on_the_oblivious_attacker_is_looked_at_while_attacks_go_on(audits, specs):
    """Texts are tried on the guarded model eight samples at a time; all attempts are stored."""
    spec = specs["blind"].model_copy(update={"until": "decided"})
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    given = CallArguments(gates=[parse_bound("textbugger.asr_oblivious=0.05")])
    with open_store(spec.store) as store:
        ran = run(spec, store, Silent(), strict=True, models=models, given=given)
        assert run(spec, store, Silent(), strict=True, models=models, given=given).made == 0
    assert ran.record.stopped is None
    assert {one.downstream for one in ran.record.replays} == {guarded("blind")}
    study = study_of_audit(spec.store)
    found, (_, before) = results(study, Options(resamples=99)), audits["blind"]
    for one, other in zip(found.defences[0].scenarios, before.defences[0].scenarios, strict=True):
        pair = one.figures.asr_oblivious, other.figures.asr_oblivious
        assert (pair[0].value, pair[0].n) == (pytest.approx(pair[1].value), pair[1].n)
        assert pair[0].high - pair[0].low >= pair[1].high - pair[1].low
    (judged,) = given.gates[0].judge(found)
    assert judged.state == "failed"


def test_what_a_defence_learnt_from_is_never_attacked(data, tmp_path):
    texts = load_split(str(data)).texts
    write_training_samples(tmp_path, map(digest_of_text, texts[3:]))
    spec = Specification.of_audit(VICTIM, data=str(data), samples=3)
    failures = Failures(strict=True)
    drawn = load_samples(spec, [], [], failures, Silent(), apart=[tmp_path])[str(data)]
    assert {sample.text for sample in drawn.dataset.samples} == set(texts[:3])


def test_a_defence_and_an_upstream_do_not_go_together(tmp_path):
    with pytest.raises(WeaklinkError, match="no upstream is"):
        Specification.of_audit("a", "b", guard=tmp_path)
