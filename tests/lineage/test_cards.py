"""Cards: what a block is, declared bases in sound and broken front matter, hostile input."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.lineage.cards.card import MAX_BLOCKS, MAX_CARD, CardBlock, CardLink, read_card


def test_blocks_keep_words_links_and_kind():
    card = read_card(
        "# A title\n\nSee [the *base*](https://hf.co/a/b), `a/b`.\n\n- one\n\n"
        "| Model | Base |\n|---|---|\n| [x](/x/y) | `z` |\n\n```python\nf('a/b')\n```\n"
    )
    assert card.blocks == (
        CardBlock("heading", "A title"),
        CardBlock("prose", "See the base, a/b.", (CardLink(4, 12, "https://hf.co/a/b"),)),
        CardBlock("prose", "one"),
        CardBlock("row", "Model | Base"),
        CardBlock("row", "x | z", (CardLink(0, 1, "/x/y"),)),
        CardBlock("code", "f('a/b')\n"),
    )


def test_html_keeps_text_and_links_and_loses_comments():
    card = read_card("<!-- made by a/b --><div>From <a href='https://hf.co/a/b'>this</a></div>")
    assert card.blocks == (
        CardBlock("prose", " From this", (CardLink(6, 10, "https://hf.co/a/b"),)),
    )


def test_indented_prose_is_no_code():
    assert read_card("# T\n\n    This `a` model").blocks[1] == CardBlock("prose", "This a model")


@pytest.mark.parametrize(
    ("front", "bases", "relation"),
    [
        ("base_model: a/b", ("a/b",), None),
        ("base_model: [a/b, c/d]\nbase_model_relation: merge", ("a/b", "c/d"), "merge"),
        ("base_model:\n- a/b\n- c/d\n- a/b", ("a/b", "c/d"), None),
        ("title: x: y: [\nbase_model: a/b\nbase_model_relation: adapter", ("a/b",), "adapter"),
        ("title: [\nbase_model:\n  - a/b\n  - 'c/d'", ("a/b", "c/d"), None),
        ("base_model: 3", (), None),
        ("base_model: {a: b}", (), None),
        ("- base_model", (), None),
        ("language: no", (), None),
    ],
)
def test_declared_bases(front, bases, relation):
    card = read_card(f"---\n{front}\n---\n# Body\n")
    assert (card.base_models, card.relation) == (bases, relation)
    assert card.blocks == (CardBlock("heading", "Body"),)


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "[a](" * 50_000,
        "*a **b _c `" * 20_000,
        "> " * 100_000,
        "\n".join(" " * depth + "- x" for depth in range(600)),
        "|" + "a|" * 40_000 + "\n|" + "-|" * 40_000 + "\n" + "x|y\n" * 9_000,
        "<a " * 50_000,
        "<![CDATA[" * 10_000,
        "<div><![foo[" * 3_000,
        "---\nbase_model: " + "[" * 20_000 + "\n---\n",
        "---\n" + "a: &a [x]\n" + "".join(f"b{i}: [*a, *a, *a]\n" for i in range(2_000)) + "---\n",
        "---\nx: &x [" + "*x," * 2_000 + "]\nbase_model: *x\n---\n",
        "\x00\ue000\ue001\ud7ff" * 20_000,
        "x" * 10_000_000,
    ],
    ids=lambda text: ascii(text[:12]),
)
def test_hostile_cards_are_cut_down(text):
    card = read_card(text)
    assert len(card.blocks) <= MAX_BLOCKS
    assert sum(len(block.text) for block in card.blocks) <= MAX_CARD


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["#", " ", "\n", "---\n", "base_model:", "- ", "[", "](", ")", "`", "```", "|", "|-|",
             "<", "<a href=", ">", "<!--", "-->", "&", "*", "_", "!", "\\",
             "http://", "a/b", "{", "\t"]
        )
    ).map("".join)
    | st.text()
)  # fmt: skip
def test_any_text_is_a_card(text):
    for block in read_card(text).blocks:
        assert all(0 <= k.start <= k.end <= len(block.text) for k in block.links)
