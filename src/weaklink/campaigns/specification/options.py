"""The keyword arguments of ``weaklink.audit``, for type checkers and completion."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from pathlib import Path
from typing import Any, Literal, TypedDict

from weaklink.attacks import Attack
from weaklink.data.splits import Sampling
from weaklink.measures import Bounds
from weaklink.models.runtimes import Runtime


class AuditOptions(TypedDict, total=False):
    """Fields of ``Specification`` that an audit may set; a test holds the two together."""

    data: Any
    """A name, a file, or a data frame of pandas or polars."""
    split: str
    text_column: str | None
    label_column: str | None
    pair_column: str | None
    attack_segment: str | None
    label_names: tuple[str, ...]
    language: str
    samples: int | None
    sampling: Sampling
    replay: Path | None
    replay_each: int | None
    seed: int
    unseen: bool
    attacks: str | Attack[Any] | Sequence[str | Attack[Any]]
    parameters: Mapping[str, Mapping[str, Any]]
    repetitions: int | None
    source: str | None
    target: str | None
    threshold: str | None
    false_alarms: float | None
    calibrate: Path | None
    max_queries: int | None
    text_transfer: bool
    references: tuple[str, ...]
    verify_weights: bool
    guard: Path | None
    hardened_model: Path | None
    max_minutes: float | None
    until: Literal["samples", "decided"]
    store: str | PathLike[str]
    paraphraser: str
    paraphraser_prompt: str
    base_url: str | None
    llm_prompt: str
    llm_labels: tuple[str, ...]
    concurrency: int
    request_timeout: float
    price_in: float
    price_out: float
    price_request: float
    max_cost: float | None
    max_requests: int | None
    answers: Path | None
    device: str
    precision: Literal["float32", "bf16"]
    runtime: Runtime
    encoder: str
    language_model: str | None
    read_as: str | None
    function_timeout: float | None
    width: int
    refuse_warnings: bool
    allow_pickle: bool
    trust_remote_code: bool
    labels: Mapping[str, Mapping[str, str]]
    bounds: Bounds
