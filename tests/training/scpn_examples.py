"""Sentences with their templates for the tests of SCPN."""

from weaklink.generators.scpn.lexis import Lexis
from weaklink.generators.tokens import tokenise
from weaklink.training.scpn.examples import TemplateExample
from weaklink.training.scpn.noise import Noise

SENTENCES = {
    "the film is good .": "(S (NP) (VP) (.))",
    "a good film with heart .": "(NP (NP) (PP) (.))",
    "why is the plot so thin ?": "(SBARQ (WHADVP) (SQ) (.))",
    "if you liked zorblax , you will love quumble .": "(S (SBAR) (,) (NP) (VP) (.))",
    "don't see it alone .": "(S (VP) (.))",
    "sadly the jokes never work .": "(S (ADVP) (NP) (VP) (.))",
}
EXAMPLES = [
    TemplateExample(tokenise(sentence), template) for sentence, template in SENTENCES.items()
]
UNKNOWN = ("zorblax", "quumble")


class Undisturbed(Noise):
    content = function = exchanged = loosened = added = 0.0


def small_lexis() -> Lexis:
    """All words but two."""
    kept = [[token for token in e.tokens if token not in UNKNOWN] for e in EXAMPLES]
    return Lexis.learn(kept, [e.template for e in EXAMPLES], 60, 60)
