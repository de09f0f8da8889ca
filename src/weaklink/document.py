"""JSON that weaklink prints or writes: what each document says of itself, and its JSON Schema."""

from __future__ import annotations

import ast
import inspect
from datetime import UTC, datetime
from itertools import pairwise
from textwrap import dedent
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.json_schema import GenerateJsonSchema

if TYPE_CHECKING:
    from pydantic.json_schema import JsonSchemaValue
    from pydantic_core import core_schema


def now() -> datetime:
    """Return the time in UTC, to the second."""
    return datetime.now(UTC).replace(microsecond=0)


class Document(BaseModel):
    """One JSON document. Each kind is a subclass that fixes ``kind`` and ``schema_version``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: str
    """What the document holds."""
    schema_version: int
    """Raised whenever a field of this kind is added, removed, renamed or given another meaning."""
    created: datetime = Field(default_factory=now)
    """When this was made, in UTC."""

    def to_json(self, *, indent: int | None = 2) -> str:
        """Return the document as ASCII, with a line break at its end.

        Args:
            indent: Blanks for each level; None: all on one line, as in JSON Lines.
        """
        return self.model_dump_json(indent=indent, ensure_ascii=True) + "\n"

    @classmethod
    def json_schema(cls) -> dict[str, Any]:
        """Return the JSON Schema (draft 2020-12) of what ``to_json`` gives."""
        schema = cls.model_json_schema(schema_generator=_OfWritten, mode="serialization")
        return {"$schema": _OfWritten.schema_dialect, **schema}


class _OfWritten(GenerateJsonSchema):
    """Schema of documents as they are written: with every field, and described by docstrings.

    Pydantic can read the docstrings too (``use_attribute_docstrings``), but does so on import, and
    a tenth of a second is long for a command line that starts in half of one.
    """

    def field_is_required(self, field: Any, total: bool) -> bool:  # noqa: ANN401, ARG002, FBT001
        return True

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        made = super().model_schema(schema)
        for name, text in field_docs(schema["cls"]).items():
            made["properties"][name].setdefault("description", text)
        return made


def field_docs(cls: type) -> dict[str, str]:
    """Return the docstrings below the fields of a class, those of its bases included, by name."""
    docs: dict[str, str] = {}
    for base in reversed(cls.__mro__):
        if base.__module__.startswith("weaklink."):
            docs |= _own_docs(base)
    return docs


def _own_docs(cls: type) -> dict[str, str]:
    try:
        source = inspect.getsource(cls)
    except OSError:  # made from other classes: it has no source
        return {}
    (definition,) = ast.parse(dedent(source)).body
    assert isinstance(definition, ast.ClassDef)  # noqa: S101
    docs = {}
    for field, below in pairwise(definition.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(id=name)),
                ast.Expr(value=ast.Constant(value=str(text))),
            ):
                docs[name] = inspect.cleandoc(text)
    return docs
