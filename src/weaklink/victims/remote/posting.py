"""JSON over HTTP, each answer bounded in size and time, each failure without keys."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

import httpx2

from weaklink.guards.bounded_client import BoundedClient
from weaklink.victims.remote.requests import Failed, cleaned

_MOST_BYTES = 16_000_000


class JsonClient:
    """Sends JSON to one server and reads its JSON.

    Args:
        headers: Of every request; redirects to another host do not get ``Authorization``.
        secrets: What must not be shown.
        timeout: Seconds that the server may take to go on with an answer.
    """

    def __init__(self, headers: Mapping[str, str], secrets: Sequence[str], timeout: float) -> None:
        self._secrets = tuple(secrets)
        self._client = BoundedClient(
            _MOST_BYTES, timeout, headers=dict(headers), timeout=timeout, follow_redirects=False
        )

    def send(self, method: str, address: str, body: object = None) -> Any:  # noqa: ANN401 - JSON
        """Send a request, and return the JSON of its answer.

        Raises:
            Failed: The server cannot be reached, refuses, or sends something else.
        """
        try:
            response = self._client.request(method, address, json=body)
        except httpx2.HTTPError as error:
            told = cleaned(str(error) or type(error).__name__, self._secrets)
            raise Failed(f"{type(error).__name__}: {told}") from None
        if not response.is_success:
            said = cleaned(response.text, self._secrets)
            raise Failed(
                f"status {response.status_code}: {said}",
                response.status_code,
                {name.lower(): value for name, value in response.headers.items()},
            )
        try:
            return response.json()
        except (ValueError, RecursionError):
            raise Failed("its answer is not JSON", malformed=True) from None

    def close(self) -> None:
        """Close its connections."""
        self._client.close()


def scored(said: object) -> dict[str, float]:
    """Return ``[{"label": ..., "score": ...}, ...]`` as scores by label.

    Raises:
        Failed: It has another form.
    """
    rows = said if isinstance(said, list) else []
    scores = {
        row["label"]: float(row["score"])
        for row in rows
        if isinstance(row, dict)
        and isinstance(row.get("label"), str)
        and isinstance(row.get("score"), int | float)
        and abs(row["score"]) <= sys.float_info.max
    }
    if not rows or len(scores) != len(rows):
        raise Failed("its answer has no label and score for each label", malformed=True)
    return scores
