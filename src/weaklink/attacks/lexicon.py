"""What attacks look words up in, each part loaded when it is first used."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from string import ascii_lowercase

from weaklink.lexicons.counter_fitted import load_counter_fitted
from weaklink.lexicons.entities import EntityTable
from weaklink.lexicons.glove import load_glove
from weaklink.lexicons.languages.letters import ENGLISH
from weaklink.lexicons.languages.word_vectors import alphabet_of, load_vectors_of
from weaklink.lexicons.vectors import Vectors
from weaklink.lexicons.wordnet import WordNet, load_wordnet
from weaklink.progress import Progress, Silent


class Lexicon:
    """Synonyms, vectors and named entities.

    Args:
        entities: Makes the table of named entities, which depends on the campaign's data.
        progress: Is told when a part has to be built.
        language: ISO 639-1 code of the language of the texts.
    """

    def __init__(
        self,
        entities: Callable[[], EntityTable],
        progress: Progress | None = None,
        language: str = ENGLISH,
    ) -> None:
        self.language = language
        self._entities = entities
        self._progress = progress or Silent()

    def __getstate__(self) -> dict[str, object]:
        """Keep the data's own table for another process, if it was made; the rest is loaded there.

        Whoever uses the table has asked for its digest before.
        """
        kept = {name: self.__dict__[name] for name in ("entities",) if name in self.__dict__}
        lost = {"_entities": partial(EntityTable, {}), "_progress": Silent()}
        return {"language": self.language} | lost | kept

    @cached_property
    def counter_fitted(self) -> Vectors:
        """Vectors in which near means synonymous (Mrkšić et al. 2016).

        In another language than English these are the user's own vectors of it, or none.
        """
        if self.language != ENGLISH:
            return load_vectors_of(self.language)
        return load_counter_fitted(progress=self._progress)

    @cached_property
    def glove(self) -> Vectors:
        """Vectors in which near means used alike (Pennington et al. 2014).

        In another language than English these are the user's own vectors of it, or none.
        """
        return load_glove() if self.language == ENGLISH else load_vectors_of(self.language)

    @cached_property
    def wordnet(self) -> WordNet:
        """WordNet 3.0; in another language Open Multilingual Wordnet's words, or none."""
        return load_wordnet(self.language)

    @cached_property
    def alphabet(self) -> str:
        """The letters that words of the language are written in, in lower case."""
        return alphabet_of(self.glove) if self.language != ENGLISH else ascii_lowercase

    @cached_property
    def entities(self) -> EntityTable:
        """The most frequent named entities of each kind, by label."""
        return self._entities()
