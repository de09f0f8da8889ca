"""The templates of sentences, by spaCy's parser."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from weaklink.generators.scpn.trees import template
from weaklink.packaged import spacy_model

if TYPE_CHECKING:
    from spacy.language import Language

_BATCH = 256


def parse(sentences: Sequence[str]) -> Iterator[str | None]:
    """Yield the template of each sentence, None where it has none.

    Raises:
        WeaklinkError: No English model of spaCy is installed.
    """
    yield from map(template, _parser().pipe(sentences, batch_size=_BATCH))


@cache
def _parser() -> Language:
    import spacy

    return spacy.load(spacy_model(), exclude=["ner", "lemmatizer"])
