"""Paraphrases by the network: the candidate that has the requested template."""

from __future__ import annotations

from collections.abc import Sequence

from weaklink.cache import digest_of_folder, digest_of_parts
from weaklink.generators.scpn.decoding import Request, search
from weaklink.generators.scpn.lexis import Lexis
from weaklink.generators.scpn.network import ScpnNetwork, ScpnSizes
from weaklink.generators.scpn.parsing import parse
from weaklink.generators.scpn.sources import is_word, read, read_for_another
from weaklink.generators.scpn.trees import labels
from weaklink.generators.tokens import join, tokenise
from weaklink.generators.weights import load_weights
from weaklink.packaged import spacy_model
from weaklink.victims.local.checkpoint import pick_device

MOST_TOKENS = 40
_BATCH = 64
_WAY = "1"
"""Counts the ways of reading, decoding and choosing."""


class NetworkParaphraser:
    """Writes a sentence's words in the shape of a template; a ``Paraphraser``.

    Of the sentences that the search ends with, those that have the template by the parser come
    first, and then the more probable ones; the sentence itself is none of them.

    Args:
        network: In evaluation mode.
        lexis: Its words.
        digest: Digest of its weights and of all else that answers depend on.
    """

    name = "scpn"

    def __init__(self, network: ScpnNetwork, lexis: Lexis, digest: str) -> None:
        self._network = network
        self._lexis = lexis
        self.digest = digest

    def paraphrase(self, requests: Sequence[tuple[str, str]]) -> list[str]:
        """Return a paraphrase for each (sentence, template); "" where there is none.

        There is none for a sentence without words, of one token or of more than ``MOST_TOKENS``,
        and for a template without labels.
        """
        answers = dict.fromkeys(requests, "")
        possible = sorted((r for r in answers if _is_possible(*r)), key=lambda r: (len(r[0]), r))
        own = self._own_templates(possible)
        for first in range(0, len(possible), _BATCH):
            some = possible[first : first + _BATCH]
            found = search(self._network, self._lexis, [_request(*r, own=own[r[0]]) for r in some])
            answers.update(zip(some, _choose(some, found), strict=True))
        return [answers[request] for request in requests]

    @staticmethod
    def _own_templates(requests: Sequence[tuple[str, str]]) -> dict[str, str | None]:
        sentences = list(dict.fromkeys(sentence for sentence, _ in requests))
        return dict(zip(sentences, parse(sentences), strict=True))


def load_network_paraphraser(device: str = "auto") -> NetworkParaphraser:
    """Return the network that the user built, else the one that comes with weaklink.

    Raises:
        WeaklinkError: There is none, or it or spaCy's English model cannot be used.
    """
    weights = load_weights("scpn")
    lexis = Lexis.from_metadata(weights.metadata)
    network = ScpnNetwork(ScpnSizes.of(lexis, weights.tensors["place"].shape[1]))
    network.load_state_dict(weights.tensors)
    digest = digest_of_parts([weights.digest, digest_of_folder(spacy_model()), _WAY])
    return NetworkParaphraser(network.to(pick_device(device)).eval(), lexis, digest)


def _is_possible(sentence: str, template: str) -> bool:
    tokens = tokenise(sentence)
    fits = 1 < len(tokens) <= MOST_TOKENS and any(map(is_word, tokens))
    return fits and bool(labels(template))


def _request(sentence: str, template: str, own: str | None) -> Request:
    """Return what is read: joining words only if the sentence has the template already."""
    tokens = tokenise(sentence)
    return Request(read(tokens) if own == template else read_for_another(tokens), template)


def _choose(
    requests: Sequence[tuple[str, str]], found: Sequence[Sequence[Sequence[str]]]
) -> list[str]:
    """Return the best candidate of each request as text."""
    texts = [
        [join(tokens, sentence) for tokens in candidates if tokens != tokenise(sentence)]
        for (sentence, _), candidates in zip(requests, found, strict=True)
    ]
    shapes = iter(parse([text for candidates in texts for text in candidates]))
    best = []
    for (_, template), candidates in zip(requests, texts, strict=True):
        parsed = [next(shapes) for _ in candidates]
        fitting = [t for t, p in zip(candidates, parsed, strict=True) if p == template]
        best.append(next(iter([*fitting, *candidates]), ""))
    return best
