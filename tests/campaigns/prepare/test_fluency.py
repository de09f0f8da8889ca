"""The stage that measures fluency after the attacks."""

from dataclasses import replace

import pytest

from tests.examples import a_campaign, an_outcome
from weaklink import packaged
from weaklink.campaigns import measure_fluency
from weaklink.campaigns.fluency import language_model_of
from weaklink.campaigns.specification import Settings
from weaklink.errors import WeaklinkError
from weaklink.progress import Silent
from weaklink.store import open_store


class Letters:
    """Takes the number of different letters for the perplexity of a text, until interrupted."""

    def __init__(self, patience=10):
        self.asked = []
        self.patience = patience

    def perplexities(self, texts):
        if not self.patience:
            raise KeyboardInterrupt
        self.patience -= 1
        self.asked += texts
        return [float(len(set(text))) or None for text in texts]


class Found:
    """Such a model that was found and not loaded yet."""

    def __init__(self, model=None, digest="#letters"):
        self.name, self.digest, self.loaded = "letters", digest, []
        self._model = model or Letters()

    def load(self, device):
        self.loaded.append(device)
        return self._model


SOME = [
    an_outcome(0, original_text="a fine film", adversarial_text="a grand film"),
    an_outcome(0, attack="hotflip", original_text="a fine film", adversarial_text="a fjne film"),
    an_outcome(1, original_text="so bad", adversarial_text=""),
    an_outcome(2, success=False, original_text="stays as it is"),
]


@pytest.fixture
def store(tmp_path):
    with open_store(tmp_path / "audit.db") as store:
        for outcome in SOME:
            store.put(outcome)
        yield store


def measured(store):
    return {
        (o.attack, o.key.sample_id): (
            o.original_perplexity,
            o.adversarial_perplexity,
            o.language_model,
        )
        for o in store.outcomes()
    }


class Steps:
    def __init__(self):
        self.phases, self.steps = [], 0

    def begin(self, phase, total=None):
        self.phases.append((phase, total))

    def advance(self, steps=1):
        self.steps += steps


def test_every_success_is_measured_and_nothing_else_changes(store):
    progress = Steps()
    assert measure_fluency(store, Found(), progress) == 3
    assert measured(store) == {
        ("pwws", "train:0"): (8.0, 10.0, "#letters"),
        ("hotflip", "train:0"): (8.0, 9.0, "#letters"),
        ("pwws", "train:1"): (6.0, None, "#letters"),
        ("pwws", "train:2"): (None, None, None),
    }
    unmeasured = {
        "original_perplexity": None,
        "adversarial_perplexity": None,
        "language_model": None,
    }
    assert {replace(o, **unmeasured).key: replace(o, **unmeasured) for o in store.outcomes()} == {
        o.key: o for o in SOME
    }
    assert progress.phases == [("Loading letters", None), ("Measuring fluency", 3)]
    assert progress.steps == 3


def test_equal_texts_are_asked_about_once_even_over_several_runs(store):
    model = Letters()
    measure_fluency(store, Found(model), Silent())
    assert sorted(model.asked) == ["", "a fine film", "a fjne film", "a grand film", "so bad"]
    store.put(an_outcome(3, original_text="a fine film", adversarial_text="a fair film"))
    measure_fluency(store, Found(model), Silent())
    assert model.asked[5:] == ["a fair film"]


def test_what_is_measured_stays_and_the_model_is_not_even_loaded(store):
    measure_fluency(store, Found(), Silent())
    again = Found()
    assert measure_fluency(store, again, Silent()) == 0
    assert again.loaded == []


def test_another_model_replaces_what_was_measured(store):
    measure_fluency(store, Found(), Silent())
    other = Found(digest="#other")
    assert measure_fluency(store, other, Silent(), device="mps") == 3
    assert other.loaded == ["mps"]
    assert {digest for *_, digest in measured(store).values()} == {"#other", None}


def test_only_the_outcomes_of_the_campaign_are_measured(store):
    assert measure_fluency(store, Found(), Silent(), campaigns=[a_campaign(samples=1)]) == 1
    assert measured(store)["hotflip", "train:0"][2] is None


def test_it_goes_on_where_it_was_interrupted(tmp_path):
    path, many = tmp_path / "audit.db", 150
    with open_store(path) as store:
        for i in range(many):
            store.put(an_outcome(i, original_text=f"film {i}", adversarial_text=f"flim {i}"))
        with pytest.raises(KeyboardInterrupt):
            measure_fluency(store, Found(Letters(patience=2)), Silent())
    model = Letters()
    with open_store(path) as store:
        done = count(store)
        assert 0 < done < many
        assert measure_fluency(store, Found(model), Silent()) == many - done
        assert count(store) == many
        assert len(model.asked) == 2 * (many - done)
        for outcome in store.outcomes():
            texts = [outcome.original_text, outcome.adversarial_text]
            found = [outcome.original_perplexity, outcome.adversarial_perplexity]
            assert found == Letters().perplexities(texts)


def count(store):
    return sum(outcome.language_model is not None for outcome in store.outcomes())


def test_the_packaged_model_is_the_default_and_none_if_it_is_not_installed(monkeypatch):
    assert language_model_of(Settings()).name == Settings().language_model
    assert language_model_of(Settings(language_model=None)) is None
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    assert language_model_of(Settings()) is None
    with pytest.raises(WeaklinkError, match="is neither a folder nor a Hub id"):
        language_model_of(Settings(language_model="not/a/model"))
