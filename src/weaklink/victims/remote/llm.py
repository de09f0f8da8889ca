"""An LLM that is asked which label fits (``llm:MODEL``, ``llm:MODEL@http://host/v1``).

Where the endpoint gives log probabilities, a label's probability is that of the first tokens that
begin this label and no other. Otherwise the answer's label is taken alone. An answer that names no
label, or several, and one that a filter withholds, has a label of its own.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Sequence
from typing import Any

from weaklink.errors import WeaklinkError
from weaklink.llm import Endpoint, Said, address_of, chat
from weaklink.text.templates import fill, is_of_pairs, values_of, why_not
from weaklink.victims.remote.keys import key_for
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.requests import Answer, Failed, Reply, Tokens, cleaned

NO_LABEL = "(no label)"
"""What an answer that names none of the labels is counted as."""

KEY = "OPENAI_API_KEY"
_MOST_TOKENS = 16
_TOP = 20
_ENOUGH = 0.5
"""Probability that the first tokens of labels have together, for a label to be meant."""
_BESIDE = 16
"""Tokens that a chat's form adds to its text."""


class LlmService:
    """An LLM behind an OpenAI-compatible endpoint.

    Args:
        name: How the user named the victim.
        model: The LLM's name at the endpoint.
        address: The endpoint, where the victim's name says it. It gets a key only if the
            environment has one for its host.
        options: Prompt, labels, and the endpoint where the name does not say it.

    Raises:
        WeaklinkError: There is no key, or prompt or labels will not do.
    """

    def __init__(self, name: str, model: str, address: str | None, options: RemoteOptions) -> None:
        of_pairs = _checked(name, options)
        base = address or options.base_url or os.environ.get("OPENAI_BASE_URL")
        elsewhere = address is not None and address != options.base_url
        own = key_for(KEY, base) if base else ""
        key = own or ("none" if elsewhere else None)
        endpoint = Endpoint(model, base, key, timeout=options.timeout, retries=0)
        self._client = endpoint.client()
        self._model, self._prompt, self._labels = model, options.prompt, options.labels
        self._probabilities = True
        shown = address_of(self._client)
        self.batch = 1
        self.no_texts, self.no_pairs = why_not(of_pairs=of_pairs, what="its prompt")
        self.labels: tuple[str, ...] | None = (*options.labels, NO_LABEL)
        self.identity = ("llm", model, shown, options.prompt, *options.labels)
        self.details = {
            "source": f"the LLM {model} at {shown}",
            "prompt": options.prompt,
            "labels asked for": ", ".join(options.labels),
        }

    def worst(self, texts: Sequence[str]) -> Tokens:
        """Return a token for each byte of the question, and the longest answer."""
        question = self._question(texts[0])
        return Tokens(len(question.encode("utf-8", "replace")) + _BESIDE, _MOST_TOKENS)

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request for one text; see ``Service``."""
        from openai import APIConnectionError, APIStatusError, OpenAIError

        (text,) = texts
        try:
            said = self._said(self._question(text))
        except APIStatusError as error:
            if error.code == "content_filter":
                return Reply([{"label": NO_LABEL}])
            told = cleaned(str(error.message), [self._client.api_key])
            headers = {name.lower(): value for name, value in error.response.headers.items()}
            raise Failed(
                f"status {error.status_code}: {told}", error.status_code, headers
            ) from None
        except APIConnectionError as error:
            told = cleaned(f"{error.message} {error.__cause__ or ''}", [self._client.api_key])
            raise Failed(told) from None
        except (OpenAIError, ValueError) as error:
            raise Failed(type(error).__name__, malformed=True) from None
        if not isinstance(said.body, dict) or not said.body.get("choices"):
            raise Failed("its answer is not that of a chat", malformed=True)
        return Reply([self._answer(said)], None if said.used is None else Tokens(*said.used))

    def _question(self, text: str) -> str:
        return fill(self._prompt, {"labels": ", ".join(self._labels), **values_of(text)})

    def _said(self, question: str) -> Said:
        """Ask for log probabilities too, until the endpoint refuses them."""
        from openai import BadRequestError, UnprocessableEntityError

        wanted = {"logprobs": True, "top_logprobs": _TOP} if self._probabilities else {}
        messages = [{"role": "user", "content": question}]
        try:
            return chat(self._client, self._model, messages, _MOST_TOKENS, **wanted)
        except (BadRequestError, UnprocessableEntityError) as error:
            if not wanted or error.code == "content_filter":
                raise
        said = chat(self._client, self._model, messages, _MOST_TOKENS)
        self._probabilities = False
        return said

    def _answer(self, said: Said) -> Answer:
        first = first_tokens(said.body)
        named = named_label(said.text, self._labels)
        masses = label_masses(first or (), self._labels)
        total = sum(masses.values())
        if total < _ENOUGH:
            return {"label": named}
        return {"scores": {**masses, NO_LABEL: max(0.0, 1.0 - total)}}


def label_masses(first: Sequence[tuple[str, float]], labels: Sequence[str]) -> dict[str, float]:
    """Return the probability of each label.

    Args:
        first: Tokens that the answer may begin with, and their probabilities.
        labels: The labels.

    >>> label_masses([("Pos", 0.5), ("positive", 0.25), ("neg", 0.125)], ["negative", "positive"])
    {'negative': 0.125, 'positive': 0.75}
    >>> label_masses([("very", 0.9)], ["very good", "very bad"])
    {'very good': 0.0, 'very bad': 0.0}
    """
    masses = dict.fromkeys(labels, 0.0)
    for token, probability in first:
        start = token.strip().casefold()
        meant = [label for label in labels if start and label.casefold().startswith(start)]
        if len(meant) == 1:
            masses[meant[0]] += probability
    return masses


def named_label(text: str, labels: Sequence[str]) -> str:
    """Return the one label that an answer names.

    >>> named_label("**Positive**.", ["negative", "positive"])
    'positive'
    >>> named_label("non-toxic", ["toxic", "non-toxic"])
    'non-toxic'
    >>> named_label("positive or negative?", ["negative", "positive"])
    '(no label)'
    """
    left, found = text.casefold(), set()
    for label in sorted(labels, key=len, reverse=True):
        pattern = rf"(?<!\w){re.escape(label.casefold())}(?!\w)"
        left, count = re.subn(pattern, " ", left)
        if count:
            found.add(label)
    return found.pop() if len(found) == 1 else NO_LABEL


def first_tokens(body: Any) -> list[tuple[str, float]] | None:  # noqa: ANN401 - foreign JSON
    """Return what an answer may begin with; None if the endpoint does not say."""
    try:
        listed = body["choices"][0]["logprobs"]["content"][0]["top_logprobs"]
        found = [(str(one["token"]), math.exp(min(0.0, one["logprob"]))) for one in listed]
    except (KeyError, IndexError, TypeError, OverflowError):
        return None
    return found or None


def _checked(name: str, options: RemoteOptions) -> bool:
    """Return whether pairs are asked about; refuse a prompt or labels that will not do."""
    remedy = "Set --llm-prompt and --llm-labels."
    if len({label.casefold() for label in options.labels}) < 2:  # noqa: PLR2004
        raise WeaklinkError(f"{name} needs two labels that it may answer.", remedy)
    return is_of_pairs(options.prompt, f"The prompt of {name}", remedy)
