"""What a ``tokenizer.json`` may say, and what a tokenizer may do with texts."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from itertools import chain
from typing import Any

from weaklink.errors import WeaklinkError

PANIC = "PanicException"
"""What a library in Rust raises where it gives up; it is not an ``Exception`` and has no module."""

MOST_GROWTH = 10_000
"""How many times as long a normalizer may make a text."""

_MOST_AROUND = 100
"""Tokens that a template puts around a text."""


class TokenizerGaveUp(WeaklinkError):  # noqa: N818 - it says what happened
    """A tokenizer cannot read a text."""


def tokenized(tokenizer: Any, *texts: Any, **options: Any) -> Any:  # noqa: ANN401 - of transformers
    """Return what a tokenizer makes of texts.

    Args:
        tokenizer: A transformers tokenizer.
        texts: What it is given.
        options: How it reads.

    Raises:
        TokenizerGaveUp: It gives up, as over a pattern that takes too many steps.
    """
    try:
        return tokenizer(*texts, **options)
    except BaseException as error:
        if type(error).__name__ != PANIC:
            raise
        raise TokenizerGaveUp(
            f"The tokenizer of the model gives up on a text: {error!s:.200}.",
            "Leave the text out, or audit another model.",
        ) from error


def fault_of_tokenizer(said: Any) -> str | None:  # noqa: ANN401 - foreign JSON
    """Return what is wrong with the contents of a ``tokenizer.json``; None: nothing is.

    Args:
        said: The parsed file.
    """
    if not isinstance(said, dict):
        return "tokenizer.json is not a JSON object"
    growth = 1
    for step in objects_in(said.get("normalizer")):
        growth *= _growth(step)
        if growth > MOST_GROWTH:
            return f"its normalizer makes a text more than {MOST_GROWTH:,} times as long"
    if any(_around(step) > _MOST_AROUND for step in objects_in(said.get("post_processor"))):
        return f"its tokenizer puts more than {_MOST_AROUND} tokens around each text"
    return None


def objects_in(said: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - foreign JSON
    """Yield each object of a JSON value, at whatever depth."""
    waiting = [said]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            yield one
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one


def _growth(step: dict[str, Any]) -> int:
    """Return how many times as long one step of a normalizer makes a text, at most."""
    match step.get("type"):
        case "Replace":
            pattern, content = step.get("pattern"), str(step.get("content"))
            between = not isinstance(pattern, dict) or "String" not in pattern
            return max(1, len(content)) + between
        case "Prepend":
            return max(1, len(str(step.get("prepend"))))
        case "Precompiled":
            return max(1, _longest_replacement(str(step.get("precompiled_charsmap"))))
        case _:
            return 1


def _longest_replacement(charsmap: str) -> int:
    """Return how many bytes a map of SentencePiece puts in the place of a character, at most.

    After the length of a trie come the trie and the replacements, each of which ends with a zero.
    """
    try:
        data = base64.b64decode(charsmap, validate=True)
    except ValueError:
        return 0
    trie = int.from_bytes(data[:4], "little")
    return max(map(len, data[4 + trie :].split(b"\0")), default=0)


def _around(step: dict[str, Any]) -> int:
    templates = [one for name in ("single", "pair") if isinstance(one := step.get(name), list)]
    ids = step.get("ids")
    return max(map(len, chain(templates, [ids] if isinstance(ids, list) else [])), default=0)
