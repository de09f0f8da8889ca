"""How a transformers model reads text: tokens, what is cut off, which pieces make which word."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from weaklink.guards.tokenizer_file import tokenized
from weaklink.models.runtimes import TYPE_BITS
from weaklink.models.tokens import Ids, TokenIds
from weaklink.text import Words
from weaklink.text.pairs import ALONE, Beside, holds_boundary, parted, segments

_CACHED_WORDS = 200_000
_CHUNK = re.compile(r"\S+")


class _Piece(NamedTuple):
    """A token of a segment: its place in the encoded pair, and the characters that it covers."""

    place: int
    start: int
    end: int


class Reader:
    """A tokenizer with a maximum length.

    A pair of texts is read as a pipeline reads ``{"text": ..., "text_pair": ...}``: special tokens
    between the segments, token types where the tokenizer gives any, and the longer segment cut. An
    empty second segment is not a segment to it.

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
    def reads_pairs(self) -> bool:
        """Whether pairs can be read: the tokenizer tells which characters a token covers."""
        return bool(self._tokenizer.is_fast)

    @property
    def typed(self) -> bool:
        """Whether tokens carry a type, as the tokenizer gives it, above ``TYPE_BITS``."""
        return self._types is not None

    def encode(self, texts: Sequence[str]) -> list[Ids]:
        """Return the tokens of each text, cut to the maximum length."""
        if not any(map(holds_boundary, texts)):
            return self._read_alone(texts)
        texts = [*map(_without_empty_second, texts)]
        pairs = [*filter(holds_boundary, texts)]
        read = dict(zip(pairs, self._read_pairs(pairs), strict=True))
        alone = iter(self._read_alone([text for text in texts if text not in read]))
        return [read[text] if text in read else next(alone) for text in texts]

    def tensors(self, text: str) -> Any:  # noqa: ANN401
        """Return what the tokenizer makes of one text, as a pipeline passes it to a model."""
        return tokenized(
            self._tokenizer, [text], truncation=True, max_length=self.max_length,
            return_tensors="pt", verbose=False,
        )  # fmt: skip

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text``, or of its attacked segment, are read."""
        segment, beside = parted(_without_empty_second(text))
        if beside != ALONE:
            pieces = self._pieces_in_pair(segment, beside)
            whole = len(pieces) >= len(self._offsets(segment))
            return len(segment) if whole else max((piece.end for piece in pieces), default=0)
        if segment.isascii() and len(segment) < self._room:
            return len(segment)
        offsets = self._offsets(segment)
        if len(offsets) <= self._room:
            return len(segment)
        return max((end for _, end in offsets[: self._room]), default=0)

    def word_pieces(self, words: Words, beside: Beside = ALONE) -> list[list[int]]:
        """Return for each word the places of its pieces in the encoded text; none beyond the cut.

        A tokenizer without character offsets is taken to read each run of non-blank characters on
        its own, and every piece of such a run counts as a piece of each word in it.

        Args:
            words: The text, or the segment of a pair.
            beside: What stands beside it in the pair.
        """
        if beside in (ALONE, Beside(after="")):
            offsets = self._offsets(str(words))[: self._room]
            pieces = [_Piece(i + self._lead, *offset) for i, offset in enumerate(offsets)]
        else:
            pieces = self._pieces_in_pair(str(words), beside)
        places: list[list[int]] = []
        first = 0
        for start, end in words.spans():
            while first < len(pieces) and pieces[first].end <= start:
                first += 1
            inside = [piece for piece in pieces[first:] if piece.start < end]
            places.append([piece.place for piece in inside if piece.end > start])
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
        parts = [part for text in texts for part in segments(text)]
        ids = [token for row in self._ids(parts) for token in row]
        return ids.count(unknown) / max(1, len(ids))

    def _read_alone(self, texts: Sequence[str]) -> list[Ids]:
        rows = [ids or (self.filler,) for ids in self._ids(texts)]
        return rows if self._types is None else [self._with_types(ids) for ids in rows]

    def _read_pairs(self, texts: Sequence[str]) -> list[Ids]:
        if not texts:
            return []
        read = self._of_pairs(texts)
        rows = [tuple(ids) or (self.filler,) for ids in read["input_ids"]]
        types = read.get("token_type_ids")
        if types is None:
            return rows
        return [
            tuple(token | kind << TYPE_BITS for token, kind in zip(ids, kinds, strict=True))
            for ids, kinds in zip(rows, types, strict=True)
        ]

    def _pieces_in_pair(self, segment: str, beside: Beside) -> list[_Piece]:
        """Return the tokens of one segment of a pair that are left after the cut."""
        read = self._of_pairs([beside.whole(segment)], return_offsets_mapping=True)
        wanted = 0 if beside.before is None else 1
        placed = zip(read.sequence_ids(0), read["offset_mapping"][0], strict=True)
        return [_Piece(i, *offset) for i, (which, offset) in enumerate(placed) if which == wanted]

    def _of_pairs(self, texts: Sequence[str], **options: Any) -> Any:  # noqa: ANN401
        firsts, seconds = zip(*map(segments, texts), strict=True)
        return tokenized(
            self._tokenizer, list(firsts), list(seconds), truncation=True,
            max_length=self.max_length, return_attention_mask=False, verbose=False, **options,
        )  # fmt: skip

    def _tokenize(self, texts: list[str], **options: Any) -> Any:  # noqa: ANN401
        return tokenized(
            self._tokenizer,
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


def _without_empty_second(text: str) -> str:
    """Return the first segment alone where the second is empty, as a pipeline reads such a pair."""
    first, *others = segments(text)
    return text if any(others) else first
