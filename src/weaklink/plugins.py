"""Things that are installed under an entry point group, by name."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import entry_points
from typing import Protocol, TypeVar

from weaklink.errors import WeaklinkError, guess


class Named(Protocol):
    """What an entry point leads to."""

    @property
    def name(self) -> str:
        """What users call it, and what its entry point is called."""


T = TypeVar("T", bound=Named)


def installed_plugins(group: str, kind: type[T], what: str, remedy: str) -> dict[str, T]:
    """Return all that is installed in a group, by name, in alphabetical order.

    Args:
        group: Entry point group.
        kind: The class that each must have.
        what: What each is, with its article: "an attack".
        remedy: What an entry point must lead to, as an order.

    Raises:
        WeaklinkError: An entry point cannot be loaded, or leads to something else.
    """
    found: dict[str, T] = {}
    for point in sorted(entry_points(group=group), key=lambda point: point.name):
        try:
            loaded = point.load()
        except (Exception, SystemExit) as error:
            raise WeaklinkError(
                f"The plug-in {point.name} = {point.value} cannot be loaded: {error!r}.",
                "Mend it, or uninstall it.",
            ) from error
        if not isinstance(loaded, kind) or loaded.name != point.name:
            raise WeaklinkError(
                f"The entry point {point.name} = {point.value} is not {what} of that name.",
                f"{remedy}, or uninstall it.",
            )
        found[point.name] = loaded
    return found


def unknown(
    name: str, what: str, installed: Iterable[str], others: Iterable[str] = ()
) -> WeaklinkError:
    """Return the error that nothing has this name; it names the nearest, and all that there are.

    Args:
        name: The name.
        what: What was looked for: "attack".
        installed: The names that there are.
        others: Further names that may be meant.
    """
    known = [*installed]
    return WeaklinkError(
        f"There is no {what} named {name!r}.",
        f"{guess(name, [*known, *others])}Installed: {', '.join(known)}.",
    )
