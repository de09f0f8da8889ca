"""The one kind of error that weaklink raises on purpose, and what to do about unknown names."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from os import PathLike


class WeaklinkError(Exception):
    """Something that the user can mend.

    Args:
        problem: What was wrong, with the offending value, in one sentence.
        remedy: What to do about it, in one sentence; may name a command.
    """

    def __init__(self, problem: str, remedy: str) -> None:
        super().__init__(f"{problem} {remedy}")
        self.problem = problem
        self.remedy = remedy

    def __reduce__(self) -> tuple[type[WeaklinkError], tuple[str, str]]:
        """Say how it is made again in another process."""
        return type(self), (self.problem, self.remedy)


def refuse_path(given: object, name: str, call: str) -> None:
    """Refuse a path in place of what a class is made of.

    Args:
        given: What it was given.
        name: The class.
        call: What reads a path.

    Raises:
        WeaklinkError: It is a path.
    """
    if isinstance(given, (str, PathLike)):
        raise WeaklinkError(f"weaklink.{name} cannot be made from a path.", f"Call {call}.")


def guess(name: str, known: Iterable[str]) -> str:
    """Return the question whether the nearest name is meant; nothing where none is near.

    >>> guess("Dmo", ["demo", "paper"])
    'Did you mean demo? '

    Args:
        name: A name that nothing has, in any case.
        known: The names that there are.
    """
    folded = {one.casefold(): one for one in known}
    near = get_close_matches(name.casefold(), folded, n=1)
    return f"Did you mean {folded[near[0]]}? " if near else ""


def instead(name: str, known: Iterable[str], told: str = "Choose one of:") -> str:
    """Return what to give in place of a name that nothing has.

    >>> instead("dmo", ["demo", "paper"])
    'Did you mean demo? Choose one of: demo, paper.'

    Args:
        name: The name.
        known: The names that there are, which are all told.
        told: What comes before them.
    """
    names = [*known]
    return f"{guess(name, names)}{told} {', '.join(names) or 'none'}."
