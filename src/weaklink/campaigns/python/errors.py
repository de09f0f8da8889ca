"""Errors in the words of Python: its callers have keyword arguments and no options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from weaklink.errors import WeaklinkError

_HELP = re.compile(r"`weaklink (audit|attack|study)[^`]*--help`")
_COMMAND = r"`[^`]*`|\b(?:pip install|hf download)(?: (?!or\b)\S*[^\s.,;])+"
"""What is typed in a terminal, whose options are not ours."""
_OPTION = re.compile(
    _COMMAND + r"|(?<![\w-])--([a-z][a-z-]*)(?:[ =]([\w./]*\w)(?=[,.;]?(?: or |$)))?"
)
_OR_COMMAND = "run the same command again"


@contextmanager
def in_python() -> Iterator[None]:
    """Let errors name keyword arguments where they name options of the command line."""
    try:
        yield
    except WeaklinkError as error:
        raise WeaklinkError(told(error.problem), told(error.remedy)) from error


def told(text: str) -> str:
    """Return a sentence with keyword arguments in place of options.

    >>> told("Name the column with --text-column.")
    'Name the column with text_column=.'
    >>> told("See `weaklink audit --help`.")
    'See help(weaklink.audit).'
    >>> told("Install it: pip install --no-deps some-glove==1.0.0 or give --glove.")
    'Install it: pip install --no-deps some-glove==1.0.0 or give glove=.'
    """
    text = _HELP.sub(lambda found: f"help(weaklink.{found[1]})", text)
    text = _OPTION.sub(_keyword, text)
    return re.sub(_OR_COMMAND, "make the same call again", text, flags=re.IGNORECASE)


def _keyword(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    name = found[1].replace("-", "_")
    return f"{name}=" if found[2] is None else f"{name}={found[2]!r}"
