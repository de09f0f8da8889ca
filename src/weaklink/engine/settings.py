"""What every campaign is told, whatever its victims: samples, attacks, budgets, and how to run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.load import NETWORK
from weaklink.generators.paraphrasers.seq2seq import PROMPT
from weaklink.models.encoder import DEFAULT_ENCODER
from weaklink.models.language_model import DEFAULT_LANGUAGE_MODEL
from weaklink.models.runtimes import Runtime
from weaklink.validation import fault

DEFAULT_ATTACKS = ("textfooler", "pwws", "textbugger", "hotflip", "scpn", "gan")


class Settings(BaseModel):
    """Settings that an audit and a study share. Every field has a default."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    split: str = "train"
    samples: int = Field(default=100, ge=1)
    seed: int = Field(default=0, ge=0, lt=2**63)
    """Chooses the samples and the draws."""
    unseen: bool = False
    """Draw only samples that no victim was trained on, as ``weaklink finetune`` recorded."""
    attacks: tuple[str, ...] = DEFAULT_ATTACKS
    parameters: Mapping[str, Mapping[str, Any]] = {}
    """Parameters of attacks by name, where they differ from the defaults."""
    repetitions: int | None = Field(default=None, ge=1)
    """How often random attacks attack each sample; None: each attack's own default."""
    target: str | None = None
    """Label that attacks aim at; None: any but the victim's own prediction."""
    max_queries: int | None = Field(default=None, ge=1)
    """Queries that an attempt may ask; None: no bound."""
    encoder: str = DEFAULT_ENCODER
    """Sentence encoder that similarity is measured with."""
    language_model: str | None = DEFAULT_LANGUAGE_MODEL
    """Causal language model that fluency is measured with; None: it is not measured."""
    paraphraser: str = NETWORK
    """What paraphrases: ``network``, ``seq2seq:ID[@revision]`` or ``llm:MODEL``."""
    paraphraser_prompt: str = PROMPT
    """What a ``seq2seq`` paraphraser reads, with ``{sentence}`` and ``{template}``."""
    base_url: str | None = None
    """Address of the endpoint of an ``llm`` paraphraser; None: OPENAI_BASE_URL."""
    device: str = "auto"
    precision: Literal["float32", "bf16"] = "float32"
    runtime: Runtime = "auto"
    """What computes scores and embeddings on a CPU; in float32 no effect on outcomes."""
    width: int = Field(default=64, ge=1)
    """Attempts alive at once; no effect on outcomes."""
    allow_pickle: bool = False
    trust_remote_code: bool = False

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
