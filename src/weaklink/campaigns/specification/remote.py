"""How the remote models of a campaign are asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pydantic import field_validator

from weaklink.campaigns.specification.option import REMOTE, option
from weaklink.errors import WeaklinkError
from weaklink.validation import GivenValues
from weaklink.victims.remote.options import LABELS, PROMPT, Prices, RemoteOptions

REMOTE_ONLY = frozenset(
    {
        "concurrency", "request_timeout", "price_in", "price_out", "price_request", "max_cost",
        "max_requests", "answers",
    }
)  # fmt: skip
"""Fields that outcomes do not depend on."""


class RemoteSettings(GivenValues):
    """How remote models are asked. Every field has a default."""

    base_url: str | None = option(
        None,
        "Address of an LLM's OpenAI-compatible endpoint, ending in /v1 (victims llm:MODEL, "
        "paraphraser llm:MODEL), or of the endpoint that serves hf:owner/model.",
        REMOTE,
    )
    llm_prompt: str = option(
        PROMPT,
        "What an LLM victim is asked, with {labels} and {text}, or for pairs {first} and {second} "
        "(default: which label fits best).",
        REMOTE,
        shown=False,
    )
    llm_labels: tuple[str, ...] = option(
        LABELS, "Labels that an LLM victim may answer, separated by commas.", REMOTE, min_length=2
    )
    concurrency: int = option(8, "Requests at once. It changes no outcome.", REMOTE, ge=1)
    request_timeout: float = option(
        60.0, "Seconds that a server may take to go on with an answer.", REMOTE, gt=0
    )
    price_in: float = option(0.0, "Price of a million tokens of questions.", REMOTE, ge=0)
    price_out: float = option(0.0, "Price of a million tokens of answers.", REMOTE, ge=0)
    price_request: float = option(0.0, "Price of a request.", REMOTE, ge=0)
    max_cost: float | None = option(
        None,
        "Most that remote models may cost, earlier runs included, in the unit of the prices.",
        REMOTE,
        ge=0,
    )
    max_requests: int | None = option(
        None, "Most requests to remote models, earlier runs included.", REMOTE, ge=1
    )
    answers: Path | None = option(
        None, "File of the answers of remote models (default: beside the outcomes).", REMOTE
    )

    @field_validator("llm_labels", mode="before")
    @classmethod
    def _apart(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        if not isinstance(value, str):
            return value
        return tuple(label.strip() for label in value.split(",") if label.strip())

    @field_validator("base_url")
    @classmethod
    def _no_secret(cls, value: str | None) -> str | None:
        if value is not None and "@" in urlsplit(value).netloc:
            raise WeaklinkError(
                "base_url contains a user name or a password, which a report would show.",
                "Remove them from the address. Set OPENAI_API_KEY to give a key.",
            )
        return value

    def remote(self, answers: Path | None = None) -> RemoteOptions:
        """Return how remote victims are asked.

        Args:
            answers: The file of answers where none is named; None: one in the cache folder.
        """
        return RemoteOptions(
            base_url=self.base_url,
            prompt=self.llm_prompt,
            labels=self.llm_labels,
            concurrency=self.concurrency,
            timeout=self.request_timeout,
            prices=Prices(self.price_in, self.price_out, self.price_request),
            max_cost=self.max_cost,
            max_requests=self.max_requests,
            answers=self.answers or answers,
        )
