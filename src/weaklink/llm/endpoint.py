"""Where an LLM is served, and asking it for an answer of a certain shape."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from weakref import finalize

from pydantic import BaseModel, ValidationError

from weaklink.errors import WeaklinkError
from weaklink.guards.addresses import check_address, public
from weaklink.guards.deadline import within

if TYPE_CHECKING:
    from openai import OpenAI

M = TypeVar("M", bound=BaseModel)

MOST_BYTES = 4_000_000
"""The longest body of an answer that is read."""
_DEADLINE = 5
"""How many times the time of one answer all tries together may take."""
_MOST_TOKENS = 10**9
"""More than any LLM reads or writes at once."""
_CHARACTERS_PER_TOKEN = 16
"""More than a token of any tokenizer stands for on average."""


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
            WeaklinkError: There is no key, or the address is none.
        """
        from openai import OpenAI, OpenAIError

        from weaklink.guards.bounded_client import BoundedClient

        if self.base_url is not None:
            check_address(self.base_url, "Give the address of an endpoint, ending in /v1.")
        http = BoundedClient(MOST_BYTES, self.timeout, follow_redirects=True)
        try:
            client = OpenAI(
                base_url=self.base_url,
                api_key=self.api_key,
                timeout=self.timeout,
                max_retries=self.retries,
                http_client=http,
            )
        except OpenAIError as error:
            raise WeaklinkError(
                f"The LLM's client cannot start: {error}.",
                "Set OPENAI_API_KEY; a local server takes any value.",
            ) from error
        finalize(client, http.close)
        check_address(str(client.base_url), "Check OPENAI_BASE_URL.")
        return client


class Said(NamedTuple):
    """What an LLM said.

    Attributes:
        body: The endpoint's answer as JSON, which need not be what the protocol says.
        text: What the LLM wrote; "" if nothing.
        used: Tokens of question and answer; None if the endpoint does not say, or says less than
            there can be.
    """

    body: Any
    text: str
    used: tuple[int, int] | None


class Completion(NamedTuple, Generic[M]):
    """What came of one question.

    Attributes:
        answer: The answer; None if it is malformed.
        used: Tokens of question and answer; None if the endpoint does not say, or says less than
            there can be.
    """

    answer: M | None
    used: tuple[int, int] | None


def address_of(client: OpenAI) -> str:
    """Return where a client asks, without user name and password."""
    return public(str(client.base_url))


def complete(
    client: OpenAI, model: str, messages: Sequence[dict[str, str]], shape: type[M], most: int
) -> Completion[M]:
    """Ask once, at temperature 0, for an answer in the shape of a pydantic model.

    Args:
        client: The endpoint's client.
        model: The LLM's name there.
        messages: What to send.
        shape: What the answer must be.
        most: Tokens of the answer.

    Raises:
        OpenAIError: The endpoint did not answer, retries included.
        TimeoutError: All tries together took too long.
    """
    form = {"name": shape.__name__, "strict": True, "schema": shape.model_json_schema()}
    response_format = {"type": "json_schema", "json_schema": form}
    said = chat(client, model, messages, most, response_format=response_format)
    try:
        return Completion(shape.model_validate_json(_object(said.text)), said.used)
    except ValidationError:
        return Completion(None, said.used)


def chat(
    client: OpenAI,
    model: str,
    messages: Sequence[dict[str, str]],
    most: int,
    **further: Any,  # noqa: ANN401 - whatever the protocol knows
) -> Said:
    """Ask once, at temperature 0.

    Args:
        client: The endpoint's client.
        model: The LLM's name there.
        messages: What to send.
        most: Tokens of the answer.
        further: What the request says besides.

    Raises:
        OpenAIError: The endpoint did not answer, retries included.
        TimeoutError: All tries together took too long.
    """
    request: Any = {
        "model": model,
        "messages": list(messages),
        "temperature": 0,
        "max_tokens": most,
        **further,
    }
    seconds = client.timeout if isinstance(client.timeout, float) else None
    asking = partial(client.chat.completions.with_raw_response.create, **request)
    raw = within(seconds and seconds * _DEADLINE, asking)
    body = _json(raw.content)
    text = _content(body)
    sent = sum(len(message["content"]) for message in messages)
    return Said(body, text, _used(body, sent, len(text)))


def _json(body: bytes) -> Any:  # noqa: ANN401 - a server's answer need not be what its type says
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


def _content(said: Any) -> str:  # noqa: ANN401
    """Return the text of an answer; "" if there is none."""
    try:
        text = said["choices"][0]["message"]["content"]
    except (KeyError, IndexError, TypeError):
        return ""
    return text.encode(errors="replace").decode() if isinstance(text, str) else ""


def _object(text: str) -> str:
    """Return the JSON object in a text, whatever prose or fence a server put around it."""
    return text[text.find("{") : text.rfind("}") + 1]


def _used(said: Any, sent: int, answered: int) -> tuple[int, int] | None:  # noqa: ANN401
    """Return the tokens that an answer reports, if that many characters can be so few."""
    usage = said.get("usage") if isinstance(said, dict) else None
    if not isinstance(usage, dict):
        return None
    counts = usage.get("prompt_tokens"), usage.get("completion_tokens")
    tokens = tuple(one for one in counts if isinstance(one, int) and not isinstance(one, bool))
    if len(tokens) != len(counts):
        return None
    least = (sent // _CHARACTERS_PER_TOKEN, answered // _CHARACTERS_PER_TOKEN)
    can_be = (low <= count <= _MOST_TOKENS for low, count in zip(least, tokens, strict=True))
    return (tokens[0], tokens[1]) if all(can_be) else None
