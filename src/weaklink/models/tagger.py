"""Parts of speech and named entities of weaklink's words, by spaCy."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from weaklink.cache import digest_of_folder
from weaklink.errors import WeaklinkError
from weaklink.packaged import spacy_model
from weaklink.text import Words

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

_TAGGING = ["tok2vec", "tagger"]
_ENTITIES = ["ner"]
_TOKEN_ATTRIBUTES: list[int | str] = ["IDX", "LENGTH", "ORTH", "TAG"]
_BATCH = 256
_CONTEXT = 200
"""Characters after the last word that are still read: more than the model's window spans."""


class _Tagged(NamedTuple):
    """A token's spelling and Penn tag, as spaCy numbers them."""

    spelling: int
    tag: int


class Entity(NamedTuple):
    """A named entity: the words from ``first`` up to, not including, ``last``, and its kind."""

    first: int
    last: int
    kind: str


class Tagger:
    """spaCy's English pipeline; what it says of its own tokens is carried over to words."""

    def __init__(self, pipeline: Language, digest: str) -> None:
        self.digest = digest
        self._pipeline = pipeline
        self._tagging, self._recognizing = _TAGGING, _ENTITIES
        self._universal: dict[_Tagged, str] = {}

    def tags(self, texts: Sequence[Words]) -> list[tuple[str, ...]]:
        """Return the universal part of speech of every word, that of its first token."""
        rows = self._tagged(texts)
        self._learn({token for row in rows for token in row} - self._universal.keys())
        return [tuple(self._universal[token] for token in row) for row in rows]

    def penn_tags(self, texts: Sequence[Words]) -> list[tuple[str, ...]]:
        """Return the Penn tag of every word, that of its first token."""
        strings = self._pipeline.vocab.strings
        return [tuple(strings[token.tag] for token in row) for row in self._tagged(texts)]

    def entities(self, texts: Sequence[Words]) -> list[tuple[Entity, ...]]:
        """Return the named entities of every text, in order; one without words is left out."""
        return [tuple(_entities(words, doc)) for words, doc in self._read(texts, self._recognizing)]

    def _tagged(self, texts: Sequence[Words]) -> list[list[_Tagged]]:
        return [_first_tokens(words, doc) for words, doc in self._read(texts, self._tagging)]

    def _learn(self, tokens: Collection[_Tagged]) -> None:
        """Remember the universal part of speech of some tokens.

        The pipeline's rules decide it from a token's spelling and Penn tag alone (one asks for a
        parse, which is not made), and take longer than the network if they see every token again.
        """
        from spacy.tokens import Doc

        strings = self._pipeline.vocab.strings
        words = [strings[token.spelling] for token in tokens]
        tags = [strings[token.tag] for token in tokens]
        doc = Doc(self._pipeline.vocab, words=words, tags=tags)
        decided = self._pipeline.get_pipe("attribute_ruler")(doc)
        self._universal.update(
            (token, found.pos_) for token, found in zip(tokens, decided, strict=True)
        )

    def _read(self, texts: Sequence[Words], components: list[str]) -> Iterable[tuple[Words, Doc]]:
        with self._pipeline.select_pipes(enable=components):
            docs = self._pipeline.pipe(map(_visible, texts), batch_size=_BATCH)
            return list(zip(texts, docs, strict=True))


class ForeignTagger(Tagger):
    """spaCy's pipeline of another language; its fine tags stand in the place of Penn's."""

    def __init__(self, pipeline: Language, digest: str) -> None:
        super().__init__(pipeline, digest)
        names = pipeline.pipe_names
        self._tagging = [name for name in names if name != "ner"]
        self._recognizing = [name for name in names if name in {"tok2vec", "transformer", "ner"}]

    def tags(self, texts: Sequence[Words]) -> list[tuple[str, ...]]:
        """Return the universal part of speech of every word, that of its first token."""
        return [_parts_of_speech(words, doc) for words, doc in self._read(texts, self._tagging)]


@cache
def load_tagger(package: str | None = None) -> Tagger:
    """Return the tagger.

    Args:
        package: spaCy's model of another language; None: that of English.

    Raises:
        WeaklinkError: No English model of spaCy is installed, or the other cannot be loaded.
    """
    if package is not None:
        import spacy

        try:
            pipeline = spacy.load(package, exclude=["parser", "lemmatizer"])
        except (ImportError, OSError, ValueError) as error:
            raise WeaklinkError(
                f"spaCy's model {package} cannot be loaded: {error}", "Install what it needs."
            ) from error
        return ForeignTagger(pipeline, digest_of_folder(spacy.util.get_package_path(package)))
    folder = spacy_model()
    import spacy

    pipeline = spacy.load(folder, exclude=["parser", "lemmatizer"])
    _use_all_cores(pipeline)
    return Tagger(pipeline, digest_of_folder(folder))


def _use_all_cores(pipeline: Language) -> None:
    """Let numpy multiply matrices: on two cores 2.8 times as fast as thinc's BLIS, which uses one.

    Of 4,000 windows of 8 words from Rotten Tomatoes none was tagged otherwise.
    """
    from thinc.api import NumpyOps

    ops = NumpyOps(use_blis=False)
    for _, component in pipeline.pipeline:
        for layer in component.model.walk() if hasattr(component, "model") else ():
            layer.ops = ops


def _visible(words: Words) -> str:
    """Return the text without most of what was left unsplit after its last word."""
    text = str(words)
    return text[: len(text) - len(words.gaps[-1]) + _CONTEXT]


def _first_tokens(words: Words, doc: Doc) -> list[_Tagged]:
    """Return the token that each word begins with."""
    begins, lengths, spellings, tags = doc.to_array(_TOKEN_ATTRIBUTES).T.tolist()
    ends = [begin + length for begin, length in zip(begins, lengths, strict=True)]
    places = (bisect_right(ends, start) for start, _ in words.spans())
    return [_Tagged(spellings[i], tags[i]) for i in places]


def _parts_of_speech(words: Words, doc: Doc) -> tuple[str, ...]:
    """Return the universal part of speech of the token that each word begins with."""
    ends = [token.idx + len(token) for token in doc]
    return tuple(doc[bisect_right(ends, start)].pos_ for start, _ in words.spans())


def _entities(words: Words, doc: Doc) -> Iterator[Entity]:
    spans = words.spans()
    starts = [start for start, _ in spans]
    ends = [end for _, end in spans]
    for entity in doc.ents:
        first = bisect_right(ends, entity.start_char)
        last = bisect_right(starts, entity.end_char - 1)
        if first < last:
            yield Entity(first, last, entity.label_)
