"""Finding installed methods of detection by name."""

from __future__ import annotations

from functools import cache

from weaklink.defences.detectors.protocol import Method
from weaklink.plugins import installed_plugins, unknown

GROUP = "weaklink.detectors"


@cache
def installed() -> dict[str, Method]:
    """Return every installed method by name.

    Raises:
        WeaklinkError: An entry point does not lead to a ``Method`` of its own name.
    """
    remedy = "Point it at a weaklink.defences.detectors.protocol.Method"
    return installed_plugins(GROUP, Method, "a detector", remedy)


def find(name: str) -> Method:
    """Return the method of that name.

    Raises:
        WeaklinkError: There is none.
    """
    methods = installed()
    if name not in methods:
        raise unknown(name, "method of detection", methods)
    return methods[name]
