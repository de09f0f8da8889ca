"""How good the paraphrases are, measured on sentences that the network was not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import mean

from pydantic import JsonValue

from weaklink.data.training_samples import digest_of_text
from weaklink.generators.protocol import Paraphraser
from weaklink.generators.scpn.lexis import Lexis
from weaklink.generators.scpn.network import ScpnNetwork
from weaklink.generators.scpn.paraphraser import NetworkParaphraser
from weaklink.generators.scpn.parsing import parse
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.generators.tokens import tokenise
from weaklink.models.encoder import load_encoder
from weaklink.models.language_model import load_language_model
from weaklink.models.tagger import load_tagger
from weaklink.progress import Progress
from weaklink.text import Words
from weaklink.training.judges import Judges

SENTENCES = 100
_DIGITS = 3

_NEEDS: dict[str, tuple[str, ...]] = {
    "(S (NP) (VP) (.))": ("noun", "verb"),
    "(S (VP) (.))": ("verb",),
    "(NP (NP) (.))": ("noun",),
    "(SBARQ (WHADVP) (SQ) (.))": ("noun", "verb"),
    "(FRAG (SBAR) (.))": ("noun", "verb"),
    "(S (SBAR) (,) (NP) (VP) (.))": ("noun", "noun", "verb", "verb"),
    "(S (S) (,) (CC) (S) (.))": ("noun", "noun", "verb", "verb"),
    "(S (LST) (VP) (.))": ("list mark", "verb"),
    "(S (PP) (,) (NP) (VP) (.))": ("adposition", "noun", "noun", "verb"),
    "(S (ADVP) (NP) (VP) (.))": ("adverb", "noun", "verb"),
}
"""What a sentence must have for its words alone to fill a template; pronouns are nouns here."""

_NO_ROOM: dict[str, tuple[str, ...]] = {"(NP (NP) (.))": ("verb", "adposition")}
"""What a sentence must not have, since the template has no room for it."""

_KINDS = {
    **dict.fromkeys(("NOUN", "PROPN", "PRON"), "noun"),
    **dict.fromkeys(("VERB", "AUX"), "verb"),
    "ADP": "adposition",
    "ADV": "adverb",
}


def measure(
    network: ScpnNetwork, lexis: Lexis, held_out: Sequence[str], progress: Progress
) -> dict[str, JsonValue]:
    """Return the figures of a network, with the packaged encoder and language model as judges."""
    judges = Judges(load_encoder(), load_language_model())
    return figures(NetworkParaphraser(network.cpu(), lexis, ""), held_out, judges, progress)


def figures(
    paraphraser: Paraphraser, held_out: Sequence[str], judges: Judges, progress: Progress
) -> dict[str, JsonValue]:
    """Return the figures of a paraphraser over the ten templates.

    - ``adherence``: the share of answers with the template asked for, by the parser: by template,
      over all, and over those that the sentence admits (``admits``); ``ceiling`` is the share where
      the sentence's own template is asked for.
    - ``similarity``: the mean cosine of answer and sentence under the packaged encoder.
    - ``perplexity_ratio``: the median perplexity of the answers over that of the sentences.
    - ``none``, ``copies``: shares of requests without an answer, and answered by the sentence.
    - ``distinct``: different answers for a sentence, of ten.
    - ``new_words``: the share of an answer's tokens that are not in its sentence.
    - ``first``: what the first sentence became by the first template, the second by the second.

    Args:
        paraphraser: Is asked for each template of each sentence.
        held_out: Sentences, of which a hundred count, at equal distances.
        judges: Tell similarity and fluency.
        progress: Is told of each part.
    """
    sentences = list(held_out[:: max(1, len(held_out) // SENTENCES)][:SENTENCES])
    progress.begin("Measuring paraphrases", 4)
    requests = [(sentence, template) for sentence in sentences for template in TEMPLATES]
    answers = paraphraser.paraphrase(requests)
    progress.advance()
    fits = adherence(requests, answers)
    admitted = [f for f, ok in zip(fits, _admitted(sentences), strict=True) if ok]
    progress.advance()
    pairs = [(s, a) for (s, _), a in zip(requests, answers, strict=True) if a]
    similarities = judges.similarities(*zip(*pairs, strict=True))
    progress.advance()
    ratio = judges.perplexity([a for _, a in pairs]) / judges.perplexity(sentences)
    progress.advance()
    ten = len(TEMPLATES)
    rows = [answers[i : i + ten] for i in range(0, len(answers), ten)]
    first: list[JsonValue] = [
        {"sentence": sentence, "template": template, "answer": rows[i][i]}
        for i, (sentence, template) in enumerate(zip(sentences, TEMPLATES, strict=False))
    ]
    return {
        "sentences": len(sentences),
        "requests": len(requests),
        "adherence": {
            "all": _share(fits),
            "admitted": _share(admitted),
            "share_admitted": round(len(admitted) / len(fits), _DIGITS),
            "ceiling": _ceiling(paraphraser, sentences),
            "by_template": {t: _share(fits[i::ten]) for i, t in enumerate(TEMPLATES)},
        },
        "similarity": round(float(similarities.mean()), _DIGITS),
        "perplexity_ratio": round(ratio, _DIGITS),
        "none": _share([not answer for answer in answers]),
        "copies": _share([digest_of_text(s) == digest_of_text(a) for s, a in pairs]),
        "distinct": round(mean(len(set(row) - {""}) for row in rows), _DIGITS),
        "new_words": round(mean(_new_words(*pair) for pair in pairs), _DIGITS),
        "first": first,
    }


def adherence(requests: Sequence[tuple[str, str]], answers: Sequence[str]) -> list[bool]:
    """Return whether each answer has the template asked for, by the parser."""
    parsed = parse(answers)
    return [template == found for (_, template), found in zip(requests, parsed, strict=True)]


def admits(parts: Sequence[str], template: str) -> bool:
    """Return whether words of these universal parts of speech can fill one of the ten templates.

    None can fill ``(S (LST) (VP) (.))``: the corpus has next to no lists to learn it from.

    >>> admits(["PRON", "VERB"], "(S (NP) (VP) (.))"), admits(["NOUN"], "(S (VP) (.))")
    (True, False)
    """
    kinds = [_KINDS.get(part) for part in parts]
    needs = _NEEDS[template]
    enough = all(kinds.count(need) >= needs.count(need) for need in needs)
    return enough and not any(kind in kinds for kind in _NO_ROOM.get(template, ()))


def _admitted(sentences: Sequence[str]) -> list[bool]:
    tagged = load_tagger().tags([Words.split(sentence) for sentence in sentences])
    return [admits(parts, template) for parts in tagged for template in TEMPLATES]


def _ceiling(paraphraser: Paraphraser, sentences: Sequence[str]) -> float:
    own = zip(sentences, parse(sentences), strict=True)
    requests = [(sentence, template) for sentence, template in own if template]
    return _share(adherence(requests, paraphraser.paraphrase(requests)))


def _new_words(sentence: str, answer: str) -> float:
    known, tokens = set(tokenise(sentence)), tokenise(answer)
    return sum(token not in known for token in tokens) / len(tokens)


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), _DIGITS) if values else 0.0
