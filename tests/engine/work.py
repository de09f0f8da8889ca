"""Attempts on the toy victim, for the tests of the engine."""

from weaklink.attacks.registry import find
from weaklink.engine.attempt import Job
from weaklink.engine.budget import TokenBudget
from weaklink.engine.memo import Memo
from weaklink.engine.models import Models
from weaklink.store import Outcome, OutcomeKey, Status
from weaklink.testing import (
    ToyEncoder,
    ToyLatentSpace,
    ToyLexicon,
    ToyParaphraser,
    ToyTagger,
    ToyVictim,
)
from weaklink.testing.attacks import SUBSTITUTES

ATTACKS = ("textfooler", "pwws", "textbugger", "hotflip", "scpn", "gan")
TEXTS = [
    "a really good film, if slow",
    "slow slow film",
    "Good! Really really good film.",
    "not my cup of tea; slow",
    "",
    "film",
    "the picture was fine and the pace was slow but really good acting saves it",
]


def toy_models(paraphraser=ToyParaphraser, space=ToyLatentSpace):
    models = Models(ToyEncoder(), paraphraser, space)
    models.tagger = ToyTagger()
    return models


def blank(text, attack, index=0, repetition=0):
    return Outcome(
        key=OutcomeKey("toy", attack, "data", f"train:{index}", repetition, 0),
        victim="toy",
        attack=attack,
        dataset="made",
        status=Status.ERROR,
        original_text=text,
        gold_label="positive",
        gold_index=1,
    )


def job(attack, victim=None, **kwargs):
    found = find(attack) if isinstance(attack, str) else attack
    return Job(
        victim=victim or ToyVictim(),
        attack=found,
        parameters=found.parameters(),
        lexicon=ToyLexicon(SUBSTITUTES),
        **kwargs,
    )


def work(victim, attacks=ATTACKS, texts=TEXTS):
    return [
        (one := blank(text, attack, i, repetition), job(attack, victim).attempt(one, 1))
        for i, text in enumerate(texts)
        for attack in attacks
        for repetition in range(2)
    ]


def toy_services(victim):
    return toy_models().services(Memo(victim, 10_000, TokenBudget()), victim)
