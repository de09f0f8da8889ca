"""Perplexity of texts under a causal language model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

from weaklink.errors import WeaklinkError
from weaklink.guards.tokenizer_file import tokenized
from weaklink.models.rounding import ambiguous

if TYPE_CHECKING:
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MOST_TOKENS = 1024
"""Tokens of a text that are read at most; fewer where the model's context is shorter."""

_BATCH_TOKENS = 1024
_SEPARATOR = "<|endoftext|>"
_GRID = 1e-3
_NOISE = 3e-5

Tokens: TypeAlias = tuple[int, ...]


class LanguageModel:
    """A causal language model that is asked how likely texts are.

    The perplexity of a text is ``exp`` of the mean negative log-likelihood of its tokens (Jelinek
    et al. 1977), each given those before it. Before the first stands the token that separates
    documents in training, so that a text of one token has a perplexity too: ``<|endoftext|>``
    where the vocabulary has it, else the tokenizer's token for a beginning or an end. It is not
    scored itself, and neither is an end. Of a long text the first ``MOST_TOKENS`` count.

    Attributes:
        name: How the user named it.
        digest: Digest of its files.
        start: The token that stands before a text.
    """

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, name: str, digest: str
    ) -> None:
        self.name = name
        self.digest = digest
        self._model = model
        self._tokenizer = tokenizer
        self.start = _start(tokenizer, name)
        context = getattr(model.config, "max_position_embeddings", None) or MOST_TOKENS + 1
        self._most = min(MOST_TOKENS, context - 1)

    def perplexities(self, texts: Sequence[str]) -> list[float | None]:
        """Return the perplexity of each text; None for a text without tokens.

        Its logarithm is rounded to a thousandth. The batch changes its last bits (by up to some
        1e-5); where that could change the rounding it is computed again alone, so that the
        perplexity of a text does not depend on those beside it. Equal texts are computed once.
        """
        rows = self.encode(texts)
        distinct = sorted({row for row in rows if row}, key=lambda row: (len(row), row))
        values = np.concatenate([np.zeros(0), *map(self.losses, _batches(distinct))])
        for i in np.flatnonzero(ambiguous(values, _GRID, _NOISE)):
            values[i] = self.losses([distinct[i]])[0]
        rounded = np.exp(np.round(values / _GRID) * _GRID)
        known = dict(zip(distinct, rounded.tolist(), strict=True))
        return [known.get(row) for row in rows]

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """Return the tokens of every text, cut to what the model reads."""
        if not texts:
            return []
        encoded = tokenized(
            self._tokenizer,
            list(texts),
            add_special_tokens=False,
            truncation=True,
            max_length=self._most,
            return_attention_mask=False,
        )
        return [tuple(ids) for ids in encoded["input_ids"]]

    def losses(self, batch: Sequence[Tokens]) -> NDArray[np.float64]:
        """Return the mean negative log-likelihood of each row, in nats, shape (batch,)."""
        import torch
        from torch.nn.functional import cross_entropy
        from torch.nn.utils.rnn import pad_sequence

        from weaklink.models.runtimes.linear import fast_linear

        rows = [torch.tensor((self.start, *row), device=self._model.device) for row in batch]
        mask = pad_sequence([torch.ones_like(row) for row in rows], batch_first=True)
        ids = pad_sequence(rows, batch_first=True)
        with torch.inference_mode(), fast_linear(str(self._model.device)):
            logits = self._model(input_ids=ids, attention_mask=mask, use_cache=False).logits
            means = [
                cross_entropy(scores[: len(row) - 1].float(), row[1:], reduction="none")
                .double()
                .mean()
                for scores, row in zip(logits, rows, strict=True)
            ]
            return torch.stack(means).cpu().numpy()


def _start(tokenizer: PreTrainedTokenizerBase, name: str) -> int:
    """Return the token that stands before a text."""
    known = tokenizer.get_vocab().get(_SEPARATOR)
    for token in (known, tokenizer.bos_token_id, tokenizer.eos_token_id):
        if token is not None:
            return int(token)
    raise WeaklinkError(
        f"The tokenizer of the language model {name} has no beginning-of-text token.",
        "Give a causal language model whose tokenizer has one.",
    )


def _batches(rows: Sequence[Tokens]) -> Iterator[Sequence[Tokens]]:
    """Yield the rows, the shortest first, in batches that do not exceed a number of tokens."""
    batch: list[Tokens] = []
    for row in rows:
        if batch and (len(batch) + 1) * len(row) > _BATCH_TOKENS:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch
