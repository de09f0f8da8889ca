"""A folder on loopback, read only."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock
from typing import Any
from urllib.parse import urlsplit

from weaklink.errors import WeaklinkError
from weaklink.text import visible

_HOST = "127.0.0.1"
_FRONT = ("/", "/index.html")


class _Server(ThreadingHTTPServer):
    """Answers several at a time."""

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing of browsers that leave before an answer is whole."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Pages(SimpleHTTPRequestHandler):
    """Answers GET and HEAD of this machine; a front page is made anew first."""

    def __init__(self, *parts: Any, renew: Callable[[], None], **named: Any) -> None:  # noqa: ANN401
        self._renew = renew
        super().__init__(*parts, **named)

    def send_head(self) -> Any:  # noqa: ANN401  a file, as in the base class, or None
        """Begin an answer, unless a page of another host asks under a name of its own."""
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in (_HOST, "localhost"):
            self.send_error(403, "This page is for this machine alone")
            return None
        if urlsplit(self.path).path in _FRONT:
            try:
                self._renew()
            except WeaklinkError as error:
                self.send_error(500, "The runs cannot be read", visible(str(error).rstrip(".")))
                return None
        return super().send_head()

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Say nothing: the terminal belongs to the user."""


def serve(folder: Path, port: int, renew: Callable[[], None], ready: Callable[[str], None]) -> None:
    """Serve a folder until the user interrupts.

    Args:
        folder: What is served.
        port: Where; 0: any free port.
        renew: Called before the front page is sent, one call at a time.
        ready: Is given the address.

    Raises:
        WeaklinkError: The port is taken.
    """
    one_at_a_time = Lock()

    def alone() -> None:
        with one_at_a_time:
            renew()

    pages = partial(_Pages, directory=str(folder), renew=alone)
    try:
        server = _Server((_HOST, port), pages)
    except OSError as error:
        raise WeaklinkError(
            f"Port {port} cannot be used: {error.strerror or error}.", "Give another --port, or 0."
        ) from error
    with server:
        ready(f"http://{_HOST}:{server.server_port}/")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            return
