"""An LLM behind any OpenAI-compatible endpoint as a paraphraser."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from weaklink.cache import digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.instructions import (
    PROMPT_VERSION,
    ParaphraseAnswer,
    flaw,
    messages,
)
from weaklink.llm import Answers, Endpoint, complete
from weaklink.llm.answers import answers_file

MOST_TOKENS = 300
_TRIES = 3


class LlmParaphraser:
    """An LLM that is told the template in plain words.

    Answers are checked (see ``instructions.flaw``) and asked for up to three times; if none will
    do, because they are malformed, refuse or say more than one sentence, there is no paraphrase.
    Every answer is kept, also an empty one, so that a campaign that goes on after a kill
    is given the same paraphrases, and nothing is paid for twice. What the endpoint never answered
    is not kept: the attempt is an error, and is made again by the next run.

    Args:
        endpoint: Whom to ask.
        answers: The file that answers are kept in; None: one in the cache folder.
        concurrency: Requests at once.

    Attributes:
        name: How the user named it.
        digest: Digest of the LLM's name, its address and the prompt. An LLM that is exchanged
            behind the same name and address has the same digest.

    Raises:
        WeaklinkError: There is no key.
    """

    def __init__(
        self, endpoint: Endpoint, answers: Path | None = None, concurrency: int = 8
    ) -> None:
        self.name = f"llm:{endpoint.model}"
        self._model = endpoint.model
        self._client = endpoint.client()
        self._concurrency = concurrency
        self._answers = Answers(answers or answers_file())
        address = str(self._client.base_url)
        self.digest = digest_of_parts(["paraphrase", PROMPT_VERSION, endpoint.model, address])

    def paraphrase(self, requests: Sequence[tuple[str, str]]) -> list[str]:
        """Return a paraphrase for each (sentence, template); "" where there is none.

        Raises:
            WeaklinkError: The endpoint did not answer. The answers that it gave are kept.
        """
        distinct = list(dict.fromkeys(requests))
        with ThreadPoolExecutor(self._concurrency) as pool:
            known = dict(zip(distinct, pool.map(self._one, distinct), strict=True))
        return [known[request] for request in requests]

    def _one(self, request: tuple[str, str]) -> str:
        question = digest_of_parts([self.digest, *request])
        known = self._answers.get(question)
        if known is None:
            known = self._ask(*request)
            self._answers.put(question, known)
        return known

    def _ask(self, sentence: str, template: str) -> str:
        """Return the first answer that may be a paraphrase, or "" if there is none."""
        problem = ""
        for _ in range(_TRIES):
            answer = self._answer(messages(sentence, template, problem))
            found = "it has another form" if answer is None else flaw(answer.paraphrase, sentence)
            if answer is not None and found is None:
                return answer.paraphrase.strip()
            problem = found or ""
        return ""

    def _answer(self, sent: list[dict[str, str]]) -> ParaphraseAnswer | None:
        """Ask once; None if the answer is malformed or the endpoint's filter keeps it back.

        What the endpoint says of an error is left out: it may quote the key.
        """
        from openai import APIError, APIStatusError, OpenAIError

        try:
            return complete(self._client, self._model, sent, ParaphraseAnswer, MOST_TOKENS).answer
        except (OpenAIError, TimeoutError) as error:
            if isinstance(error, APIError) and error.code == "content_filter":
                return None
            status = f" {error.status_code}" if isinstance(error, APIStatusError) else ""
            raise WeaklinkError(
                f"The LLM {self._model} did not answer: {type(error).__name__}{status}.",
                "Check its name, the address and OPENAI_API_KEY, and run the command again.",
            ) from None
