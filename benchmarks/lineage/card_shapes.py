"""Growth of the time that one card takes, for shapes that make parsers slow: a table in Markdown.

    python -m benchmarks.lineage.card_shapes [SIZE ...]
    python -m benchmarks.lineage.card_shapes CARDS.jsonl.gz COUNT [--jobs N]

Each shape is repeated up to a size and read as a whole: parsing, sentences, evidence. Time beyond
``LIMIT`` seconds is shown as such. Given a file of records with ``card_text``, it reads so many
random mutants of their cards in place of shapes, and its status is 1 if one takes more than
``ALLOWED`` seconds and is no longer than a megabyte, or more than that for each megabyte. The
mutants are the same for any number of jobs.
"""

from __future__ import annotations

import argparse
import gzip
import json
import multiprocessing
import random
import signal
import sys
import time
from collections.abc import Iterator
from functools import cache, partial

from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.extract import read_evidence
from weaklink.lineage.catalogue import Catalogue

LIMIT = 20
ALLOWED, MEGABYTE = 2.0, 1_000_000
CHUNK = 50
"""Mutants that one seed makes."""
SIZES = (12_500, 25_000, 50_000, 100_000, 1_000_000)
SHAPES = {
    "prose": "This model is a fine-tuned version of roberta-base on the data set. ",
    "paragraphs": "Fine-tuned from [bert](https://huggingface.co/bert-base-cased).\n\n",
    "opened tags": "<div>",
    "unclosed tags": "<div ",
    "unclosed links": "<a href=x ",
    "tags in tags": "<a <b ",
    "closed tags": "</div>",
    "tags a line": "<div>\n",
    "tags in paragraphs": "<p>x</p>\n\n",
    "links in HTML": "<a href='https://huggingface.co/bert-base-cased'>b</a> ",
    "HTML attributes": "<div a='b' c=d e>",
    "one tag of attributes": " a=b",
    "comments": "<!-- x -->",
    "opened comments": "<!--",
    "declarations": "<!x",
    "instructions": "<?x",
    "CDATA": "<![CDATA[",
    "opened brackets": "[a",
    "brackets": "[a]",
    "nested brackets": "[[a](b)",
    "links": "[a](b) ",
    "unclosed links of Markdown": "[a](b",
    "angled links": "[a](<b",
    "titles": "[a](b 'c",
    "images": "![a](b)",
    "opened images": "![a",
    "sentences of links": "[bert-base-cased](b). B",
    "cells of names": "| a | bert-base-cased bert-base-cased bert-base-cased |\n",
    "opened tags with lines": "<div\n",
    "opened links with lines": "<div>\n<a href=\n",
    "opened quotes": "<a href='",
    "scripts": "<div>\n<script>a",
    "references": "[a]: b\n",
    "used references": "[a][b] ",
    "long references": "[a]: <b",
    "emphasis": "*a **b ",
    "closed emphasis": "*a* ",
    "mixed emphasis": "*a_b ",
    "emphasis runs": "a**b*c",
    "strong": "**a",
    "backticks": "`a``b",
    "growing backticks": "` `` ``` ",
    "fences": "```\nx\n",
    "tilde fences": "~~~\n",
    "quotes": "> ",
    "quote lines": "> a\n",
    "nested quotes": ">>>> a\n",
    "lists": "- a\n",
    "nested lists": "- - - a\n",
    "numbered lists": "1. a\n",
    "deeper lists": " - a\n  - b\n   - c\n",
    "loose lists": "- a\n\n\n",
    "headings": "# a\n",
    "underlined": "a\n===\n",
    "rules": "***\n",
    "tables": "| a | b |\n| - | - |\n| c | d |\n\n",
    "rows": "| a | b |\n",
    "wide row": "| a ",
    "wide rows": "|a" * 300 + "\n",
    "escapes": "\\*",
    "entities": "&amp;",
    "unclosed entities": "&a",
    "numbers of characters": "&#x41",
    "autolinks": "<http://a.b>",
    "opened autolinks": "<http://a",
    "addresses": "https://huggingface.co/bert-base-cased ",
    "slashes": "a/b/",
    "ids": "bert-base-cased/",
    "names": "bert-base-cased ",
    "dashes": "-a",
    "dots": "a. B",
    "breaks": "a  \n",
    "tabs": "\t",
    "blank lines": "\n",
    "spaces": " ",
    "one word": "a",
    "no letters": "\u0301",
    "wide letters": "漢",
    "front matter": "---\n",
    "front fields": "base_model: x\n",
    "front lists": "- a\n",
    "code settings": "model_name_or_path = bert-base-cased --do_train\n",
    "calls": "from_pretrained('a') ",
    "parentheses": "(a ",
    "quotation marks": "\"a '",
    "models called": "a model called bert-base-cased named ",
}
KNOWN = ("FacebookAI/roberta-base", "google-bert/bert-base-cased", "a/b-bert")
MARKS = (
    "<", "[", "](", "`", "```\n", "|", "*", "_", "> ", "- ", "\n", "\n\n", "<div>\n", "<div\n", "&",
    "<!--", "\\", "#", "---\n", " ", "'", '"', "!", "$",
)  # fmt: skip
BEFORE = {"one tag of attributes": "<div", "rows": "| model | base |\n| - | - |\n",
          "wide row": "", "wide rows": "|a" * 300 + "\n" + "|-" * 300 + "\n",
          "front fields": "---\n", "front lists": "---\nbase_model:\n",
          "code settings": "```\n", "calls": "```\nTrainer(\n"}  # fmt: skip


