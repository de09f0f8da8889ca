"""Where an LLM is served, and asking it for an answer of a certain shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from openai import OpenAI

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where an LLM is served.

    Attributes:
        model: Its name there.
        base_url: The address, ending in ``/v1``; None: the client's default, or OPENAI_BASE_URL.
        api_key: The key; None: OPENAI_API_KEY.
        timeout: Seconds that one answer may take.
        retries: How often the client repeats a request that was refused for now (429) or failed;
            it waits as long as the endpoint asks it to.
    """

    model: str
    base_url: str | None = None
    api_key: str | None = None
    timeout: float = 60.0
    retries: int = 4

    def client(self) -> OpenAI:
        """Return a client.

        Raises:
            WeaklinkError: There is no key.
        """
        from openai import OpenAI, OpenAIError

        try:
            return OpenAI(
                base_url=self.base_url,
                api_key=self.api_key,
                timeout=self.timeout,
                max_retries=self.retries,
            )
        except OpenAIError as error:
            raise WeaklinkError(
                f"The LLM's client cannot start: {error}.",
                "Set OPENAI_API_KEY; a local server takes any value.",
            ) from error


def complete(
    client: OpenAI, model: str, messages: Sequence[dict[str, str]], shape: type[M], most: int
) -> tuple[M | None, tuple[int, int]]:
    """Ask once, at temperature 0, for an answer in the shape of a pydantic model.

    Args:
        client: The endpoint's client.
        model: The LLM's name there.
        messages: What to send.
        shape: What the answer must be.
        most: Tokens of the answer.

    Returns:
        The answer, or None if it is malformed; and the tokens of question and answer.

    Raises:
        OpenAIError: The endpoint did not answer, retries included.
    """
    form = {"name": shape.__name__, "strict": True, "schema": shape.model_json_schema()}
    request: Any = {
        "model": model,
        "messages": list(messages),
        "response_format": {"type": "json_schema", "json_schema": form},
        "temperature": 0,
        "max_tokens": most,
    }
    reply: Any = client.chat.completions.create(**request)
    used = (reply.usage.prompt_tokens, reply.usage.completion_tokens) if reply.usage else (0, 0)
    try:
        return shape.model_validate_json(_content(reply)), used
    except (ValidationError, IndexError, AttributeError):
        return None, used


def _content(reply: Any) -> str:  # noqa: ANN401 - a server's answer need not be what its type says
    """Return the JSON object in an answer, whatever prose or fence a server put around it."""
    text = reply.choices[0].message.content or ""
    return str(text[text.find("{") : text.rfind("}") + 1])
