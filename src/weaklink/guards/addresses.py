"""Addresses of servers: whether one can be asked, and how it is shown without its password."""

from __future__ import annotations

from urllib.parse import urlsplit, urlunsplit

from weaklink.errors import WeaklinkError


def check_address(address: str, remedy: str) -> None:
    """Refuse what is not an address of a server.

    Raises:
        WeaklinkError: It is none.
    """
    try:
        parts = urlsplit(address)
        fine = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
        if fine and address.isprintable() and not any(map(str.isspace, address)):
            return
    except ValueError:
        pass
    raise WeaklinkError(f"{public(address)!r} is not an address of a server.", remedy)


def public(address: str) -> str:
    """Return an address without user name and password.

    >>> public("http://ann:secret@localhost:8000/v1")
    'http://localhost:8000/v1'
    """
    try:
        parts = urlsplit(address)
    except ValueError:
        return address.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
