"""What an LLM has said about cards."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from weaklink.cache import digest_of_parts
from weaklink.lineage.llm.prompt import PROMPT_VERSION, LineageAnswer
from weaklink.llm import Answers


class Cache:
    """Answers by card digest, prompt version, model and endpoint.

    Args:
        path: The file; made if it is not there.
        model: The model that is asked.
        address: Where it is served.
    """

    def __init__(self, path: Path, model: str, address: str) -> None:
        self._answers = Answers(path)
        self._asked = [PROMPT_VERSION, model, address]

    def get(self, digest: str, downstream: str) -> LineageAnswer | None:
        """Return the answer to one model's card, if there is one that this version can read."""
        known = self._answers.get(self._question(digest, downstream))
        try:
            return LineageAnswer.model_validate_json(known) if known else None
        except ValidationError:
            return None

    def put(self, digest: str, downstream: str, answer: LineageAnswer) -> None:
        """Keep an answer; returns when it is on disk."""
        self._answers.put(self._question(digest, downstream), answer.model_dump_json())

    def close(self) -> None:
        """Close the file."""
        self._answers.close()

    def _question(self, digest: str, downstream: str) -> str:
        return digest_of_parts(["card", downstream, digest, *self._asked])
