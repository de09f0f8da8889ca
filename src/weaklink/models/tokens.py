"""Token ids of many texts that share most of their words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import Any, TypeAlias, cast

from tokenizers import normalizers, pre_tokenizers

from weaklink.guards.tokenizer_file import tokenized

Ids: TypeAlias = tuple[int, ...]

_REMEMBERED = 200_000
_LONGEST = 64
_PROBE = "It isn't a [well-made] film,\tis it?"
_DROP_BLANKS = (
    pre_tokenizers.BertPreTokenizer,
    pre_tokenizers.Whitespace,
    pre_tokenizers.WhitespaceSplit,
)
_LOCAL = (normalizers.BertNormalizer, normalizers.Lowercase)


class TokenIds:
    """Reads texts with a tokenizer, chunk by chunk where that gives the same ids.

    A chunk is a blank with what follows it up to the next. WordPiece tokenizers, as BERT's, and
    byte-level ones with GPT-2's pattern, as RoBERTa's, read each chunk on its own: no piece
    reaches over a blank, except that byte-level ones join blanks that stand in a row. So the ids of
    recent chunks are remembered and put together. Texts with a chunk that is blank (byte-level) or
    long, or that holds an added token which looks at what stands beside it, are read whole; so are
    all texts of other tokenizers.

    Args:
        tokenizer: A transformers tokenizer, fast or slow.
        max_length: The most ids of a text, special tokens included; None: the tokenizer's own.

    Attributes:
        tokenizer: Reads the chunks that are new.
    """

    def __init__(self, tokenizer: Any, max_length: int | None) -> None:  # noqa: ANN401
        self.tokenizer = tokenizer
        self._max_length = max_length or tokenizer.model_max_length
        self._first: dict[str, Ids | None] = {}
        self._known: dict[str, Ids | None] = {}
        self._keeps_blanks = False
        self._odd: tuple[str, ...] = ()
        self._lead: Ids = ()
        self._tail: Ids = ()
        self._room = 0
        self._by_chunks = self._prepare()

    def __call__(self, texts: Sequence[str]) -> list[Ids]:
        """Return the ids of each text, special tokens included, cut to the maximum length."""
        if not self._by_chunks:
            return self._whole(texts)
        cut = [text.split(" ") for text in texts]
        self._learn(self._first, {chunks[0] for chunks in cut}, "")
        self._learn(self._known, set().union(*(chunks[1:] for chunks in cut)), " ")
        found = [self._joined(chunks) for chunks in cut]
        rest = [i for i, ids in enumerate(found) if ids is None]
        for i, ids in zip(rest, self._whole([texts[i] for i in rest]), strict=True):
            found[i] = ids
        return cast("list[Ids]", found)

    def _joined(self, chunks: Sequence[str]) -> Ids | None:
        """Return the ids of a text by those of its chunks; None where they do not tell."""
        first, *rest = chunks
        known = [self._first[first], *map(self._known.__getitem__, rest)]
        if None in known:
            return None
        ids = list(chain.from_iterable(cast("list[Ids]", known)))
        return (*self._lead, *ids[: self._room], *self._tail)

    def _learn(self, known: dict[str, Ids | None], chunks: set[str], before: str) -> None:
        """Read the chunks that are new, with what stands before each."""
        if len(known) > _REMEMBERED:
            known.clear()
        unseen = [*chunks.difference(known)]
        read = self._bare([before + chunk for chunk in unseen])
        known.update(
            (chunk, None if self._undecided(chunk) else ids)
            for chunk, ids in zip(unseen, read, strict=True)
        )

    def _undecided(self, chunk: str) -> bool:
        blank = self._keeps_blanks and not chunk.strip()
        return blank or len(chunk) > _LONGEST or any(token in chunk for token in self._odd)

    def _whole(self, texts: Sequence[str]) -> list[Ids]:
        return self._read(texts, truncation=True, max_length=self._max_length)

    def _bare(self, texts: Sequence[str]) -> list[Ids]:
        return self._read(texts, add_special_tokens=False)

    def _read(self, texts: Sequence[str], **options: Any) -> list[Ids]:  # noqa: ANN401
        if not texts:
            return []
        rows = tokenized(
            self.tokenizer,
            list(texts),
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
            **options,
        )
        return list(map(tuple, rows["input_ids"]))

    def _prepare(self) -> bool:
        """Return whether chunks tell the ids of a text; learn what stands around them."""
        tokenizer = self.tokenizer
        if not tokenizer.is_fast or tokenizer.truncation_side != "right":
            return False
        backend = tokenizer.backend_tokenizer
        splitter, normalizer = backend.pre_tokenizer, backend.normalizer
        self._keeps_blanks = isinstance(splitter, pre_tokenizers.ByteLevel) and splitter.use_regex
        if not self._keeps_blanks and not isinstance(splitter, _DROP_BLANKS):
            return False
        if normalizer is not None and (self._keeps_blanks or not isinstance(normalizer, _LOCAL)):
            return False
        added = tokenizer.added_tokens_decoder.values()
        if any(" " in t.content or (t.normalized and normalizer is not None) for t in added):
            return False
        self._odd = tuple(t.content for t in added if t.lstrip or t.rstrip or t.single_word)
        (whole,), (bare,) = self._read([_PROBE]), self._bare([_PROBE])
        starts = range(len(whole) - len(bare) + 1)
        lead = next((i for i in starts if whole[i : i + len(bare)] == bare), None)
        if lead is None:
            return False
        self._lead, self._tail = whole[:lead], whole[lead + len(bare) :]
        self._room = self._max_length - len(self._lead) - len(self._tail)
        return True
