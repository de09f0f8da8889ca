"""The rules of PWWS, each driven by hand."""

from dataclasses import replace

from weaklink.attacks import FindEntities, Score, Tag
from weaklink.attacks.pwws import pwws
from weaklink.models.tagger import Entity
from weaklink.testing import ToyLexicon, ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words

VICTIM = ToyVictim({"directs": 0.5, "spielberg": 1.0, "steven": 1.0, "david": -3.0, "films": 1.0})


def run(text, lexicon, *, gold=1, entities=(), tags=(), **parameters):
    """Return the result and what was asked, with entities and Penn tags given."""
    context = toy_context(text, VICTIM, pwws.parameters(**parameters), lexicon=lexicon)
    answers = toy_answers(VICTIM) | {
        FindEntities: lambda _: tuple(entities),
        Tag: lambda ask: [
            tuple(dict(tags).get(word, "NN") for word in text.words) for text in ask.texts
        ],
    }
    return drive(pwws.run(Words.split(text), replace(context, gold=gold)), answers)


def test_an_entity_of_several_words_is_replaced_once_and_as_a_whole():
    lexicon = ToyLexicon(entities={"PERSON": "David"})
    entities = [Entity(0, 2, "PERSON")]
    result, asked = run("Steven Spielberg directs", lexicon, entities=entities)
    assert result == "David directs"
    first = next(ask for ask in asked if isinstance(ask, Score))
    assert first.texts == ("[UNK] directs", "Steven Spielberg [UNK]", "David directs")


def test_entities_keep_their_places_when_earlier_ones_are_joined():
    lexicon = ToyLexicon(entities={"PERSON": "David"})
    entities = [Entity(0, 2, "PERSON"), Entity(1, 3, "PERSON"), Entity(3, 4, "PERSON")]
    _, asked = run("Steven Spielberg and Steven", lexicon, entities=entities)
    first = next(ask for ask in asked if isinstance(ask, Score))
    assert first.texts[3:] == ("David and Steven", "Steven Spielberg and David")


def test_an_entity_without_replacement_has_the_synonyms_of_its_words():
    lexicon = ToyLexicon({"spielberg": ["david"]})
    result, _ = run("Spielberg", lexicon, entities=[Entity(0, 1, "PERSON")])
    assert result == "David"


def test_synonyms_have_by_themselves_the_penn_tag_of_the_word():
    lexicon = ToyLexicon({"films": ["movie", "david"]})
    tags = {"films": "NNS", "david": "NNS"}
    result, asked = run("films", lexicon, gold=None, tags=tags)
    assert [ask.texts for ask in asked if isinstance(ask, Tag)] == [
        (Words.split("films"),), (Words.split("movie"), Words.split("david")),
    ]  # fmt: skip
    assert all(ask.penn for ask in asked if isinstance(ask, Tag))
    assert next(ask for ask in asked if isinstance(ask, Score)).texts == ("[UNK]", "david")
    assert result == "david"
    tags = {"films": "NNS"}
    assert run("films", lexicon, gold=None, tags=tags)[0] is None
    assert run("films", lexicon, gold=None, tags=tags, equal_tags=False)[0] == "david"


def test_only_nouns_verbs_adjectives_and_adverbs_are_replaced():
    lexicon = ToyLexicon({"films": ["david"]})
    for tag, found in {"NN": 1, "VBD": 1, "JJR": 1, "RB": 1, "RP": 0, "IN": 0, "PRP": 0}.items():
        result, _ = run("films", lexicon, gold=None, tags={"films": tag, "david": tag})
        assert (result is not None) == found, tag


def test_beyond_english_words_have_universal_tags():
    lexicon = ToyLexicon({"films": ["david"]}, language="es")
    tags = {"films": "ADJ", "david": "ADJ"}
    _, asked = run("films", lexicon, tags=tags)
    assert [ask.penn for ask in asked if isinstance(ask, Tag)] == [False, False]
    assert any("david" in ask.texts for ask in asked if isinstance(ask, Score))
    _, asked = run("films", lexicon, tags=tags | {"films": "ADP"})
    assert not any("david" in ask.texts for ask in asked if isinstance(ask, Score))
