"""The templates of sentences, by spaCy's parser."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from weaklink.files import write_atomically
from weaklink.generators.scpn.trees import template
from weaklink.packaged import spacy_model
from weaklink.progress import Progress

if TYPE_CHECKING:
    from spacy.language import Language

_BATCH = 256


def parse(sentences: Sequence[str]) -> Iterator[str | None]:
    """Yield the template of each sentence, None where it has none.

    Raises:
        WeaklinkError: No English model of spaCy is installed.
    """
    yield from map(template, _parser().pipe(sentences, batch_size=_BATCH))


def parse_once(sentences: Sequence[str], file: Path, progress: Progress) -> list[str | None]:
    """Return the templates of sentences, and keep them in a file, from which they are read again.

    Args:
        sentences: Always the same for the same file.
        file: JSON.
        progress: Is told of each sentence.
    """
    if not file.is_file():
        progress.begin("Parsing", len(sentences))
        found = []
        for parsed in parse(sentences):
            found.append(parsed)
            progress.advance()
        write_atomically(file, json.dumps(found))
    templates: list[str | None] = json.loads(file.read_text("utf-8"))
    return templates


@cache
def _parser() -> Language:
    import spacy

    return spacy.load(spacy_model(), exclude=["ner", "lemmatizer"])
