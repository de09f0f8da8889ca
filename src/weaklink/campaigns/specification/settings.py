"""How the models of a campaign run, and how a field becomes an option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.generators.paraphrasers.seq2seq import PROMPT
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL
from weaklink.models.runtimes import Runtime
from weaklink.validation import fault

DATA, ATTACKS, OUTPUT, MODELS = "Data", "Attacks", "Output", "Models"
"""Panels of the command line's help."""


def option(
    default: Any,  # noqa: ANN401 - of any field
    description: str,
    panel: str,
    *,
    shown: bool = True,
    **limits: Any,  # noqa: ANN401 - those of pydantic
) -> Any:  # noqa: ANN401 - pydantic's own type for a field
    """Return a field that is an option of the command line, too.

    Args:
        default: Its default.
        description: Its help.
        panel: The panel of the help that it stands in.
        shown: Whether the help shows the default.
        limits: What pydantic bounds the value by.
    """
    extra: dict[str, Any] = {"panel": panel, "shown": shown}
    return Field(default, description=description, json_schema_extra=extra, **limits)


class Settings(BaseModel):
    """How models run. Every field has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paraphraser: str = option(
        NETWORK,
        "Paraphraser of SCPN: network, seq2seq:ID (a text-to-text model), or llm:MODEL.",
        MODELS,
    )
    paraphraser_prompt: str = option(
        PROMPT, "Prompt of a seq2seq paraphraser, with {sentence} and {template}.", MODELS
    )
    base_url: str | None = option(
        None, "Address of the LLM's OpenAI-compatible endpoint, ending in /v1.", MODELS
    )
    device: str = option("auto", "auto, cpu, cuda, cuda:1, mps, ...", MODELS)
    precision: Literal["float32", "bf16"] = option(
        "float32",
        "float32, or bf16: a faster search. Every success is verified in float32, but "
        "outcomes with a narrow margin may differ.",
        MODELS,
    )
    runtime: Runtime = option(
        "auto",
        "Runtime that computes scores on a CPU. It changes no outcome in float32. auto: the "
        "fastest installed one. pip install 'weaklink[fast]' adds onnx and openvino.",
        MODELS,
    )
    encoder: str = option(
        DEFAULT_ENCODER,
        "Sentence encoder that measures similarity: a Hub id or folder (default: the packaged "
        "MiniLM).",
        MODELS,
        shown=False,
    )
    language_model: str | None = option(
        DEFAULT_LANGUAGE_MODEL,
        "Causal language model that measures fluency: the packaged one, a Hub id or a "
        "folder. none: do not measure it.",
        MODELS,
    )
    read_as: str | None = option(
        None,
        "Label to measure of a model that gives several at once, or '>=NUMBER' for a regression.",
        MODELS,
    )
    width: int = option(64, "Attempts that run at once. It changes no outcome.", MODELS, ge=1)
    refuse_warnings: bool = option(
        False,  # noqa: FBT003
        "Stop before any attack if a trust check warns.",
        MODELS,
    )
    allow_pickle: bool = option(
        False,  # noqa: FBT003
        "Also load weights that torch's restricted loader refuses. It can run code.",
        MODELS,
    )
    trust_remote_code: bool = option(
        False,  # noqa: FBT003
        "Run code that is part of the model's repository.",
        MODELS,
    )

    @field_validator("language_model", mode="before")
    @classmethod
    def _none(cls, value: Any) -> Any:  # noqa: ANN401 - anything may stand in a file
        return None if value == "none" else value

    @field_validator("base_url")
    @classmethod
    def _no_secret(cls, value: str | None) -> str | None:
        if value is not None and "@" in urlsplit(value).netloc:
            raise WeaklinkError(
                "base_url contains a user name or a password, which a report would show.",
                "Remove them from the address. Set OPENAI_API_KEY to give a key.",
            )
        return value

    @classmethod
    def checked(cls, values: Mapping[str, Any], what: str, remedy: str) -> Self:
        """Return the settings with the given values.

        Args:
            values: Fields by name.
            what: What a value is called in an error: ``Option`` or ``The key``.
            remedy: What to do about an error.

        Raises:
            WeaklinkError: A field is unknown or its value is not allowed; names the first.
        """
        try:
            return cls.model_validate(values)
        except ValidationError as error:
            raise WeaklinkError(f"{what} {fault(error, cls)}.", remedy) from error
