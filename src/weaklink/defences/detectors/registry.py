"""Finding installed methods of detection by name."""

from __future__ import annotations

from functools import cache
from importlib.metadata import entry_points

from weaklink.defences.detectors.protocol import Method
from weaklink.errors import WeaklinkError

GROUP = "weaklink.detectors"


@cache
def installed() -> dict[str, Method]:
    """Return every installed method by name.

    Raises:
        WeaklinkError: An entry point does not lead to a ``Method`` of its own name.
    """
    methods = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        try:
            found = point.load()
        except (Exception, SystemExit) as error:
            raise WeaklinkError(
                f"The plug-in {point.name} = {point.value} cannot be loaded: {error!r}.",
                "Mend it, or uninstall it.",
            ) from error
        if not isinstance(found, Method) or found.name != point.name:
            raise WeaklinkError(
                f"The entry point {point.name} = {point.value} is not a detector of that name.",
                "Point it at a weaklink.defences.detectors.protocol.Method, or uninstall it.",
            )
        methods[found.name] = found
    return methods


def find(name: str) -> Method:
    """Return the method of that name.

    Raises:
        WeaklinkError: There is none.
    """
    methods = installed()
    if name not in methods:
        raise WeaklinkError(
            f"There is no method of detection named {name!r}.",
            f"Installed: {', '.join(methods)}.",
        )
    return methods[name]
