"""Who may look at served pages: this machine, or else whoever has a token."""

from __future__ import annotations

import os
import secrets
from collections.abc import Sequence
from hashlib import sha256
from http import HTTPStatus
from ipaddress import ip_address
from typing import TYPE_CHECKING

from starlette.datastructures import URL
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Receive, Scope, Send

TOKEN_VARIABLE = "WEAKLINK_VIEW_TOKEN"  # noqa: S105  the name of a variable
_SHORTEST = 16
_REFUSED = "Open the address with its token: http://HOST:PORT/?token=TOKEN\n"


def chosen_token() -> str | None:
    """Return the token that the environment sets; None where it sets none.

    Raises:
        WeaklinkError: It is short enough to be guessed.
    """
    token = os.environ.get(TOKEN_VARIABLE)
    if token is not None and len(token) < _SHORTEST:
        raise WeaklinkError(
            f"{TOKEN_VARIABLE} is shorter than {_SHORTEST} characters.",
            f"Set a longer one, or unset {TOKEN_VARIABLE}.",
        )
    return token


def token_for(address: str) -> str | None:
    """Return the token of a server: the chosen one, else a new one; None on loopback alone.

    Args:
        address: What the server listens on, as digits.
    """
    token = chosen_token()
    if token is None and not ip_address(address).is_loopback:
        token = secrets.token_urlsafe()
    return token


def admission(token: str | None, hosts: Sequence[str], cookie: str) -> Middleware:
    """Return what lets in whoever has the token, or else whoever asks under the names of loopback.

    Args:
        token: The token; None: names are checked. A page of another host, whose name is made to
            lead here (DNS rebinding), asks under that name.
        hosts: The names.
        cookie: The name of the cookie that a browser shows in place of the token.
    """
    if token is None:
        return Middleware(TrustedHostMiddleware, allowed_hosts=hosts, www_redirect=False)
    return Middleware(_TokenMiddleware, token=token, cookie=cookie)


class _TokenMiddleware:
    """Gives a browser that has the token a cookie, and refuses one that has neither.

    The cookie is the token's digest: it tells no token that a user may use elsewhere.
    """

    def __init__(self, app: ASGIApp, token: str, cookie: str) -> None:
        self._app, self._cookie, self._digest = app, cookie, _digest(token)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope)
        answer: ASGIApp = self._app
        if self._fits(_digest(request.query_params.get("token", ""))):
            answer = self._admit(request)
        elif not self._fits(request.cookies.get(self._cookie, "")):
            answer = PlainTextResponse(_REFUSED, HTTPStatus.UNAUTHORIZED)
        await answer(scope, receive, send)

    def _fits(self, digest: str) -> bool:
        return secrets.compare_digest(digest.encode(errors="replace"), self._digest.encode())

    def _admit(self, request: Request) -> Response:
        """Return the way to the same page without the token, which stays in no history."""
        path = "/" + request.url.path.lstrip("/")
        page = URL(path=path, query=request.url.remove_query_params("token").query)
        answer = RedirectResponse(page, HTTPStatus.SEE_OTHER)
        answer.set_cookie(
            self._cookie, self._digest,
            httponly=True, samesite="strict", secure=request.url.scheme == "https",
        )  # fmt: skip
        return answer


def _digest(token: str) -> str:
    return sha256(token.encode(errors="surrogateescape")).hexdigest()
