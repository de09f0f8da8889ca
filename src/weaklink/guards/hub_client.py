"""The client of huggingface_hub: no answer names a path outside of its cache, and no wait is long.

The library makes paths of an answer's ETag, of commits, of digests in listings and of file names.
Only ``HF_ENDPOINT`` says who gives these answers, so they are checked before the library sees them.

A Hub that cannot be reached is offline to the library, which then reads its cache: by itself it
would try six times, for half a minute, before it says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from threading import Event
from typing import Any

import httpx2
from huggingface_hub import constants, set_client_factory
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils import get_session

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import check_address, public
from weaklink.guards.bounded_client import BoundedClient
from weaklink.guards.deadline import within

_COMMIT = re.compile(r"[0-9a-f]{40}")
_DIGEST = re.compile(r"[0-9a-fA-F]{32,128}")
_UNSAFE = re.compile(r"(^|/)\.\.(/|$)|^/|\\|[\x00-\x1f]")


class NoAnswer(OfflineModeIsEnabled):
    """The Hub cannot be reached; the message says where it was looked for, and what went wrong."""


def check_hub_answers() -> None:
    """Let huggingface_hub's client refuse answers that would write outside of its cache.

    This replaces a client factory that was set before; its hooks stay.

    Raises:
        WeaklinkError: ``HF_ENDPOINT`` is not an address.
    """
    check_address(constants.ENDPOINT, "Check HF_ENDPOINT.")
    session = get_session()
    if not isinstance(session, _Careful):
        hooks = session.event_hooks
        set_client_factory(
            partial(_Careful, Event(), event_hooks=hooks, follow_redirects=True, timeout=None)
        )


class _Careful(BoundedClient):
    """A client of the Hub.

    Args:
        reached: Whether the Hub has answered; shared by all clients that the library makes.
        settings: Those of ``BoundedClient``.
    """

    def __init__(self, reached: Event, **settings: Any) -> None:  # noqa: ANN401
        super().__init__(**settings)
        self._reached = reached

    def send(self, request: httpx2.Request, *, stream: bool = False, **how: Any) -> httpx2.Response:  # noqa: ANN401
        """Send a request, and refuse an answer that names no plain commits, digests and files.

        Raises:
            NoAnswer: The Hub has not answered yet, and does not within the seconds of
                ``HF_HUB_ETAG_TIMEOUT``.
        """
        if request.method == "POST":  # of inference, whose client streams what it reads whole
            return super().send(request, stream=False, **how)
        if stream:  # of what is streamed, the library takes the body alone
            return super().send(request, stream=True, **how)
        whole = partial(super().send, request, stream=False, **how)
        response = whole() if self._reached.is_set() else self._first(whole)
        for step in (*response.history, response):
            _check_headers(step)
        _check_names(response)
        return response

    def _first(self, send: Callable[[], httpx2.Response]) -> httpx2.Response:
        seconds = constants.HF_HUB_ETAG_TIMEOUT
        try:
            response = within(seconds, send)
        except (TimeoutError, httpx2.TransportError) as error:
            late = isinstance(error, TimeoutError | httpx2.TimeoutException)
            why = f"no answer within {seconds} seconds" if late else str(error)
            raise NoAnswer(f"{public(constants.ENDPOINT)}: {why:.200}") from error
        self._reached.set()
        return response


def why_unreached(error: BaseException) -> str:
    """Return where the Hub was looked for and what went wrong, in brackets; "" if it answered."""
    cause: BaseException | None = error
    while cause is not None and not isinstance(cause, NoAnswer):
        cause = cause.__cause__ or cause.__context__
    return "" if cause is None else f" ({cause})"


def _check_headers(response: httpx2.Response) -> None:
    headers = response.headers
    _check(response, "commit", _COMMIT, [headers.get("X-Repo-Commit")])
    if response.request.method == "HEAD" and response.is_success | response.is_redirect:
        etag = headers.get("X-Linked-Etag") or headers.get("ETag") or ""
        found = etag.lstrip("W/").strip('"') or None
        _check(response, "ETag", _DIGEST, [found, headers.get("X-Xet-Hash")])


def _check_names(response: httpx2.Response) -> None:
    """Check what an answer of the Hub's API says of a repository or of its files."""
    if response.content[:1] not in (b"{", b"["):
        return
    try:
        said = json.loads(response.content)
    except (ValueError, RecursionError):
        return
    if isinstance(said, dict):
        _check(response, "commit", _COMMIT, [said.get("sha")])
    files = list(_files(said))
    for name in ("oid", "xetHash"):
        _check(response, "digest", _DIGEST, (file.get(name) for file in files))
    large = [file["lfs"] for file in files if isinstance(file.get("lfs"), dict)]
    for name in ("oid", "sha256"):
        _check(response, "digest", _DIGEST, (file.get(name) for file in large))
    for name in ("path", "rfilename"):
        unsafe = (str(file[name]) for file in files if _UNSAFE.search(str(file.get(name, ""))))
        if (found := next(unsafe, None)) is not None:
            raise _refused(response, f"it has a file {found[:80]!r}")


def _files(said: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - foreign JSON
    listed = said.get("siblings") if isinstance(said, dict) else said
    if isinstance(listed, list):
        yield from (file for file in listed if isinstance(file, dict))


def _check(
    response: httpx2.Response, what: str, form: re.Pattern[str], values: Iterable[object]
) -> None:
    for value in values:
        if value is not None and not (isinstance(value, str) and form.fullmatch(value)):
            raise _refused(response, f"{str(value)[:80]!r} is not a valid {what}")


def _refused(response: httpx2.Response, why: str) -> WeaklinkError:
    return WeaklinkError(
        f"The answer of {response.url.host} cannot be trusted: {why}.",
        "Check HF_ENDPOINT: this is not how a Hub answers.",
    )
