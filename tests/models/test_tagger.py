"""Parts of speech and named entities, carried from spaCy's tokens to words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.data.datasets import load_split
from weaklink.models.tagger import Entity, ForeignTagger, Tagger, load_tagger
from weaklink.packaged import spacy_model
from weaklink.text import Words


@pytest.fixture(scope="module")
def tagger():
    return load_tagger()


def test_tags_of_words_that_are_several_tokens(tagger):
    texts = [Words.split("It isn't a well-made film."), Words.split(""), Words.split("...")]
    assert tagger.tags(texts) == [("PRON", "AUX", "DET", "ADV", "NOUN"), (), ()]


def test_penn_tags_tell_inflections_apart(tagger):
    assert tagger.penn_tags([Words.split("films"), Words.split("a film")]) == [
        ("NNS",), ("DT", "NN"),
    ]  # fmt: skip


def test_tags_and_entities_are_those_of_the_pipeline_as_it_is_packaged(tagger):
    import spacy

    pipeline = spacy.load(spacy_model(), exclude=["parser"])
    texts = [Words.split(s.text) for s in load_split("rotten_tomatoes").draw(50, seed=0).samples]
    assert tagger.entities(texts) == Tagger(pipeline, "").entities(texts)
    for words, tags in zip(texts, tagger.tags(texts), strict=True):
        said = {token.idx: token.pos_ for token in pipeline(str(words))}
        spans = words.spans()
        assert [said.get(s, t) for (s, _), t in zip(spans, tags, strict=True)] == list(tags)
        assert sum(start in said for start, _ in spans) > 0.9 * len(spans)


def test_entities(tagger):
    words = Words.split("Yesterday (in New York City) Steven Spielberg laughed.")
    (found,) = tagger.entities([words])
    assert Entity(2, 5, "GPE") in found
    assert Entity(5, 7, "PERSON") in found
    assert tagger.entities([Words.split("a"), Words.split("")]) == [(), ()]


@given(texts=st.lists(st.text(max_size=40), max_size=4))
def test_one_tag_for_each_word_and_entities_in_order(tagger, texts):
    split = [Words.split(text) for text in texts]
    assert [len(tags) for tags in tagger.tags(split)] == [len(words) for words in split]
    for words, entities in zip(split, tagger.entities(split), strict=True):
        ends = [0, *(entity.last for entity in entities)]
        for end, entity in zip(ends, entities, strict=False):
            assert end <= entity.first < entity.last <= len(words)


def test_what_lies_far_beyond_the_last_word_is_not_read(tagger):
    text = "A fine film. " + "And more. " * 300_000
    assert tagger.tags([Words.split(text, until=12)]) == [("DET", "ADJ", "NOUN")]


def test_a_pipeline_of_another_language_tells_universal_parts_of_speech():
    import spacy

    pipeline = spacy.blank("es")
    ruler = pipeline.add_pipe("attribute_ruler")
    ruler.add([[{"LOWER": "película"}]], {"POS": "NOUN", "TAG": "NCFS"})
    ruler.add([[{"LOWER": "buena"}]], {"POS": "ADJ", "TAG": "AQ"})
    pipeline.add_pipe("entity_ruler", name="ner").add_patterns([{"label": "PER", "pattern": "Ana"}])
    tagger = ForeignTagger(pipeline, "")
    words = [Words.split("¡Película buena!"), Words.split("")]
    assert tagger.tags(words) == [("NOUN", "ADJ"), ()]
    assert tagger.penn_tags(words) == [("NCFS", "AQ"), ()]
    assert tagger.entities([Words.split("Dice Ana: no.")]) == [(Entity(1, 2, "PER"),)]
