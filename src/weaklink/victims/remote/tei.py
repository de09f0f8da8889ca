"""Classifiers that Text Embeddings Inference serves (``tei:http://host:8080``).

It answers ``POST /predict`` with a list of label and score for each text, and ``GET /info`` with
what it serves (https://huggingface.github.io/text-embeddings-inference).
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any
from weakref import finalize

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import check_address
from weaklink.hub.client import Pace
from weaklink.text.pairs import segments
from weaklink.victims.remote.asking import FIRST_RETRIES, patiently
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.posting import JsonClient, scored
from weaklink.victims.remote.requests import Failed, Reply, Tokens

KEY = "TEI_API_KEY"
_DEFAULT_BATCH = 32


class TeiService:
    """A classifier that Text Embeddings Inference serves.

    Args:
        name: How the user named the victim.
        address: The server's address.
        options: How it is asked.
        pace: For tests; by default real time.

    Raises:
        WeaklinkError: The address is none, the server is not there, or it serves no classifier.
    """

    no_texts = no_pairs = ""

    def __init__(
        self, name: str, address: str, options: RemoteOptions, pace: Pace | None = None
    ) -> None:
        check_address(address, "Write tei:http://HOST:PORT.")
        key = os.environ.get(KEY, "")
        self._address = address.rstrip("/")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._client = JsonClient(headers, [key], options.timeout)
        finalize(self, self._client.close)
        try:
            info = patiently(self._info, name, options.timeout, pace or Pace(), FIRST_RETRIES)
            self.labels: tuple[str, ...] | None = _labels(info)
        except Failed as failed:
            raise WeaklinkError(
                f"{name} does not answer as Text Embeddings Inference does: {failed.why}.",
                "Give the address of a server that runs a sequence classifier.",
            ) from None
        self.batch = _whole(info.get("max_client_batch_size"), _DEFAULT_BATCH)
        model, commit = str(info.get("model_id", "")), str(info.get("model_sha") or "")
        kind = str(info.get("model_dtype", ""))
        where = commit or self._address
        self.identity = ("tei", model, where, kind, str(info.get("max_input_length", "")))
        self.details = {
            "source": f"Text Embeddings Inference at {self._address}",
            "model": model,
            "revision": commit or "not told",
            "precision": kind or "not told",
            "maximum length": f"{info.get('max_input_length', 'not told')} tokens; the server cuts",
        }

    def worst(self, _: Sequence[str]) -> Tokens:
        """Return no tokens: the server charges none."""
        return Tokens()

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request; see ``Service``."""
        body = {"inputs": [segments(text) for text in texts], "truncate": True}
        said = self._client.send("POST", f"{self._address}/predict", body)
        if not isinstance(said, list) or len(said) != len(texts):
            raise Failed(f"it does not answer with {len(texts)} lists", malformed=True)
        return Reply([{"scores": scored(one)} for one in said])

    def _info(self) -> dict[str, Any]:
        said = self._client.send("GET", f"{self._address}/info")
        if not isinstance(said, dict):
            raise Failed("its information is not an object", malformed=True)
        return said


def _labels(info: dict[str, Any]) -> tuple[str, ...]:
    """Return the labels in the order of the model's configuration."""
    try:
        names = info["model_type"]["classifier"]["id2label"]
        return tuple(str(names[number]) for number in sorted(names, key=int))
    except (KeyError, TypeError, ValueError, AttributeError):
        raise Failed("it serves no sequence classifier", malformed=True) from None


def _whole(said: object, otherwise: int) -> int:
    return said if isinstance(said, int) and said > 0 else otherwise
