"""Which texts a model was trained on, kept beside it as digests, so that others can be drawn."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable
from pathlib import Path

from weaklink.errors import WeaklinkError

FILE_NAME = "training_samples.json"

_BRACKETS = re.compile(r"-[lr][rsc]b-", re.IGNORECASE)
_NOT_LETTERS = re.compile(r"[\W_]+")
_DIGEST_LENGTH = 16


def digest_of_text(text: str) -> str:
    """Return a short digest that is equal for copies of a text in different data sets.

    Only letters and digits count, without case: Rotten Tomatoes and SST-2 hold the same sentences
    with other blanks, and with brackets written ``-LRB-``.

    >>> digest_of_text("It 's -LRB- quite -RRB- good .") == digest_of_text("It's (quite) good.")
    True
    """
    letters = _NOT_LETTERS.sub("", _BRACKETS.sub("", unicodedata.normalize("NFKC", text)))
    digest = hashlib.sha256(letters.casefold().encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_DIGEST_LENGTH]


def write_training_samples(folder: Path, digests: Iterable[str]) -> None:
    """Write the digests of the texts that the model in ``folder`` was trained on."""
    lines = json.dumps(sorted(set(digests)), indent=0)
    (folder / FILE_NAME).write_text(lines + "\n", encoding="utf-8")


def read_training_samples(folder: Path) -> frozenset[str]:
    """Return the digests of the texts that a model was trained on; empty if it does not say.

    Raises:
        WeaklinkError: The file is damaged.
    """
    path = folder / FILE_NAME
    if not path.is_file():
        return frozenset()
    try:
        return frozenset(map(str, json.loads(path.read_text(encoding="utf-8"))))
    except (TypeError, ValueError) as error:
        raise WeaklinkError(
            f"{path} is damaged.", "Fine-tune the model again, or delete the file."
        ) from error
