"""A folder over HTTP, read only, with pages that are made when they are asked for."""

from __future__ import annotations

import contextlib
import socket
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from ipaddress import ip_address
from pathlib import Path
from typing import NamedTuple, Protocol

import uvicorn
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.staticfiles import StaticFiles

from weaklink.cli.viewer.admission import TOKEN_VARIABLE, admission, chosen_token, token_for
from weaklink.errors import WeaklinkError
from weaklink.text import visible

LOOPBACK = "127.0.0.1"
_HEADERS = {
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Served(NamedTuple):
    """What is sent in place of a file."""

    content: bytes
    kind: str
    status: HTTPStatus = HTTPStatus.OK


class Made(Protocol):
    """Makes what is served."""

    def answer(self, path: str, query: str) -> Served | None:
        """Return what is at an address; None: the file there, which is first made anew."""


def serve(
    folder: Path,
    made: Made,
    ready: Callable[[str], None],
    *,
    host: str = LOOPBACK,
    port: int = 0,
) -> None:
    """Serve a folder until the user interrupts.

    Beyond loopback, only whoever has a token is answered: that of ``WEAKLINK_VIEW_TOKEN``, else a
    new one. Where that variable is set, loopback takes the token, too.

    Args:
        folder: What is served.
        made: Is asked first; several may ask at a time.
        ready: Is given the address, with the token where it is a new one.
        host: The name or the number to listen on.
        port: Where; 0: any free port.

    Raises:
        WeaklinkError: The port is taken, the host is unknown, or the token is too short.
    """
    with _listening(host, port) as listener:
        address, number = listener.getsockname()[:2]
        token = token_for(address)
        named = f"[{address}]" if ":" in address else address
        pages = Starlette(
            routes=[Route("/{path:path}", _pages(folder, made))],
            middleware=[
                admission(token, (LOOPBACK, "localhost", named), f"weaklink-view-{number}")
            ],
            exception_handlers={WeaklinkError: _cannot_be_read},
        )
        server = uvicorn.Server(
            uvicorn.Config(
                pages, log_config=None, log_level="error", access_log=False,
                lifespan="off", ws="none", server_header=False, timeout_graceful_shutdown=1,
            )
        )  # fmt: skip
        shown = socket.gethostname() if ip_address(address).is_unspecified else named
        ready(f"http://{shown}:{number}/{_told(token)}")
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _listening(host: str, port: int) -> socket.socket:
    try:
        family, _, _, _, place = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(place[:2], family=family)
    except socket.gaierror as error:
        raise WeaklinkError(f"There is no host {host!r}.", "Give another --host.") from error
    except OSError as error:
        raise WeaklinkError(
            f"Port {port} of {host} cannot be used: {error.strerror or error}.",
            "Give another --port, or 0.",
        ) from error
    # Or else the second part of an answer waits 40 ms for the receipt of the first
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _told(token: str | None) -> str:
    if token is None:
        return ""
    return f"?token=${TOKEN_VARIABLE}" if chosen_token() else f"?token={token}"


def _pages(folder: Path, made: Made) -> Callable[[Request], Awaitable[Response]]:
    files = StaticFiles(directory=folder, html=True)

    async def page(request: Request) -> Response:
        found = await run_in_threadpool(made.answer, request.url.path, request.url.query)
        answer = (
            await files.get_response(files.get_path(request.scope), request.scope)
            if found is None
            else Response(found.content, found.status, media_type=found.kind)
        )
        answer.headers.update(_HEADERS)
        return answer

    return page


def _cannot_be_read(_: Request, error: Exception) -> Response:
    text = f"The runs cannot be read. {visible(str(error))}\n"
    return PlainTextResponse(text, HTTPStatus.INTERNAL_SERVER_ERROR, _HEADERS)
