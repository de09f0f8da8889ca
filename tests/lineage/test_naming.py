"""Names: aliases, homonyms, misspellings, families, mentions in text."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.lineage.cards.card import CardLink
from weaklink.lineage.cards.mentions import Finder, hub_model
from weaklink.lineage.cards.names import read_name
from weaklink.lineage.catalogue import Catalogue, current, same
from weaklink.lineage.families import well_known
from weaklink.lineage.ids import begins

IDS = ["me/my-bert-base", "one/lion-bert", "two/lion-bert", "solo/tiger-bert", "bert-base-cased"]


def find(text, downstream="me/some-model", links=()):
    finder = Finder(Catalogue(IDS), downstream)
    return [(m.model, m.how) for m in finder.find(text, tuple(links))]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("bert-base-uncased", "google-bert/bert-base-uncased"),
        ("BERT-Base-Uncased", "google-bert/bert-base-uncased"),
        ("cl-tohoku/bert-base-japanese", "tohoku-nlp/bert-base-japanese"),
        ("google-bert/bert-base-uncased", "google-bert/bert-base-uncased"),
        ("nobody/knows", "nobody/knows"),
    ],
)
def test_current_id(old, new):
    assert current(old) == new
    assert same(old, new)


def test_renames_of_a_snapshot_count_and_a_circle_of_them_ends():
    assert current("a/b", {"a/b": "c/d"}) == "c/d"
    assert current("a/b", {"a/b": "c/d", "c/d": "a/b"}) in {"a/b", "c/d"}


def test_catalogue_prefers_the_spelling_of_the_snapshot():
    catalogue = Catalogue(IDS)
    assert catalogue.resolve("google-bert/bert-base-cased") == "bert-base-cased"
    assert catalogue.resolve("roberta-base") == "FacebookAI/roberta-base"
    assert "BERT-base-cased" in catalogue
    assert catalogue.resolve("allenai/scibert-scivocab-cased") == "allenai/scibert_scivocab_cased"


def test_homonyms_need_the_owner():
    catalogue = Catalogue(IDS)
    assert catalogue.tail("lion-bert", "one") == "one/lion-bert"
    assert catalogue.tail("lion-bert", "me") is None
    assert catalogue.tail("tiger-bert", "me") == "solo/tiger-bert"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("bert-based-uncased", "google-bert/bert-base-uncased"),
        ("distilbert-base-uncase", None),
        ("bert-base-caseed", "bert-base-cased"),
        ("albert-base-v3", None),
        ("my-own-thing", None),
    ],
)
def test_misspellings(written, meant):
    assert Catalogue(IDS).misspelt(written) == meant


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("uncased DistilBERT", "distilbert/distilbert-base-uncased"),
        ("BERT base model (uncased)", "google-bert/bert-base-uncased"),
        ("XLM-RoBERTa-large", "FacebookAI/xlm-roberta-large"),
        ("ELECTRA_large_discriminator", "google/electra-large-discriminator"),
        ("mDeBERTa-base", "microsoft/mdeberta-v3-base"),
        ("mBERT", "google-bert/bert-base-multilingual-cased"),
        ("multilingual BERT", None),
        ("multilingual BERT uncased", "google-bert/bert-base-multilingual-uncased"),
        ("French CamemBERT", "almanach/camembert-base"),
        ("Vietnamese PhoBERT large", "vinai/phobert-large"),
        ("English CamemBERT", None),
        ("Turkish BERT", "dbmdz/bert-base-turkish-cased"),
        ("BETO", "dccuchile/bert-base-spanish-wwm-cased"),
        ("RuBERT conversational", "DeepPavlov/rubert-base-cased-conversational"),
        ("BERT", None),
        ("BERT large", None),
        ("distilbert large", None),
        ("ELECTRA small model for the Japanese language", None),
        ("German BERT large", None),
    ],
)
def test_families(text, meant):
    (named,) = well_known().find(text)
    assert named.family.named(named.said) == meant


@pytest.mark.parametrize("text", ["BERT-like", "BERT-based", "my-bert-x", "xBERT", "a/bert"])
def test_a_part_of_another_name_is_no_family(text):
    assert not list(well_known().find(text))


def test_every_well_known_base_is_found_by_its_own_name():
    catalogue = Catalogue([])
    for family in well_known().families:
        for model in family.ids():
            assert catalogue.resolve(model) == model, "an id in the table is out of date"


@pytest.mark.parametrize(
    ("target", "model"),
    [
        ("https://huggingface.co/a/b", "a/b"),
        ("https://www.huggingface.co/a/b/", "a/b"),
        ("http://hf.co/a/b?x=1#y", "a/b"),
        ("https://huggingface.co/a/b/tree/main", "a/b"),
        ("/a/b", "a/b"),
        ("https://huggingface.co/bert-base-cased", "bert-base-cased"),
        ("https://huggingface.co/datasets/imdb", None),
        ("https://huggingface.co/transformers/model_doc/bert.html", None),
        ("https://huggingface.co/a/b/c/d", None),
        ("https://huggingface.co/../../etc/passwd", None),
        ("https://huggingface.co/a/%2e%2e%2fb", None),
        ("https://evil.example/huggingface.co/a/b", None),
        ("https://huggingface.co.evil.example/a/b", None),
        ("javascript:alert(1)", None),
        ("https://[", None),
        ("", None),
    ],
)
def test_hub_addresses(target, model):
    assert hub_model(target) == model


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("see solo/tiger-bert.", [("solo/tiger-bert", "id")]),
        ("and/or qa/boolq", []),
        ("bert-base-cased", [("bert-base-cased", "name")]),
        ("lion-bert or tiger-bert", [("solo/tiger-bert", "name")]),
        ("at https://hf.co/x/y, too", [("x/y", "link")]),
        ("outputs/checkpoint-500 models/bert-x", []),
        ("some-new-bert-model", [(None, "open")]),
        ("BERT-base", [(None, "open")]),
    ],
)
def test_mentions(text, found):
    assert find(text) == found


def test_a_name_in_the_text_of_a_link_beats_where_it_points():
    links = [CardLink(0, 10, "https://huggingface.co/gpt2")]
    assert find("gpt2-large", links=links) == [("openai-community/gpt2-large", "name")]
    assert find("this model", links=links) == [("openai-community/gpt2", "link")]


def test_a_page_of_code_stands_for_its_family():
    found = find("BERTje", links=[CardLink(0, 6, "https://github.com/wietsedv/bertje")])
    assert found == [("GroNLP/bert-base-dutch-cased", "family")]


def test_own_name_decides_what_a_family_leaves_open():
    found = find("BERT", downstream="me/bert-base-uncased-spam")
    assert found == [("google-bert/bert-base-uncased", "family+name")]


@given(st.text(alphabet="abBERT-base/_ .(),0123gptxlmr\n", max_size=200))
def test_mentions_are_in_order_and_do_not_overlap(text):
    mentions = Finder(Catalogue(IDS), "me/x").find(text)
    assert all(a.end <= b.start for a, b in pairwise(mentions))
    assert all(text[m.start : m.end].startswith(m.written) for m in mentions)


@pytest.mark.parametrize(
    ("downstream", "upstream"),
    [
        ("me/bert-base-cased-spam", "bert-base-cased"),
        ("me/my-roberta-base_spam", "FacebookAI/roberta-base"),
        ("me/my-bert-base-spam", "me/my-bert-base"),
        ("you/my-bert-base-spam", None),
        ("me/spam-classifier", None),
        ("bert-base-cased", None),
    ],
)
def test_read_name(downstream, upstream):
    evidence = read_name(downstream, Catalogue(IDS))
    assert (evidence.upstream if evidence else None) == upstream
    assert evidence is None or evidence.tier == "name"


def test_begins():
    assert begins("me/lion-bert-spam", "one/lion-bert")
    assert not begins("me/lion-bert", "one/lion-bert")
    assert not begins("me/bert-spam", "x/bert")
