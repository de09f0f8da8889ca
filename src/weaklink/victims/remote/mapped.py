"""Any server that takes and answers JSON, by a mapping in a TOML file (``http:FILE.toml``)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from weakref import finalize

import jmespath
from jmespath.exceptions import JMESPathError
from pydantic import Field, JsonValue, ValidationError, field_validator

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.guards.addresses import check_address, public
from weaklink.guards.toml_text import parse_toml
from weaklink.text.templates import fill, is_of_pairs, values_of, why_not
from weaklink.validation import GivenValues, fault
from weaklink.victims.remote.keys import filled
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.posting import JsonClient, scored
from weaklink.victims.remote.requests import Answer, Failed, Reply, Tokens

_TEXT, _TEXTS = "{text}", "{texts}"
_REMEDY = "See docs/guides/remote.md for every key."


class ResponseMapping(GivenValues):
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
                raise ValueError(f"{value!r} is not a JMESPath expression: {first}") from error
        return value


class Mapping(GivenValues):
    """How a server is asked, and how it answers."""

    url: str
    method: str = "POST"
    headers: dict[str, str] = Field(default_factory=dict)
    """``$NAME`` stands for a variable of the environment."""
    labels: tuple[str, ...] | None = None
    batch: int = Field(1, ge=1)
    """Most texts of a request; more than one needs ``{texts}`` and ``answers``."""
    request: JsonValue
    """The JSON of a request; "{text}" stands for the text, "{first}" and "{second}" for the
    segments of a pair, "{texts}" for a list of texts or pairs."""
    each: JsonValue = _TEXT
    """What stands for one text, or one pair, in the list."""
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
        of_pairs = _checked(mapping, path)
        headers, secrets = dict[str, str](), list[str]()
        for header, value in mapping.headers.items():
            headers[header], found = filled(value, f"The header {header} in {path}")
            secrets += found
        self._mapping = mapping
        self._client = JsonClient(headers, secrets, options.timeout)
        finalize(self, self._client.close)
        self.batch, self.labels = mapping.batch, mapping.labels
        self.no_texts, self.no_pairs = why_not(of_pairs=of_pairs, what=f"the request in {path}")
        usual = {"each"} if mapping.each == _TEXT else set()
        said = mapping.model_dump(mode="json", exclude={"headers", "batch", *usual})
        self.identity = ("http", json.dumps(said, sort_keys=True))
        shown = public(mapping.url).partition("?")[0]
        self.details = {"source": f"{shown}, as {Path(path).name} says"}

    def worst(self, _: Sequence[str]) -> Tokens:
        """Return no tokens: they are not known."""
        return Tokens()

    def request(self, texts: Sequence[str]) -> Reply:
        """Send one request; see ``Service``."""
        body = self._filled(self._mapping.request, texts)
        said = self._client.send(self._mapping.method, self._mapping.url, body)
        where = self._mapping.response
        answers = [said] if where.answers is None else _found(where.answers, said)
        if not isinstance(answers, list) or len(answers) != len(texts):
            raise Failed(f"it has no list of {len(texts)} answers", malformed=True)
        return Reply([self._answer(one) for one in answers])

    def _filled(self, template: Any, texts: Sequence[str]) -> Any:  # noqa: ANN401 - JSON
        """Return a template about texts: its holes are about the first, its list about all."""
        if template == _TEXTS:
            return [self._filled(self._mapping.each, [text]) for text in texts]
        if isinstance(template, str):
            return fill(template, values_of(texts[0]))
        if isinstance(template, dict):
            return {key: self._filled(value, texts) for key, value in template.items()}
        if isinstance(template, list):
            return [self._filled(value, texts) for value in template]
        return template

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
        return Mapping.model_validate(parse_toml(path.read_text("utf-8")))
    except ValidationError as error:
        raise WeaklinkError(f"In {path}, {fault(error, Mapping)}.", _REMEDY) from error
    except (OSError, ValueError) as error:
        raise WeaklinkError(
            f"The mapping {path} cannot be read: {error}.",
            "Write http:FILE.toml; docs/guides/remote.md shows such a file.",
        ) from error


def _checked(mapping: Mapping, path: str) -> bool:
    """Return whether pairs are asked about; refuse what cannot be followed."""
    check_address(mapping.url, f"Correct url in {path}.")
    listed = _TEXTS in _strings(mapping.request)
    problem = None
    if "@" in urlsplit(mapping.url).netloc:
        problem = "url contains a user name or a password, which a report would show"
    elif mapping.response.scores is None and mapping.response.label is None:
        problem = "response has neither scores nor label"
    elif mapping.response.scores is None and mapping.labels is None:
        problem = "labels are missing, which a server that answers a label alone does not tell"
    elif not listed and mapping.each != _TEXT:
        problem = "each is of no use without {texts} in the request"
    elif mapping.batch > 1 and (not listed or mapping.response.answers is None):
        problem = "batch needs {texts} in the request and answers in the response"
    if problem is not None:
        raise WeaklinkError(f"In {path}, {problem}.", _REMEDY)
    said = [*_strings(mapping.request), *(_strings(mapping.each) if listed else ())]
    return is_of_pairs("\n".join(said), f"The request in {path}", _REMEDY)


def _strings(template: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Yield the strings of a template; its keys are none."""
    if isinstance(template, str):
        yield template
    elif isinstance(template, dict | list):
        parts = template.values() if isinstance(template, dict) else template
        yield from chain.from_iterable(map(_strings, parts))


def _found(expression: str, said: object) -> Any:  # noqa: ANN401 - JSON
    try:
        return jmespath.search(expression, said)
    except JMESPathError as error:
        first = str(error).partition("\n")[0]
        raise Failed(f"{expression} does not fit its answer: {first}", malformed=True) from None
