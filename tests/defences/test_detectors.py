"""Every method of detection: from a store to a folder, and from there to figures."""

import contextlib
import json
import random
import shutil
from dataclasses import replace
from shutil import copytree
from types import SimpleNamespace

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file
from sklearn.covariance import MinCovDet
from sklearn.decomposition import KernelPCA
from sklearn.ensemble import GradientBoostingClassifier
from transformers import AutoModel

from tests.defences.conftest import put, texts_of
from tests.hostile import ROUNDS
from tests.victims.tiny import ARCHITECTURES, word_pieces
from weaklink.data.training_samples import digest_of_text, read_training_samples
from weaklink.defences.detectors import classifier, fgws, rde, trees
from weaklink.defences.detectors.fgws import synonyms_of, vectors_of_words
from weaklink.defences.detectors.protocol import (
    DetectorState,
    DetectorTask,
    Method,
    TrainingExamples,
)
from weaklink.defences.detectors.registry import find, installed
from weaklink.defences.evaluate import evaluate
from weaklink.defences.guard import guarded
from weaklink.defences.journal import ScoreJournal
from weaklink.defences.pairs import read_pairs
from weaklink.defences.saved import load_detector, read_card
from weaklink.defences.train import DetectorRecipe, train_detector
from weaklink.errors import WeaklinkError
from weaklink.lexicons.vectors import Vectors
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.store.vulnerable import attacked_samples, halves
from weaklink.victims import load_victim

METHODS = ("classifier", "confidence", "fgws", "rde", "wdr")


@pytest.fixture(scope="session")
def encoder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("encoder")
    AutoModel.from_config(ARCHITECTURES["bert"][0]).save_pretrained(folder)
    word_pieces().save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def detectors(world, encoder):
    """One detector of each method, from half of the samples; fgws and wdr know pwws alone."""
    made = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(classifier, "MINILM", SimpleNamespace(require=lambda _: encoder))
        for name, value in {"_LENGTH": 16, "_RATE": 1e-2, "_STEPS": 40}.items():
            patch.setattr(classifier, name, value)
        for method in METHODS:
            attacks = ("pwws",) if method in ("fgws", "wdr") else None
            recipe = DetectorRecipe(method=method, attacks=attacks, texts=50, device="cpu")
            out = world.root / method
            train_detector(world.victim, out, recipe, store=world.store)
            made[method] = load_detector(out, victim=world.victim)
    return made


@pytest.fixture(scope="session")
def report(detectors, world):
    return evaluate([*detectors.values()], stored(world), "victim")


def stored(world):
    with open_store(world.store) as store:
        return attacked_samples(store, world.victim.fingerprint)


def test_the_methods_are_installed():
    assert set(METHODS) <= set(installed())
    for name in METHODS:
        assert find(name).summary
        assert "http" in find(name).paper
    with pytest.raises(WeaklinkError, match="no method of detection named 'magic'"):
        find("magic")


@pytest.mark.parametrize("method", METHODS)
def test_a_score_depends_on_its_text_alone(detectors, method):
    score = detectors[method].score
    texts = ["the film is bad", "a plot", *("the film is" + " very" * many for many in range(9))]
    together = score(texts)
    assert together.shape == (11,)
    assert together.tolist() == [score([text])[0] for text in texts]


def test_a_guard_asks_the_victim_once_for_itself_and_its_detector(detectors, world, monkeypatch):
    texts = [f"the film is bad {number} once" for number in range(5)]
    detector = detectors["fgws"]
    guard = detector.guard(world.victim, "guarded")
    apart = guarded(
        world.victim, "guarded", detector.score, detector.card.calibration, detector.digest, {}
    )
    kind, asked = type(world.victim), []
    start = kind.start

    def counted(victim, batch):
        asked.extend(map(tuple, batch))
        return start(victim, batch)

    monkeypatch.setattr(kind, "start", counted)
    rows = guard.forward(guard.encode(texts))
    assert sorted(asked) == sorted(map(tuple, world.victim.encode(texts)))
    np.testing.assert_array_equal(rows, apart.forward(texts))


