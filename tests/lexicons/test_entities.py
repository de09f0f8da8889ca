"""The named entities that PWWS puts in the place of others."""

import pytest

from weaklink.lexicons import entities
from weaklink.lexicons.entities import EntityTable
from weaklink.models.tagger import Entity


class CapitalTagger:
    """Takes every capitalised word for a person, and counts how often it is asked."""

    digest = "capitals"

    def __init__(self):
        self.asked = 0

    def entities(self, texts):
        self.asked += 1
        return [
            tuple(Entity(i, i + 1, "PERSON") for i, w in enumerate(words.words) if w.istitle())
            for words in texts
        ]


TEXTS = ["Ann and Bob", "Bob and Cid", "Cid and Dan", "Dan and Eve", "Eve", "nobody"]
LABELS = [0, 0, 1, 1, 1, 2]


@pytest.fixture(autouse=True)
def cache_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("WEAKLINK_CACHE", str(tmp_path))


def test_the_most_frequent_entity_that_the_label_never_has():
    table = EntityTable.build(TEXTS, LABELS, CapitalTagger())
    # Label 0 has Ann, Bob and Cid: of Dan (2) and Eve (2) the first in alphabetical order.
    assert table.replacement("PERSON", 0) == "Dan"
    assert table.replacement("PERSON", 1) == "Bob"
    assert table.replacement("PERSON", 2) == "Bob"
    assert table.replacement("GPE", 0) is None
    assert table.replacement("PERSON", 7) is None


def test_an_entity_of_several_words_replaces_none():
    class PairTagger(CapitalTagger):
        """Takes two capitalised words for one person."""

        def entities(self, texts):
            return [
                (Entity(0, 2, "PERSON"),) if len(words) == 2 else (Entity(0, 1, "PERSON"),)
                for words in texts
            ]

    texts = ["Ann Poe", "Bob Ray", "Bob Ray", "Cid"]
    table = EntityTable.build(texts, [0, 1, 1, 1], PairTagger())
    assert table.replacement("PERSON", 0) == "Cid"
    assert table.replacement("PERSON", 1) is None


def test_the_same_texts_are_read_once():
    tagger = CapitalTagger()
    first = EntityTable.build(TEXTS, LABELS, tagger)
    assert EntityTable.build(TEXTS, LABELS, tagger).digest == first.digest
    assert tagger.asked == 1
    assert EntityTable.build(TEXTS, LABELS[::-1], tagger).digest != first.digest
    assert tagger.asked == 2


def test_the_first_words_of_each_label_are_enough(monkeypatch):
    monkeypatch.setattr(entities, "WORDS_READ", 3)
    table = EntityTable.build(TEXTS, LABELS, CapitalTagger())
    assert table.replacement("PERSON", 1) == "Ann"


def test_one_label_alone_has_no_replacements():
    table = EntityTable.build(["Ann"], [0], CapitalTagger())
    assert table.replacement("PERSON", 0) is None
