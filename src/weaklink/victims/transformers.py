"""A transformers sequence classifier as a victim."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch

from weaklink.victims.checkpoint import Checkpoint, pick_device, reading_length
from weaklink.victims.gradients import first_order
from weaklink.victims.head import bare, require_head
from weaklink.victims.load import Precision
from weaklink.victims.padding import pad
from weaklink.victims.protocol import Encoded, FirstOrder, Floats, Gradient
from weaklink.victims.reader import Reader
from weaklink.victims.stable import settle, softmax

_DTYPES = {"float32": torch.float32, "bf16": torch.bfloat16}


class TransformersVictim:
    """A sequence classifier with its tokenizer.

    In float32 its rows do not depend on the batch (see ``weaklink.victims.stable``). In bf16 the
    noise of padding is greater than any useful grid, so rows are left as computed, and an outcome
    that hangs on a narrow margin may depend on how the engine scheduled it. Gradients are computed
    one text at a time, which makes them independent of each other in any precision.

    Args:
        name: How the user named it.
        fingerprint: Digest of everything that its answers depend on.
        model: The transformers model, in evaluation mode, on its device.
        reader: Its tokenizer and maximum length.
        details: What it is and how it runs, for people.
        languages: ISO codes of the languages that its card declares.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        model: Any,  # noqa: ANN401
        reader: Reader,
        details: dict[str, str],
        languages: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.details = details
        self.languages = languages
        self.labels = tuple(str(label) for _, label in sorted(model.config.id2label.items()))
        self._model = model
        self._reader = reader
        self._exact = model.dtype == torch.float32

    @property
    def unknown(self) -> str:
        """A word that the tokenizer reads as unknown."""
        return self._reader.unknown

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the token ids of each text, cut to the maximum length."""
        return list(self._reader.encode(texts))

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels), padded no further than the longest."""
        logits = self._logits(batch)
        if self._exact:
            logits = settle(logits, lambda row: self._logits([batch[row]])[0])
        return softmax(logits)

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` lie before the cut."""
        return self._reader.visible(text)

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the first-order view of the loss at each text."""
        return [first_order(self._model, self._reader, request) for request in requests]

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of the tokens of ``texts`` that the tokenizer does not know."""
        return self._reader.unknown_share(texts)

    def _logits(self, batch: Sequence[Encoded]) -> Floats:
        with torch.inference_mode():
            rows = cast("Sequence[tuple[int, ...]]", batch)
            inputs = pad(rows, self._model.config.pad_token_id, self._model.device)
            output = self._model(**inputs)
        logits = output.logits.to("cpu", torch.float64).numpy()
        if not np.isfinite(logits).all():
            raise ArithmeticError(f"{self.name} gave a logit that is not finite")
        return np.asarray(logits)


def load_transformers(
    name: str,
    *,
    place: str,
    device: str,
    precision: Precision,
    allow_pickle: bool,
    trust_remote_code: bool,
    max_length: int | None,
) -> TransformersVictim:
    """Load a sequence classifier; the parameters are those of ``load_victim``."""
    checkpoint = Checkpoint.open(
        place, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
    )
    require_head(name, checkpoint.config, checkpoint.tensors)
    loaded = checkpoint.load(dtype=_DTYPES[precision], use_cache=False)
    if loaded.missing:
        raise bare(name, f"its weights have no {' or '.join(sorted(loaded.missing))}")
    model = loaded.model.eval().requires_grad_(requires_grad=False).to(pick_device(device))
    length = reading_length(name, loaded, max_length)
    source = checkpoint.source
    return TransformersVictim(
        name=name,
        fingerprint=checkpoint.fingerprint(f"{precision} {length}"),
        model=model,
        reader=Reader(loaded.tokenizer, length, model.config.pad_token_id),
        details={
            "source": f"{source.repository} on the Hub" if source.repository else "local folder",
            "revision": source.revision or "",
            "architecture": type(model).__name__,
            "parameters": str(model.num_parameters()),
            "precision": precision,
            "device": str(model.device),
            "max_length": str(length),
        },
        languages=checkpoint.languages(),
    )