def test_a_guard_takes_the_features_from_the_pass_that_gives_its_probabilities(
    detectors, world, monkeypatch
):
    texts = [f"the film is bad {number} again" for number in range(5)]
    detector, passes = detectors["rde"], []
    alone = world.victim.features(texts)
    probabilities, features = world.victim.seen(world.victim.encode(texts))
    np.testing.assert_allclose(features, alone, rtol=1e-4, atol=1e-6)
    assert probabilities.tolist() == world.victim.exact(world.victim.encode(texts)).tolist()
    asked, seen = detector.access.asked, type(world.victim).seen

    def counted(victim, batch):
        passes.extend(batch)
        return seen(victim, batch)

    monkeypatch.setattr(type(world.victim), "seen", counted)
    monkeypatch.setattr(type(world.victim), "start", None)
    guard = detector.guard(world.victim, "guarded")
    rows = guard.forward(guard.encode(texts))
    assert sorted(passes) == sorted(world.victim.encode(texts))
    assert detector.access.asked == asked + 10
    below = guard.suspicion(texts) == 0
    np.testing.assert_allclose(rows[below, :-1], probabilities[below], rtol=1e-12)


def test_a_score_near_the_middle_between_two_values_is_computed_alone(tmp_path):
    """Features that a batch changed in their last bits give the score of each text alone."""
    random = np.random.default_rng(1)
    table = {f"t{i}": random.normal(size=6) for i in range(2200)}

    def rows(texts):
        return np.stack([table[one] for one in texts])

    class Noisy:
        features = staticmethod(rows)
        asked = 0

        def seen(self, texts):
            noise = 1e-6 * random.normal(size=(len(texts), 6)) if len(texts) > 1 else 0.0
            return np.tile([0.4, 0.6], (len(texts), 1)), rows(texts) + noise

    task = DetectorTask(tmp_path, tmp_path, 0, "cpu", Silent())
    examples = TrainingExamples([*table][:200], [i % 2 for i in range(200)], [], [])
    state = rde.rde.fit(examples, Noisy(), task)
    score, texts = rde.rde.open(state, None, Noisy()), [*table][200:]
    assert score(texts).tolist() == [score([one])[0] for one in texts]


def test_a_detector_with_a_model_of_its_own_is_computed_by_the_chosen_runtime(
    detectors, world, monkeypatch
):
    folder, texts = detectors["classifier"].folder, ["the film is bad", "a plot is very very good"]
    detector = load_detector(folder, victim=world.victim)
    wanted = []
    monkeypatch.setattr(type(detector.score), "run_on", lambda self, *given: wanted.append(given))
    detector.guard(world.victim, "guarded").run_on("torch", texts)
    assert wanted == [("torch", texts)]
    monkeypatch.undo()
    detector.score.run_on("onnx", texts)
    assert detector.score(texts).tolist() == detectors["classifier"].score(texts).tolist()


@pytest.mark.parametrize("method", METHODS)
def test_a_detector_is_saved_without_code_and_loaded_again(detectors, world, method):
    detector = detectors[method]
    kinds = {path.suffix for path in detector.folder.rglob("*") if path.is_file()}
    assert kinds <= {".json", ".safetensors", ".md"}
    again = load_detector(detector.folder, load=lambda name: load_victim(name, device="cpu"))
    texts = ["the film is bad", "a plot is not very good"]
    assert again.score(texts).tolist() == detector.score(texts).tolist()
    assert again.digest == detector.digest
    assert detector.card.victim == world.victim.name


def test_no_sample_of_the_evaluation_is_in_training(detectors, world, report):
    """Proved by digest, for unaltered and adversarial texts alike."""
    samples = stored(world)
    for one, detector in zip(report.detectors, detectors.values(), strict=True):
        seen = read_training_samples(detector.folder)
        blind = not find(one.method).uses_adversarial
        learnt, kept = halves(samples, 0.0 if blind else 0.5, 0)
        assert {s.digest for s in learnt} <= seen
        assert not {s.digest for s in kept} & seen
        assert one.samples + one.left_out == len(samples)
        assert one.left_out >= len(learnt)
        assert (one.attacks == ()) == blind
        assert one.overall.unaltered == one.samples


def test_what_learns_from_adversarial_texts_finds_planted_ones(report):
    found = {one.method: one for one in report.detectors}
    for one in (found["classifier"], found["wdr"]):
        assert one.overall.auroc.value > 0.9
        assert one.verdict == "better than chance"
        assert (one.false_positives_state == "failed") == (one.flagged.low > one.false_positives)
        assert {part.attack for part in one.by_attack} == {"pwws", "textfooler"}
    wdr = found["wdr"]
    assert [part.learnt for part in wdr.by_attack] == [True, False]
    assert wdr.on_learnt.adversarial + wdr.on_others.adversarial == wdr.overall.adversarial
    assert wdr.asked > 5
    assert found["classifier"].asked == 0
    assert wdr.flagged_right is not None or wdr.flagged_wrong is not None


