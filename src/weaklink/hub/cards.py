"""One model's card from the Hub: its README.md, and what became of the request.

README.md is the only file ever asked for: fetching ``config.json`` would count as a download.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import quote

from weaklink.hub.client import HubClient, HubReply, Unreachable
from weaklink.hub.record import digest_of

CARD_BYTES = 1_000_000
"""Longer cards are cut here; the Hub shows no more of a card than a few hundred kilobytes."""


@dataclass(frozen=True, slots=True)
class FetchedCard:
    """A card, or why there is none.

    Attributes:
        status: See ``CARDS``.
        text: The card's text, None unless the status is ok, cut or mended.
        renamed_to: The id that the Hub redirected to, if it did.
    """

    status: str
    text: str | None = None
    renamed_to: str | None = None

    @property
    def digest(self) -> str | None:
        """SHA-256 of the text."""
        return None if self.text is None else digest_of(self.text)


def card_of(text: str) -> FetchedCard:
    """Return the card that bulk data holds, cut like a fetched one; an empty text is not a card."""
    if not text:
        return FetchedCard("missing")
    body = text.encode(errors="replace")
    if len(body) <= CARD_BYTES:
        return FetchedCard("ok", body.decode())
    return FetchedCard("cut", body[:CARD_BYTES].decode(errors="replace"))


def fetch_card(client: HubClient, model_id: str, sha: str | None) -> FetchedCard:
    """Fetch a card at the listed revision with one request (repeated only after a failure)."""
    revision = quote(sha or "main", safe="")
    try:
        reply = client.get(
            f"{client.endpoint}/{model_id}/resolve/{revision}/README.md", limit=CARD_BYTES
        )
    except Unreachable:
        return FetchedCard("failed")
    if reply.status != 200:  # noqa: PLR2004
        return FetchedCard(refusal(reply))
    text, status = _decode(reply)
    return FetchedCard(status, text, _renamed(client.endpoint, model_id, reply))


def refusal(reply: HubReply) -> str:
    """Return what an answer other than 200 says of a model: missing, gated, deleted or failed.

    The Hub answers 401 both for gated models and for those that do not exist; ``X-Error-Code``
    tells them apart. A repository that the Hub has disabled counts as deleted.
    """
    code = reply.headers.get("x-error-code")
    if code == "GatedRepo":
        return "gated"
    if code in {"EntryNotFound", "RevisionNotFound"}:
        return "missing"
    if code == "RepoNotFound" or reply.status in {401, 410}:
        return "deleted"
    if reply.headers.get("x-error-message") == "Access to this resource is disabled.":
        return "deleted"
    return {403: "gated", 404: "missing"}.get(reply.status, "failed")


def _decode(reply: HubReply) -> tuple[str, str]:
    """Return the body as text and its status; a character split by the cut is not damage."""
    if reply.cut:
        return reply.body.decode(errors="replace"), "cut"
    try:
        return reply.body.decode(), "ok"
    except UnicodeDecodeError:
        return reply.body.decode(errors="replace"), "mended"


def _renamed(endpoint: str, model_id: str, reply: HubReply) -> str | None:
    """Return the last other id that the request was redirected to."""
    pattern = re.compile(re.escape(endpoint) + r"/([^/?]+(?:/[^/?]+)?)/resolve/")
    ids = [found[1] for address in reply.addresses if (found := pattern.match(address))]
    return next((other for other in reversed(ids) if other != model_id), None)
