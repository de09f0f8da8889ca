"""Templates read off dependency parses, against sentences whose trees were written by hand."""

import pytest

from weaklink.generators.scpn.parsing import parse
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.generators.scpn.trees import labels, write

BY_HAND = {
    "The film fails badly.": "(S (NP) (VP) (.))",
    "don't miss it !": "(S (VP) (.))",
    "a gorgeous , witty , seductive movie .": "(NP (NP) (.))",
    "a film with heart .": "(NP (NP) (PP) (.))",
    "Why does the film work so well?": "(SBARQ (WHADVP) (SQ) (.))",
    "What were they thinking?": "(SBARQ (WHNP) (SQ) (.))",
    "How good is it?": "(SBARQ (WHADJP) (SQ) (.))",
    "Does it work?": "(SQ (VBZ) (NP) (VP) (.))",
    "Is it good?": "(SQ (VBZ) (NP) (ADJP) (.))",
    "because it is so bad .": "(FRAG (SBAR) (.))",
    "Which is why it works.": "(FRAG (SBAR) (.))",
    "If you like him, you will love this movie.": "(S (SBAR) (,) (NP) (VP) (.))",
    "The film is good, but the cast is bad.": "(S (S) (,) (CC) (S) (.))",
    "There is no plot here; it was boring.": "(S (S) (:) (S) (.))",
    "It starts slowly and then becomes a mess.": "(S (NP) (VP) (.))",
    "1. Watch this film.": "(S (LST) (VP) (.))",
    "In the end, the film fails badly.": "(S (PP) (,) (NP) (VP) (.))",
    "Sadly the movie never works.": "(S (ADVP) (NP) (VP) (.))",
    "unfortunately , it is n't very funny .": "(S (ADVP) (,) (NP) (VP) (.))",
    "And that is that.": "(S (CC) (NP) (VP) (.))",
    "Starring Kevin Kline, the film really is funny.": "(S (S) (,) (NP) (ADVP) (VP) (.))",
    "too slow and long .": "(FRAG (ADJP) (.))",
    "The film fails badly": "(S (NP) (VP))",
}


def test_templates_are_those_written_by_hand():
    assert dict(zip(BY_HAND, parse(list(BY_HAND)), strict=True)) == BY_HAND


def test_every_template_of_the_attack_is_found_in_some_sentence():
    assert set(TEMPLATES) < set(BY_HAND.values())


@pytest.mark.parametrize("text", ["", "...", "It works. It is good."])
def test_what_is_not_one_sentence_has_no_template(text):
    assert list(parse([text])) == [None]


@pytest.mark.parametrize("template", TEMPLATES)
def test_labels_and_templates_are_two_forms_of_one_thing(template):
    whole, *constituents = labels(template)
    assert write(whole, constituents) == template