def test_an_evaluation_asks_for_no_text_twice(detectors, world, report, monkeypatch):
    monkeypatch.setattr(detectors["wdr"].access, "probabilities", lambda _: 1 / 0)
    again = evaluate([detectors["wdr"]], stored(world), "victim")
    assert again.detectors == report.detectors[-1:]


def test_an_interrupted_training_goes_on_and_ends_as_any_of_that_seed(detectors, world):
    class Killed(Silent):
        left = 10

        def advance(self, steps=1):
            self.left -= 1
            if not self.left:
                raise KeyboardInterrupt

    recipe = DetectorRecipe(method="wdr", attacks=("pwws",), texts=50, device="cpu")
    out = world.root / "killed"
    with pytest.raises(KeyboardInterrupt):
        train_detector(world.victim, out, recipe, store=world.store, progress=Killed())
    assert not out.exists()
    found = list(world.root.glob(".killed.training/*/reactions.jsonl"))
    assert len(found[0].read_text().splitlines()) == 10
    train_detector(world.victim, out, recipe, store=world.store)
    for name in ("detector.json", "detector.safetensors", "training_samples.json"):
        one, other = (world.root / folder / name for folder in ("killed", "wdr"))
        assert one.read_bytes() == other.read_bytes()
    assert not (world.root / ".killed.training").exists()


def test_a_journal_leaves_out_what_a_kill_cut_off(tmp_path):
    path = tmp_path / "j.jsonl"
    journal = ScoreJournal(path)
    assert journal.recall("a", lambda: [1.0]) == [1.0]
    assert journal.recall("a", lambda: [2.0]) == [1.0]
    with path.open("a") as file:
        file.write('["half')
    again = ScoreJournal(path)
    assert again.recall("b", lambda: [3.0]) == [3.0]
    assert again.recall("a", lambda: [2.0]) == [1.0]
    assert len(path.read_text().splitlines()) == 2


def test_density_is_that_of_scikit_learn(tmp_path):
    """The saved arrays reduce features as KernelPCA does, and weigh them by MinCovDet.

    As in the authors' code that is the distance from its location: neither from the plain mean, nor
    with the logarithm of the determinant.
    """
    random = np.random.default_rng(0)
    table = {f"t{i}": random.normal(size=6) + (i % 2) for i in range(120)}

    class Planted:
        features = staticmethod(lambda texts: np.stack([table[t] for t in texts]))

        @staticmethod
        def seen(texts):
            odd = np.array([int(text[1:]) % 2 for text in texts])
            return np.stack([1 - odd, odd], axis=1), Planted.features(texts)

    texts = [*table][:100]
    task = DetectorTask(tmp_path, tmp_path, 0, "cpu", Silent())
    state = rde.rde.fit(TrainingExamples(texts, [i % 2 for i in range(100)], [], []), Planted, task)
    scores = rde.rde.open(state, None, Planted)([*table][100:])
    assert np.allclose(np.log(scores) * 100, np.round(np.log(scores) * 100))
    rows = np.stack([table[t] for t in texts])
    reducer = KernelPCA(n_components=10, kernel="rbf", gamma=1 / 6, random_state=0).fit(rows)
    reduced = [reducer.transform(rows)[label::2] for label in (0, 1)]
    densities = [MinCovDet(random_state=0).fit(one) for one in reduced]
    for place, text in enumerate([*table][100:]):
        row = reducer.transform(table[text][None])
        expected = densities[int(text[1:]) % 2].mahalanobis(row)
        assert np.isclose(scores[place], expected[0], rtol=0.0051)


def test_trees_answer_as_scikit_learn_does():
    random = np.random.default_rng(0)
    rows = random.normal(size=(80, 7))
    kinds = (rows[:, 0] + rows[:, 3] ** 2 > 0.5).astype(int)
    model = GradientBoostingClassifier(random_state=3, **trees.LEARNT).fit(rows, kinds)
    grown = trees.grow(rows, kinds, 3)
    others = random.normal(size=(50, 7))
    assert np.allclose(trees.log_odds(grown, others), model.decision_function(others))


def test_rare_words_become_frequent_synonyms(world):
    """A rare word that turns the prediction is exchanged, and the prediction turns back."""

    class Planted:
        victim = world.victim
        probabilities = staticmethod(
            lambda texts: np.array([[0.1, 0.9] if "flick" in t else [0.8, 0.2] for t in texts])
        )

    task = DetectorTask(None, None, 0, "cpu", Silent())
    clean = ["a movie", "the movie", "movie and film"]
    state = find("fgws").fit(TrainingExamples(clean, [], [], []), Planted, task)
    score = find("fgws").open(state, None, Planted)
    assert np.allclose(score(["a good flick", "a good movie"]), [0.7, 0.0])
    tuned = find("fgws").fit(
        TrainingExamples(clean, [], ["a movie"] * 5, ["a flick"] * 5), Planted, task
    )
    assert tuned.values["percentile"] == 100


