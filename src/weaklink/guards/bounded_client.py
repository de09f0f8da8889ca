"""An HTTP client that reads no answer past a size and a time."""

from __future__ import annotations

import time
from typing import Any

import httpx2

MOST_BYTES = 64_000_000
"""Most bytes of an answer that is read whole: listings, headers of weights."""


class BoundedClient(httpx2.Client):
    """A client whose answers are bounded where they are read whole, decompressed bytes counted.

    Args:
        most: Most bytes of a body.
        seconds: Most seconds that a body may take; None: any.
        settings: Those of ``httpx2.Client``.
    """

    def __init__(
        self,
        most: int = MOST_BYTES,
        seconds: float | None = None,
        **settings: Any,  # noqa: ANN401
    ) -> None:
        super().__init__(**settings)
        self._most, self._seconds = most, seconds

    def send(self, request: httpx2.Request, *, stream: bool = False, **how: Any) -> httpx2.Response:  # noqa: ANN401
        """Send a request; see ``httpx2.Client.send``.

        Raises:
            httpx2.ReadError: The body is too large, or takes too long.
        """
        response = super().send(request, stream=True, **how)
        if stream:
            return response
        try:
            body = self._read(response)
        finally:
            response.close()
        whole = httpx2.Response(
            response.status_code,
            headers=[
                (name, value)
                for name, value in response.headers.multi_items()
                if name.lower() not in {"content-encoding", "transfer-encoding", "content-length"}
            ],
            content=body,
            request=response.request,
            extensions=response.extensions,
        )
        whole.history = response.history
        return whole

    def _read(self, response: httpx2.Response) -> bytes:
        ends = time.monotonic() + (self._seconds or float("inf"))
        body = bytearray()
        for part in response.iter_bytes():
            body += part
            if len(body) > self._most:
                raise httpx2.ReadError(f"The answer has more than {self._most} bytes")
            if time.monotonic() > ends:
                raise httpx2.ReadError(f"The answer takes more than {self._seconds} seconds")
        return bytes(body)
