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
_SAID = {
    "run the same command again": "make the same call again",
    r"with `weaklink report STORE --json FILE`": "with the to_json() of results",
    r"that --json of `weaklink audit` or `weaklink report` wrote": "that to_json() of results gave",
    r"weaklink audit MODEL --store (\S+)": r"weaklink.audit(MODEL, store='\1')",
    r"`weaklink (audit|attack|compare|forecast)`": r"weaklink.\1",
    r"the folder that `weaklink study run` wrote": "the folder of a study, which holds study.json",
    r"\b(another|that) --store\b": r"\1 store",
}
"""What commands are asked, and what is said of it in Python."""


@contextmanager
def in_python() -> Iterator[None]:
    """Let errors name keyword arguments where they name options of the command line."""
    try:
        yield
    except WeaklinkError as error:
        raise WeaklinkError(told(error.problem), told(error.remedy)) from error
    except OSError as error:
        what = f"{error.filename!s:.200}: " if error.filename is not None else ""
        raise WeaklinkError(f"{what}{error.strerror or error}.", "Check the path.") from error
    except UnicodeEncodeError as error:
        raise WeaklinkError(
            f"{error.object[:200]!r} is not a text that UTF-8 has.", "Name another file."
        ) from error


def told(text: str) -> str:
    """Return a sentence with keyword arguments in place of options.

    >>> told("Name the column with --text-column.")
    'Name the column with text_column=.'
    >>> told("See `weaklink audit --help`.")
    'See help(weaklink.audit).'
    >>> told("Make the file again with `weaklink report STORE --json FILE`.")
    'Make the file again with the to_json() of results.'
    >>> told("Install it: pip install --no-deps some-glove==1.0.0 or give --glove.")
    'Install it: pip install --no-deps some-glove==1.0.0 or give glove=.'
    """
    text = _HELP.sub(lambda found: f"help(weaklink.{found[1]})", text)
    for command, call in _SAID.items():
        text = re.sub(command, call, text, flags=re.IGNORECASE)
    return _OPTION.sub(_keyword, text)


def _keyword(found: re.Match[str]) -> str:
    if found[1] is None:
        return found[0]
    name = found[1].replace("-", "_")
    return f"{name}=" if found[2] is None else f"{name}={found[2]!r}"