def test_rare_words_of_another_script_become_frequent_ones(world, tmp_path, monkeypatch):
    """Vectors of the user's are enough; the marks of a word are no reason to leave it alone."""

    class Planted:
        victim = world.victim
        probabilities = staticmethod(
            lambda texts: np.array([[0.1, 0.9] if "चलचित्र" in t else [0.8, 0.2] for t in texts])
        )

    for one in (synonyms_of, vectors_of_words):
        monkeypatch.setattr(fgws, one.__name__, one)
    examples = TrainingExamples(["यह फ़िल्म अच्छी है"] * 3 + ["बुरा चलचित्र"], [], [], [])
    task = DetectorTask(tmp_path, tmp_path, 0, "cpu", Silent(), "hi")
    state = fgws.fgws.fit(examples, Planted, task)
    with pytest.raises(WeaklinkError, match=r"\(hi\).* omw-1.4 .* by WEAKLINK_VECTORS_HI"):
        fgws.fgws.open(state, tmp_path, Planted)
    path = tmp_path / "hi.vec"
    path.write_text("अजनबी 1 0\nफ़िल्म 1 0.1\nचलचित्र 1 0\n", "utf-8")
    monkeypatch.setenv("WEAKLINK_VECTORS_HI", str(path))
    score = fgws.fgws.open(state, tmp_path, Planted)
    assert np.allclose(score(["अच्छी चलचित्र", "अच्छी फ़िल्म"]), [0.7, 0.0])


def test_neighbours_are_words_of_the_training_texts(monkeypatch):
    monkeypatch.setattr(fgws, "load_glove", lambda: Vectors(
        ("film", "xyzzy", "movie"), np.array([[1, 0], [1, 0.1], [1, 0.5]], np.float32), "toy"
    ))  # fmt: skip
    found = vectors_of_words(["movie", "film", "unknown"], "en")
    assert [one.word for one in found.neighbours("film", 5)] == ["movie"]


def test_the_language_is_told_from_the_texts_or_stated(world, tmp_path):
    recipe = DetectorRecipe(method="fgws", data=str(world.data), texts=50, device="cpu")
    card = train_detector(world.victim, tmp_path / "told", recipe)
    assert card.values["language"] == "en"
    with pytest.raises(WeaklinkError, match="word vectors of the texts' language"):
        train_detector(world.victim, tmp_path / "stated", replace(recipe, language="hi"))


def test_pairs_are_read_from_a_file(tmp_path):
    path = tmp_path / "imdb_pwws.csv"
    path.write_text(
        "original_text,perturbed_text,result_type\n"
        "a [[good]] film,a [[fine]] film,Successful\nno [[plot]],no [[story]],Failed\n"
    )
    one, other = read_pairs(path)
    assert (one.text, one.found) == ("a good film", (("imdb_pwws", "a fine film"),))
    assert other.found == ()
    assert one.correct is None
    bad = tmp_path / "bad.csv"
    bad.write_text("x\n1\n")
    with pytest.raises(WeaklinkError, match="no column original_text"):
        read_pairs(bad)


def test_what_cannot_be_trained_or_loaded_is_told(world, detectors, tmp_path):
    recipe = DetectorRecipe(method="wdr", device="cpu", data=str(world.data), texts=50)
    with pytest.raises(WeaklinkError, match="learns from adversarial texts"):
        train_detector(world.victim, tmp_path / "x", recipe)
    with pytest.raises(WeaklinkError, match="already exists"):
        train_detector(world.victim, tmp_path, recipe)
    with pytest.raises(WeaklinkError, match="Give --store, or --data"):
        train_detector(world.victim, tmp_path / "x", DetectorRecipe(method="rde"))
    with pytest.raises(WeaklinkError, match="detector.json is missing"):
        read_card(tmp_path)
    (tmp_path / "detector.json").write_text("[")
    with pytest.raises(WeaklinkError, match="is damaged"):
        read_card(tmp_path)
    other = type("Other", (), {"fingerprint": "other"})()
    with pytest.raises(WeaklinkError, match="learnt with another version"):
        load_detector(detectors["rde"].folder, load=lambda _: other)
    with open_store(world.store) as store, pytest.raises(WeaklinkError, match="no outcome on nob"):
        attacked_samples(store, "nobody")


