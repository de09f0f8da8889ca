"""Templates of questions: ``{text}`` for a text, ``{first}`` and ``{second}`` for a pair."""

from __future__ import annotations

import re
from collections.abc import Mapping

from weaklink.errors import WeaklinkError
from weaklink.text.pairs import segments

_HOLE = re.compile(r"\{(\w+)\}")
_OF_TEXT, _OF_PAIR = {"text"}, {"first", "second"}


def fill(template: str, values: Mapping[str, str]) -> str:
    """Return a template with values in its holes; what has no value stays.

    >>> fill("{first} {second} {x}", {"first": "{second}", "second": "b"})
    '{second} b {x}'
    """
    return _HOLE.sub(lambda hole: values.get(hole.group(1), hole.group()), template)


def values_of(text: str) -> dict[str, str]:
    """Return what stands in the holes for a text, or for a pair."""
    parts = segments(text)
    return dict(zip(("first", "second"), parts, strict=True)) if parts[1:] else {"text": text}


def is_of_pairs(template: str, what: str, remedy: str) -> bool:
    """Return whether a template asks about pairs, and not about single texts.

    Args:
        template: The template.
        what: What has it, for the error.
        remedy: What to do if it asks about neither, or about both.

    Raises:
        WeaklinkError: It does.
    """
    holes = set(_HOLE.findall(template))
    of_pair = holes & _OF_PAIR
    if of_pair and of_pair != _OF_PAIR:
        (missing,) = _OF_PAIR - holes
        raise WeaklinkError(f"{what} has {{{min(of_pair)}}} and no {{{missing}}}.", remedy)
    if of_pair and holes & _OF_TEXT:
        raise WeaklinkError(f"{what} has {{text}} beside {{first}} and {{second}}.", remedy)
    if not of_pair and not holes & _OF_TEXT:
        raise WeaklinkError(
            f"{what} has neither {{text}} nor, for pairs, {{first}} and {{second}}.", remedy
        )
    return bool(of_pair)


def why_not(*, of_pairs: bool, what: str) -> tuple[str, str]:
    """Return why single texts and why pairs do not fit a template; "" for those that do."""
    if of_pairs:
        return f"{what} has {{first}} and {{second}}", ""
    return "", f"{what} has {{text}}, and not {{first}} and {{second}}"