def card(shape: str, size: int) -> str:
    """Return a shape repeated up to a size."""
    text = SHAPES[shape]
    return (BEFORE.get(shape, "") + text * (size // len(text) + 1))[:size]


def seconds(text: str, catalogue: Catalogue) -> float | None:
    """Return the seconds of processor time that one card takes; None beyond the limit."""
    start = time.process_time()
    signal.setitimer(signal.ITIMER_PROF, LIMIT)
    try:
        read_evidence(read_card(text), "a/b-bert", catalogue)
    except TimeoutError:
        return None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
    return time.process_time() - start


def _too_long(*_: object) -> None:
    raise TimeoutError


def main(sizes: list[int]) -> None:
    """Print the table."""
    signal.signal(signal.SIGPROF, _too_long)
    catalogue = _catalogue()
    print(f"| shape | {' | '.join(f'{size:,}' for size in sizes)} |")
    print(f"| :-- |{' --: |' * len(sizes)}")
    for shape in SHAPES:
        taken = [seconds(card(shape, size), catalogue) for size in sizes]
        cells = [f"over {LIMIT}" if one is None else f"{one:.3f}" for one in taken]
        print(f"| {shape} | {' | '.join(cells)} |", flush=True)


def mutant(text: str, draw: random.Random) -> str:
    """Return a card with parts cut, repeated, moved and exchanged for marks."""
    for _ in range(draw.randint(1, 6)):
        start = draw.randrange(len(text))
        end = min(len(text), start + draw.choice([1, 5, 40, 300, 3_000]))
        place, part = draw.randrange(len(text)), text[start:end]
        match draw.randrange(5):
            case 0:
                text = text[:start] + text[end:] or "x"
            case 1:
                text = text[:start] + part * draw.choice([2, 30, 400]) + text[end:]
            case 2:
                text = text[:start] + draw.choice(MARKS) * draw.choice([1, 3, 1_000]) + text[start:]
            case 3:
                text = text[:place] + part + text[place:]
            case _:
                text = text.replace(draw.choice("\n .,|-*_"), draw.choice(MARKS))
        text = text[:MEGABYTE]
    return text


def read_mutants(path: str, count: int, jobs: int) -> bool:
    """Print how long mutants take, and return whether each is read in time."""
    chunks = [(i, min(CHUNK, count - start)) for i, start in enumerate(range(0, count, CHUNK))]
    with multiprocessing.get_context("forkserver").Pool(jobs) as pool:
        read = pool.imap_unordered(partial(_read_chunk, path), chunks)
        taken = sorted((one for chunk in read for one in chunk), reverse=True)
    late = sum(one > ALLOWED * max(1.0, size / MEGABYTE) for one, size in taken)
    mean = sum(one for one, _ in taken) / count
    print(f"{count:,} mutants of {len(_cards(path)):,} cards: mean {mean:.3f} s, {late:,} late")
    print("longest: " + ", ".join(f"{one:.2f} s ({size:,})" for one, size in taken[:5]))
    return not late


def _read_chunk(path: str, chunk: tuple[int, int]) -> list[tuple[float, int]]:
    """Return seconds and characters of each mutant of a chunk."""
    signal.signal(signal.SIGPROF, _too_long)
    catalogue = _catalogue()
    taken = [(seconds(text, catalogue), len(text)) for text in _mutants(path, *chunk)]
    return [(float("inf") if one is None else one, size) for one, size in taken]


def _mutants(path: str, number: int, count: int) -> Iterator[str]:
    draw = random.Random(f"26 {number}")  # noqa: S311 - the same mutants each time
    return (mutant(draw.choice(_cards(path)), draw) for _ in range(count))


@cache
def _cards(path: str) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [text for line in lines if (text := json.loads(line).get("card_text"))]


@cache
def _catalogue() -> Catalogue:
    """Return the known models, once what a first card loads is loaded."""
    catalogue = Catalogue(list(KNOWN), {}, {})
    seconds("bert-base-cased", catalogue)
    return catalogue


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help="sizes, or a file and a count")
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    if asked.what and not asked.what[0].isdecimal():
        sys.exit(0 if read_mutants(asked.what[0], int(asked.what[1]), asked.jobs) else 1)
    main([*map(int, asked.what)] or list(SIZES))
