"""The templates of a corpus, which are parsed once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from weaklink.files import write_atomically
from weaklink.generators.scpn.parsing import parse
from weaklink.progress import Progress


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
