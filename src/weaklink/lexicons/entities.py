"""The named entities that PWWS puts in the place of others (Ren et al. 2019, Section 3.2.1)."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Self, TypeAlias

from weaklink.cache import cache_folder, digest_of_parts, make_folder
from weaklink.models.tagger import Tagger
from weaklink.text import Words

WORDS_READ = 25_000
"""Words of each label's texts that are searched for entities."""

_Counts: TypeAlias = dict[int, Counter[tuple[str, str]]]
"""How often each (kind, entity) occurs in the texts of each label."""


class EntityTable:
    """The replacement of each kind of named entity in texts of each label.

    The paper takes, for a text of label y, the most frequent entity of the same kind that occurs
    in the data set but never in texts of label y. As in the authors' code, it is a single word.
    Ties go to the first in alphabetical order. Deviation: the first 25,000 words of each label
    stand for the whole data set.
    """

    def __init__(self, replacements: Mapping[int, Mapping[str, str]]) -> None:
        self._replacements = replacements
        self.digest = digest_of_parts([json.dumps(replacements, sort_keys=True)])

    @classmethod
    def build(cls, texts: Sequence[str], labels: Sequence[int], tagger: Tagger) -> Self:
        """Return the table of a data set, from the cache folder if it was made before.

        Args:
            texts: The data set's texts; the same texts in the same order give the same table.
            labels: The gold label of each.
            tagger: Finds the entities.
        """
        read = list(_first_words(texts, labels))
        inputs = [
            tagger.digest,
            *(part for words, label in read for part in (str(words), str(label))),
        ]
        folder = cache_folder() / "entities-2" / digest_of_parts(inputs)
        make_folder(folder, partial(_fill, read=read, tagger=tagger))
        saved = json.loads((folder / "table.json").read_text("utf-8"))
        return cls({int(label): kinds for label, kinds in saved.items()})

    def replacement(self, kind: str, label: int) -> str | None:
        """Return what replaces an entity of a kind in a text of a label, if there is any."""
        return self._replacements.get(label, {}).get(kind)


def _first_words(texts: Sequence[str], labels: Sequence[int]) -> Iterator[tuple[Words, int]]:
    read: Counter[int] = Counter()
    for text, label in zip(texts, labels, strict=True):
        if read[label] < WORDS_READ:
            words = Words.split(text)
            read[label] += len(words)
            yield words, label


def _fill(folder: Path, read: Sequence[tuple[Words, int]], tagger: Tagger) -> None:
    counts: _Counts = defaultdict(Counter)
    found = tagger.entities([words for words, _ in read])
    for (words, label), entities in zip(read, found, strict=True):
        text, spans = str(words), words.spans()
        for entity in entities:
            name = text[spans[entity.first][0] : spans[entity.last - 1][1]]
            counts[label][entity.kind, " ".join(name.split())] += 1
    table = {label: _replacements(counts, label) for label in sorted({label for _, label in read})}
    (folder / "table.json").write_text(json.dumps(table, indent=1, sort_keys=True), "utf-8")


def _replacements(counts: _Counts, label: int) -> dict[str, str]:
    """Return, by kind, the most frequent entity of one word that no text of ``label`` has."""
    total = Counter[tuple[str, str]]()
    for other in counts.values():
        total.update(other)
    best: dict[str, str] = {}
    for (kind, name), _ in sorted(total.items(), key=lambda item: (-item[1], item[0])):
        if " " not in name and (kind, name) not in counts[label]:
            best.setdefault(kind, name)
    return best
