"""How a transformers model reads text: tokens, what is cut off, which pieces make which word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from weaklink.models.runtimes import TYPE_BITS
from weaklink.models.tokens import Ids, TokenIds
from weaklink.text import Words

_CACHED_WORDS = 200_000
_CHUNK = re.compile(r"\S+")


class Reader:
    """A tokenizer with a maximum length.

    Args:
        tokenizer: A transformers tokenizer, fast or slow.
        max_length: The most tokens that the model reads, special tokens included.
        filler: The token that stands for a text without any.
    """

    def __init__(self, tokenizer: Any, max_length: int, filler: int) -> None:  # noqa: ANN401
        self.max_length = max_length
        self.filler = filler
        tokenizer.truncation_side = "right"
        self._tokenizer = tokenizer
        self._ids = TokenIds(tokenizer, max_length)
        self._room = max_length - tokenizer.num_special_tokens_to_add()
        self._lead, self._tail = self._specials_around()
        types = self.tensors("a").get("token_type_ids")
        self._types = types[0].tolist() if types is not None and types.any() else None
        blank = self._tokenize([" "], add_special_tokens=False)["input_ids"][0]
        self._reads_blanks = tokenizer.is_fast and bool(blank)
        self._pieces: dict[str, tuple[int, ...]] = {}

    @property
    def unknown(self) -> str:
        """A word that the tokenizer reads as unknown, if it reads any so."""
        return str(self._tokenizer.unk_token or "[UNK]")

    @property
    def leads(self) -> bool:
        """Whether a special token stands before a text."""
        return self._lead > 0

    @property
    def special_tokens(self) -> tuple[str, ...]:
        """Special tokens that the tokenizer reads as such where a text holds them."""
        tokenizer = self._tokenizer
        named = list(dict.fromkeys(tokenizer.all_special_tokens))
        rows = self._tokenize([f"a {token} a" for token in named], add_special_tokens=False)
        ids = tokenizer.convert_tokens_to_ids(named)
        pairs = zip(named, ids, rows["input_ids"], strict=True)
        return tuple(token for token, number, row in pairs if number in row)

    @property
    def typed(self) -> bool:
        """Whether tokens carry a type, as the tokenizer gives it, above ``TYPE_BITS``."""
        return self._types is not None

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """Return the tokens of each text, cut to the maximum length."""
        rows = [ids or (self.filler,) for ids in self._ids(texts)]
        return rows if self._types is None else [self._with_types(ids) for ids in rows]

    def tensors(self, text: str) -> Any:  # noqa: ANN401
        """Return what the tokenizer makes of one text, as a pipeline passes it to a model."""
        return self._tokenizer(
            [text], truncation=True, max_length=self.max_length, return_tensors="pt", verbose=False
        )

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` are read."""
        if text.isascii() and len(text) < self._room:
            return len(text)
        offsets = self._offsets(text)
        if len(offsets) <= self._room:
            return len(text)
        return max((end for _, end in offsets[: self._room]), default=0)

    def word_pieces(self, words: Words) -> list[list[int]]:
        """Return for each word the places of its pieces in the encoded text; none beyond the cut.

        A tokenizer without character offsets is taken to read each run of non-blank characters on
        its own, and every piece of such a run counts as a piece of each word in it.
        """
        offsets = self._offsets(str(words))[: self._room]
        places: list[list[int]] = []
        first = 0
        for start, end in words.spans():
            while first < len(offsets) and offsets[first][1] <= start:
                first += 1
            inside = [i for i in range(first, len(offsets)) if offsets[i][0] < end]
            places.append([i + self._lead for i in inside if offsets[i][1] > start])
        return places

    def pieces(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the ids of the pieces of each word, read as if a blank stood before it."""
        if len(self._pieces) > _CACHED_WORDS:
            self._pieces.clear()
        unseen = [word for word in dict.fromkeys(words) if word not in self._pieces]
        if unseen:
            self._pieces.update(zip(unseen, self._read_spaced(unseen), strict=True))
        return [self._pieces[word] for word in words]

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of the tokens of ``texts`` that the tokenizer does not know."""
        unknown = self._tokenizer.unk_token_id
        ids = [token for row in self._ids(texts) for token in row]
        return ids.count(unknown) / max(1, len(ids))

    def _tokenize(self, texts: list[str], **options: Any) -> Any:  # noqa: ANN401
        return self._tokenizer(
            texts,
            return_attention_mask=False,
            return_token_type_ids=False,
            verbose=False,
            **options,
        )

    def _read_spaced(self, words: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the pieces of each word after a blank, without any that is the blank alone."""
        spaced = [f" {word}" for word in words]
        options = {"add_special_tokens": False, "return_offsets_mapping": self._reads_blanks}
        rows = self._tokenize(spaced, **options)
        if not self._reads_blanks:
            return list(map(tuple, rows["input_ids"]))
        return [
            tuple(token for token, (_, end) in zip(ids, offsets, strict=True) if end > 1)
            for ids, offsets in zip(rows["input_ids"], rows["offset_mapping"], strict=True)
        ]

    def _specials_around(self) -> tuple[int, int]:
        """Return how many special tokens stand before the first piece of a text, and at its end."""
        whole = self._tokenize(["a"])["input_ids"][0]
        bare = self._tokenize(["a"], add_special_tokens=False)["input_ids"][0]
        starts = range(len(whole) - len(bare) + 1)
        lead = next(i for i in starts if whole[i : i + len(bare)] == bare)
        return lead, len(whole) - len(bare) - lead

    def _with_types(self, ids: Ids) -> Ids:
        """Return tokens with the types of the special ones around a text and of those within it."""
        types = self._types or [0]
        within = len(ids) - self._lead - self._tail
        end = len(types) - self._tail
        spread = [*types[: self._lead], *types[self._lead : self._lead + 1] * within, *types[end:]]
        return tuple(token | kind << TYPE_BITS for token, kind in zip(ids, spread, strict=True))

    def _offsets(self, text: str) -> list[tuple[int, int]]:
        """Return the first character and the one after the last of each piece of the whole text."""
        if self._tokenizer.is_fast:
            row = self._tokenize([text], add_special_tokens=False, return_offsets_mapping=True)
            return [(start, end) for start, end in row["offset_mapping"][0]]
        chunks = list(_CHUNK.finditer(text))
        pieces = self.pieces([chunk.group() for chunk in chunks])
        return [chunk.span() for chunk, ids in zip(chunks, pieces, strict=True) for _ in ids]
