"""How the models of a campaign run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import ValidationError, field_validator

from weaklink.campaigns.specification.option import MODELS, option
from weaklink.campaigns.specification.remote import RemoteSettings
from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.generators.paraphrasers.seq2seq import PROMPT
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL
from weaklink.models.runtimes import Runtime
from weaklink.validation import fault


class Settings(RemoteSettings):
    """How models run. Every field has a default."""

    paraphraser: str = option(
        NETWORK,
        "Paraphraser of SCPN: network, seq2seq:ID (a text-to-text model), or llm:MODEL.",
        MODELS,
    )
    paraphraser_prompt: str = option(
        PROMPT, "Prompt of a seq2seq paraphraser, with {sentence} and {template}.", MODELS
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
    function_timeout: float | None = option(
        None,
        "Seconds that a Python function may take for one list of texts (default: no bound).",
        MODELS,
        gt=0,
    )
    width: int = option(64, "Attempts that run at once. It changes no outcome.", MODELS, ge=1)
    refuse_warnings: bool = option(
        False,  # noqa: FBT003
        "Stop before any attack if a trust check warns.",
        MODELS,
    )
    allow_pickle: bool = option(
        False,  # noqa: FBT003
        "Also load weights that torch's restricted loader refuses, and heads of SetFit models. It "
        "can run code.",
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
