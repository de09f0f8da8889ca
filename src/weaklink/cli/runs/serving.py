"""A folder on loopback, read only, with pages that are made when they are asked for."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import partial
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from pathlib import Path
from typing import Any, NamedTuple, Protocol
from urllib.parse import urlsplit

from weaklink.errors import WeaklinkError
from weaklink.text import visible

_HOST = "127.0.0.1"


class Answer(NamedTuple):
    """What is sent in place of a file."""

    content: bytes
    kind: str
    status: HTTPStatus = HTTPStatus.OK


class Made(Protocol):
    """Makes what is served."""

    def answer(self, path: str, query: str) -> Answer | None:
        """Return what is at an address; None: the file there, which is first made anew."""


class _Server(ThreadingHTTPServer):
    """Answers several at a time."""

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ANN401
        """Say nothing of browsers that leave before an answer is whole."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class _Pages(SimpleHTTPRequestHandler):
    """Answers GET and HEAD of this machine."""

    def __init__(self, *parts: Any, made: Made, **named: Any) -> None:  # noqa: ANN401
        self._made = made
        super().__init__(*parts, **named)

    def send_head(self) -> Any:  # noqa: ANN401  a file, as in the base class, or None
        """Begin an answer, unless a page of another host asks under a name of its own."""
        host = self.headers.get("Host", "").partition(":")[0]
        if host not in (_HOST, "localhost"):
            self.send_error(403, "This page is for this machine alone")
            return None
        asked = urlsplit(self.path)
        try:
            answer = self._made.answer(asked.path, asked.query)
        except WeaklinkError as error:
            self.send_error(500, "The runs cannot be read", visible(str(error).rstrip(".")))
            return None
        return super().send_head() if answer is None else self._begin(answer)

    def _begin(self, answer: Answer) -> BytesIO:
        self.send_response(answer.status)
        self.send_header("Content-Type", f"{answer.kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(answer.content)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        return BytesIO(answer.content)

    def log_message(self, *_: Any) -> None:  # noqa: ANN401
        """Say nothing: the terminal belongs to the user."""


def serve(folder: Path, port: int, made: Made, ready: Callable[[str], None]) -> None:
    """Serve a folder until the user interrupts.

    Args:
        folder: What is served.
        port: Where; 0: any free port.
        made: Is asked first; several may ask at a time.
        ready: Is given the address.

    Raises:
        WeaklinkError: The port is taken.
    """
    pages = partial(_Pages, directory=str(folder), made=made)
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
