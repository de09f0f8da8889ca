"""Cards of any shape are read in a time that grows with their length alone; see card_shapes.py."""

import random

import pytest
from benchmarks.lineage.card_shapes import SHAPES, card, mutant

from weaklink.lineage.cards.card import MAX_CARD, MAX_LINES, read_card
from weaklink.lineage.cards.extract import read_evidence
from weaklink.lineage.catalogue import Catalogue

from . import ROUNDS

CATALOGUE = Catalogue(["google-bert/bert-base-cased", "a/b-bert"], {}, {})
SLOW = (
    "opened tags with lines", "opened links with lines", "unclosed tags", "unclosed links",
    "tags in tags", "sentences of links", "cells of names", "opened quotes",
)  # fmt: skip
CARD = "---\nbase_model: bert\n---\n# A\n\n| a | b |\n| - | - |\n| [c](d) | `e` |\n\n<p>f</p>\n"


@pytest.mark.timeout(30)
@pytest.mark.parametrize("shape", SLOW)
def test_shapes_that_took_minutes_do_not(shape):
    read_evidence(read_card(card(shape, MAX_CARD)), "a/b-bert", CATALOGUE)


def test_any_shape_and_any_mutant_is_a_card():
    """Fuzzing: mutants of a small card, by a fixed seed."""
    draw = random.Random(2)
    for shape in SHAPES:
        read_card(card(shape, 400))
    for _ in range(60 * ROUNDS):
        read_evidence(read_card(mutant(CARD, draw)[:20_000]), "a/b-bert", CATALOGUE)


def test_so_many_lines_are_read():
    """A list with an item a line makes more of a character than anything else."""
    assert [block.text for block in read_card("\n" * (MAX_LINES - 1) + "x\ny").blocks] == ["x"]
    assert read_card("- a\n" * MAX_CARD).blocks == read_card("- a\n" * MAX_LINES).blocks


@pytest.mark.parametrize("number", ["&#" + "9" * 4_990, "&#x" + "f" * 4_990 + ";"])
def test_numbers_of_characters_of_any_length_are_text(number):
    read_card(f"<div>\n{number}\n")


def test_links_and_words_of_raw_html_are_read():
    found = read_card(
        '<p>From <a class="x" href="https://huggingface.co/a/b?c=1&amp;d">the &lt;base&gt;</a>,\n'
        "<A HREF='/c'>c</A> and <a href=/d>d</a></p>"
    ).blocks[0]
    assert found.text == "From the <base>, c and d"
    assert [(found.text[k.start : k.end], k.target) for k in found.links] == [
        ("the <base>", "https://huggingface.co/a/b?c=1&d"), ("c", "/c"), ("d", "/d"),
    ]  # fmt: skip
