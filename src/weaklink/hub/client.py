"""Requests to the Hub through huggingface_hub's session, with one policy for waiting and retrying.

The library's own back-off is not used for two reasons: it cannot retry a body that breaks off while
it is streamed, and every thread would run into a rate limit by itself. Here all threads share one
``Pace``, which also stops before the window is used up.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from threading import Lock

import httpx2
from huggingface_hub import HfApi
from huggingface_hub.errors import OfflineModeIsEnabled
from huggingface_hub.utils import (
    RateLimitInfo,
    build_hf_headers,
    get_session,
    parse_ratelimit_headers,
)

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import check_address, public
from weaklink.guards.deadline import within
from weaklink.version import __version__

_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
_FIRST_RETRIES = 2
"""While the Hub has not answered at all: its address may be wrong, or the network not there."""
_LONGEST_WAIT = 60.0
_LONGEST_HOLD = 900.0
"""The Hub's windows are of 300 seconds; who asks for more is not a Hub."""
_DEADLINE = 300.0
_REFUSED = "Invalid credentials in Authorization header"


class Unreachable(Exception):  # noqa: N818 - it says what the Hub is
    """The Hub gave no usable answer, however often it was asked."""


@dataclass(frozen=True, slots=True)
class HubReply:
    """An answer of the Hub.

    Attributes:
        status: The HTTP status.
        headers: The headers; names in any case.
        body: The body, at most ``limit`` bytes of it.
        cut: Whether the body was longer.
        addresses: The address asked for and every one that it redirected to.
        next_page: The address that the ``Link`` header names as next.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    cut: bool
    addresses: tuple[str, ...]
    next_page: str | None


@dataclass(slots=True)
class Pace:
    """When the next request may start, for all threads together.

    Attributes:
        reserve: Number of requests that may be under way: a window with no more than so many left
            counts as used up.
        clock: Seconds, monotonic.
        sleep: Waits for so many seconds.
    """

    reserve: int = 0
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _resume: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def wait(self) -> None:
        """Return when a request may start."""
        while (seconds := self._resume - self.clock()) > 0:
            self.sleep(seconds)

    def hold(self, seconds: float) -> None:
        """Let no request start for so many seconds."""
        with self._lock:
            self._resume = max(self._resume, self.clock() + min(seconds, _LONGEST_HOLD))

    def heed(self, headers: Mapping[str, str]) -> None:
        """Hold until the window's end where the headers say that it is used up."""
        limits = _limits(headers)
        if limits and limits.remaining <= self.reserve:
            self.hold(limits.reset_in_seconds + 1)


class HubClient:
    """Asks the Hub at ``HF_ENDPOINT``, with the user's own token if there is one.

    Args:
        workers: Number of threads that will share this client.
        retries: How often a request is repeated before it counts as failed; twice at most while the
            Hub has not answered any.
        pace: For tests; by default real time.
        deadline: Seconds that one request may take, headers and body together.

    Attributes:
        endpoint: The Hub's address.
        address: The same without user name and password, as it is written and shown.

    Raises:
        WeaklinkError: ``HF_ENDPOINT`` is not an address.
    """

    def __init__(
        self,
        *,
        workers: int = 1,
        retries: int = 6,
        pace: Pace | None = None,
        deadline: float = _DEADLINE,
    ) -> None:
        self.endpoint = HfApi().endpoint
        check_address(self.endpoint, "Check HF_ENDPOINT.")
        self.address = public(self.endpoint)
        self._retries = retries
        self._deadline = deadline
        self._pace = pace or Pace(reserve=workers - 1)
        self._reached = False
        self._headers = build_hf_headers(library_name="weaklink", library_version=__version__)

    def get(self, address: str, *, limit: int, span: tuple[int, int] | None = None) -> HubReply:
        """Fetch one address, waiting and retrying as the answers ask.

        Args:
            address: Must be of the Hub itself, which alone may see the token.
            limit: Most bytes of the body to read.
            span: Ask for the bytes from the first up to the second number alone.

        Raises:
            Unreachable: After all retries.
            WeaklinkError: The address is elsewhere, the token was refused, or offline mode is on.
        """
        shown = public(address)
        if not shown.startswith(f"{self.address}/"):
            raise WeaklinkError(
                f"The Hub at {self.address} redirected to another host.", "Check HF_ENDPOINT."
            )
        address = self.endpoint + shown.removeprefix(self.address)
        problem = ""
        for attempt in range(self._retries + 1):
            self._pace.wait()
            try:
                reply = within(self._deadline, partial(self._once, address, limit, span))
            except TimeoutError as error:
                raise Unreachable(f"{shown} took more than {self._deadline:g} seconds") from error
            except httpx2.RequestError as error:
                problem = f"{type(error).__name__}"
                if attempt == _FIRST_RETRIES and not self._reached:
                    break
                self._rest(attempt)
                continue
            self._reached = True
            if reply.status not in _RETRIED:
                self._pace.heed(reply.headers)
                return reply
            problem = f"status {reply.status}"
            self._back_off(reply, attempt)
        raise Unreachable(f"{shown} failed {attempt + 1} times, at last with {problem}")

    def _once(self, address: str, limit: int, span: tuple[int, int] | None) -> HubReply:
        wanted = {"Range": f"bytes={span[0]}-{span[1] - 1}"} if span else {}
        body, ends = bytearray(), time.monotonic() + self._deadline
        try:
            with get_session().stream(
                "GET", address, headers=self._headers | wanted, timeout=60
            ) as response:
                for part in response.iter_bytes():
                    body += part
                    if len(body) > limit:
                        break
                    if time.monotonic() > ends:
                        raise TimeoutError
        except OfflineModeIsEnabled as error:
            raise WeaklinkError("HF_HUB_OFFLINE is set.", "Unset it to collect.") from error
        if response.headers.get("x-error-message") == _REFUSED:
            raise WeaklinkError("The Hub refuses the token.", "Log in again, or unset HF_TOKEN.")
        return HubReply(
            status=response.status_code,
            headers=response.headers,
            body=bytes(memoryview(body)[:limit]),
            cut=len(body) > limit,
            addresses=tuple(str(step.url) for step in (*response.history, response)),
            next_page=response.links.get("next", {}).get("url"),
        )

    def _back_off(self, reply: HubReply, attempt: int) -> None:
        """Wait before a retry: all threads where the Hub says how long, this one otherwise."""
        stated = stated_wait(reply.status, reply.headers)
        if stated is None:
            self._rest(attempt)
        else:
            self._pace.hold(stated)

    def _rest(self, attempt: int) -> None:
        """Wait before the next attempt, if there is one."""
        if attempt < self._retries:
            self._pace.sleep(back_off(attempt))


def back_off(attempt: int) -> float:
    """Return the seconds to wait after an attempt, the first of which is 0."""
    return min(_LONGEST_WAIT, 2.0**attempt)


def stated_wait(status: int, headers: Mapping[str, str]) -> float | None:
    """Return the seconds that an answer asks to wait, by ``RateLimit`` (429) or ``Retry-After``."""
    limits = _limits(headers)
    if status == 429 and limits and limits.remaining == 0:  # noqa: PLR2004
        return limits.reset_in_seconds + 1
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (TypeError, ValueError, OverflowError):
        return None


def _limits(headers: Mapping[str, str]) -> RateLimitInfo | None:
    try:
        return parse_ratelimit_headers(headers)
    except ValueError:  # a number of more digits than Python reads
        return None
