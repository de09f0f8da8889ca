"""Any server that takes and answers JSON, by a mapping in a TOML file (``http:FILE.toml``)."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.guards.addresses import check_address, public
from weaklink.validation import fault
from weaklink.victims.remote.keys import filled
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.posting import JsonClient, scored
from weaklink.victims.remote.requests import Answer, Failed, Reply, Tokens

_TEXT, _TEXTS = "{text}", "{texts}"


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResponseMapping(_Section):
    """Where an answer says what; each value is a JMESPath expression (https://jmespath.org)."""

    answers: str | None = None
    """The list of answers, one for each text; None: the whole is the answer for the one text."""
    scores: str | None = None
    """Within an answer: an object of scores by label, a list of ``{label, score}``, or a list of
    numbers in the order of ``labels``."""
    label: str | None = None
    """Within an answer: the label, where there are no scores."""

    @field_validator("answers", "scores", "label")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                jmespath.compile(value)
            except JMESPathError as error:
                first = str(error).partition("\n")[0]
                raise ValueError(f"{value!r} is no JMESPath: {first}") from error
        return value


class Mapping(_Section):
    """How a server is asked, and how it answers."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = {}
    """``$NAME`` stands for a variable of the environment."""
    labels: tuple[str, ...] | None = None
    batch: int = Field(1, ge=1)
    """Most texts of a request; more than one needs ``{texts}`` and ``answers``."""
    request: Any
    """The JSON of a request; "{text}" stands for the text, "{texts}" for a list of texts."""
    response: ResponseMapping


class MappedService:
    """A server of any kind.

    Args:
        path: The TOML file.
        options: How it is asked.

    Raises:
        WeaklinkError: The file cannot be read, or says what cannot be followed.
    """

    def __init__(self, path: str, options: RemoteOptions) -> None:
        mapping = _read(user_path(path))
        _check(mapping, path)
        headers, secrets = dict[str, str](), list[str]()
        for header, value in mapping.headers.items():
            headers[header], found = filled(value, f"The header {header} in {path}")
            secrets += found
        self._mapping = mapping
        self._client = JsonClient(headers, secrets, options.timeout)
        finalize(self, self._client.close)
        self.batch, self.labels = mapping.batch, mapping.labels
        said = mapping.model_dump(mode="json", exclude={"headers", "batch"})
        self.identity = ("http", json.dumps(said, sort_keys=True))
        shown = public(mapping.url).partition("?")[0]
        self.details = {"source": f"{shown}, as {Path(path).name} says"}

    def worst(self, _: Sequence[str]) -> Tokens:
        """Return no tokens: they are not known."""
        return Tokens()

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request; see ``Service``."""
        body = _filled(self._mapping.request, texts)
        said = self._client.send(self._mapping.method, self._mapping.url, body)
        where = self._mapping.response
        answers = [said] if where.answers is None else _found(where.answers, said)
        if not isinstance(answers, list) or len(answers) != len(texts):
            raise Failed(f"it has no list of {len(texts)} answers", malformed=True)
        return Reply([self._answer(one) for one in answers])

    def _answer(self, said: object) -> Answer:
        where = self._mapping.response
        if where.scores is None:
            label = _found(where.label or "@", said)
            if not isinstance(label, str | int | bool):
                raise Failed(f"it has no label at {where.label}", malformed=True)
            return {"label": str(label)}
        scores = _found(where.scores, said)
        if isinstance(scores, dict):
            scores = [{"label": label, "score": score} for label, score in scores.items()]
        elif (
            isinstance(scores, list)
            and self.labels
            and len(scores) == len(self.labels)
            and all(isinstance(one, int | float) for one in scores)
        ):
            scores = [{"label": label, "score": score}
                      for label, score in zip(self.labels, scores, strict=True)]  # fmt: skip
        return {"scores": scored(scores)}


def _read(path: Path) -> Mapping:
    try:
        return Mapping.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise WeaklinkError(
            f"The mapping {path} cannot be read: {error}.",
            "Write http:FILE.toml; docs/remote.md shows such a file.",
        ) from error
    except ValidationError as error:
        raise WeaklinkError(
            f"In {path}, {fault(error, Mapping)}.", "See docs/remote.md for every key."
        ) from error


def _check(mapping: Mapping, path: str) -> None:
    check_address(mapping.url, f"Correct url in {path}.")
    said = json.dumps(mapping.request)
    problem = None
    if "@" in urlsplit(mapping.url).netloc:
        problem = "url contains a user name or a password, which a report would show"
    elif mapping.response.scores is None and mapping.response.label is None:
        problem = "response has neither scores nor label"
    elif mapping.response.scores is None and mapping.labels is None:
        problem = "labels are missing, which a server that answers a label alone does not tell"
    elif _TEXT not in said and _TEXTS not in said:
        problem = "request has neither {text} nor {texts}"
    elif mapping.batch > 1 and (_TEXTS not in said or mapping.response.answers is None):
        problem = "batch needs {texts} in the request and answers in the response"
    if problem is not None:
        raise WeaklinkError(f"In {path}, {problem}.", "See docs/remote.md for every key.")


def _filled(request: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
    """Return a request about texts."""
    if request == _TEXTS:
        return list(texts)
    if isinstance(request, str):
        return request.replace(_TEXT, texts[0])
    if isinstance(request, dict):
        return {key: _filled(value, texts) for key, value in request.items()}
    if isinstance(request, list):
        return [_filled(value, texts) for value in request]
    return request


def _found(expression: str, said: object) -> Any:  # noqa: ANN401 - JSON
    try:
        return jmespath.search(expression, said)
    except JMESPathError as error:
        first = str(error).partition("\n")[0]
        raise Failed(f"{expression} does not fit its answer: {first}", malformed=True) from None