@pytest.mark.parametrize("victim", ["chosen_by_a_folder:f", "llm:m@http://127.0.0.1:9/v1"])
def test_a_folder_chooses_no_function_and_no_server(victim, detectors, tmp_path, monkeypatch):
    """A detector that a stranger made names the model that it reads texts with."""
    module = tmp_path / "chosen_by_a_folder.py"
    module.write_text(f"open({str(tmp_path / 'ran')!r}, 'w')")
    monkeypatch.syspath_prepend(tmp_path)
    folder = tmp_path / "detector"
    copytree(detectors["fgws"].folder, folder)
    card = detectors["fgws"].card.model_copy(update={"victim": victim})
    (folder / "detector.json").write_text(card.model_dump_json())
    with pytest.raises(WeaklinkError, match="a folder may not choose"):
        load_detector(folder)
    assert not (tmp_path / "ran").exists()
    asked = []
    with pytest.raises(WeaklinkError, match="another version"):
        load_detector(
            folder, load=lambda name: asked.append(name) or type("O", (), {"fingerprint": "x"})(),
            named=[victim],
        )  # fmt: skip
    assert asked == [victim]


@pytest.mark.parametrize("method", METHODS)
def test_any_damage_of_a_detector_is_told_or_does_no_harm(method, detectors, world, tmp_path):
    """Fuzzing: arrays, values and bytes are exchanged or lost, by a fixed seed."""
    draw, folder = random.Random(method), tmp_path / "detector"
    for _ in range(6 * ROUNDS):
        shutil.rmtree(folder, ignore_errors=True)
        copytree(detectors[method].folder, folder)
        arrays, card = folder / "detector.safetensors", folder / "detector.json"
        said = json.loads(card.read_text())
        match draw.randrange(4):
            case 0 if arrays.exists():
                kept = load_file(arrays)
                name = draw.choice([*kept])
                kept[name] = draw.choice([kept[name][:0], kept[name].ravel(), np.zeros((3, 3, 3))])
                save_file(kept, arrays)
            case 1 if arrays.exists():
                data = bytearray(arrays.read_bytes())
                data[draw.randrange(min(len(data), 2_000))] ^= 255
                arrays.write_bytes(data)
            case 2:
                part = draw.choice([said, said["values"], said["calibration"]])
                part[draw.choice([*part, "x"])] = draw.choice([None, -1, "x", [], {}, 10**400, 0.5])
                card.write_text(json.dumps(said))
            case _:
                arrays.unlink(missing_ok=True)
        with contextlib.suppress(WeaklinkError):
            detector = load_detector(folder, victim=world.victim)
            assert detector.score(["the film is bad"]).shape == (1,)


def test_a_detector_needs_no_store_where_it_needs_no_adversarial_text(world):
    recipe = DetectorRecipe(method="rde", data=str(world.data), texts=60, device="cpu")
    card = train_detector(world.victim, world.root / "alone", recipe)
    assert (card.samples, card.adversarial, card.attacks) == (0, 0, ())
    assert card.texts == 60
    digests = read_training_samples(world.root / "alone")
    assert digests <= {digest_of_text(text) for text in world.texts}


def test_a_plug_in_is_a_method(world, tmp_path, monkeypatch):
    def fit(examples, access, task):
        """Count characters."""
        return DetectorState(values={"mean": float(np.mean([len(t) for t in examples.clean]))})

    def open_(state, folder, access):
        return lambda texts: np.array([len(t) - state.values["mean"] for t in texts])

    counting = Method("length", "none", False, fit, open_)
    monkeypatch.setitem(installed(), "length", counting)
    recipe = DetectorRecipe(method="length", data=str(world.data), texts=60)
    train_detector(world.victim, tmp_path / "length", recipe)
    detector = load_detector(tmp_path / "length", victim=world.victim)
    found = detector.guard(world.victim, "guarded").suspicion(["short", "long" * 50])
    assert found[0] == 0
    assert found[1] > 1
    assert json.loads((tmp_path / "length" / "detector.json").read_text())["values"]["mean"] > 0


def test_a_detector_of_one_model_works_on_texts_made_for_another(detectors, world):
    """Texts of other data, made for another victim, are scored as they are."""
    texts, gold = texts_of(5, 12, last=("bad", "good"))
    other = world.root / "other.db"
    victim = load_victim(world.victim.name, device="cpu", max_length=20)
    put(other, victim, "others.csv", texts, gold)
    with open_store(other) as store:
        samples = attacked_samples(store, victim.name)
    report = evaluate([detectors["classifier"]], samples, victim.name)
    assert report.detectors[0].samples == 12
    assert {found.dataset for found in report.detectors[0].by_attack} == {"others.csv"}
