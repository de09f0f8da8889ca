"""A campaign of toys, to be killed."""

import time

from weaklink.attacks.registry import find
from weaklink.data import Dataset, Sample
from weaklink.engine import CampaignRun, ConfiguredAttack, LoadedVictim
from weaklink.engine.budget import TokenBudget
from weaklink.engine.memo import Memo
from weaklink.store import AttackRecord, Campaign, DataRecord, VictimRecord, open_store

from .work import SUBSTITUTES, TEXTS, ToyLexicon, ToyVictim, toy_models

ATTACKS = {"pwws": 1, "textbugger": 2, "hotflip": 1, "scpn": 1, "gan": 1}


class Slow(ToyVictim):
    """Takes its time, so that a kill finds it at work."""

    def __init__(self, name):
        super().__init__({"slow": -1.0 if name == "up" else 1.0})
        self.name = self.fingerprint = name

    def forward(self, batch):
        time.sleep(0.0005)
        return super().forward(batch)


def dataset():
    texts = [f"{text} {word}" for text in TEXTS for word in ("indeed", "perhaps")]
    samples = tuple(Sample(f"train:{i}", text, i % 2) for i, text in enumerate(texts))
    return Dataset("made", "tests", "train", ("negative", "positive"), "data", samples)


def campaign(data):
    return Campaign(
        victims=[
            VictimRecord(name=n, fingerprint=n, role=r, labels=data.labels, details={})
            for n, r in (("up", "upstream"), ("down", "downstream"))
        ],
        attacks=[
            AttackRecord(name=n, fingerprint=n, paper="", parameters={}, repetitions=r)
            for n, r in ATTACKS.items()
        ],
        data=DataRecord(
            name=data.name,
            source=data.source,
            split=data.split,
            labels=data.labels,
            fingerprint=data.fingerprint,
            sample_ids=[sample.id for sample in data.samples],
        ),
        seed=0,
        provenance={},
    )


def make_run(store, width):
    data = dataset()
    slow = [Slow("up"), Slow("down")]
    attacks = {name: ConfiguredAttack(find(name), find(name).parameters()) for name in ATTACKS}
    victims = {v.name: LoadedVictim(v, Memo(v, 10_000, TokenBudget()), (0, 1)) for v in slow}
    lexicon = ToyLexicon(SUBSTITUTES)
    return CampaignRun(campaign(data), data, victims, attacks, lexicon, toy_models(), store, width)


def campaign_of_toys(path, width, telling):
    """Make what the store lacks; tell how many outcomes that is, and each one that is stored."""
    with open_store(path) as store:
        run = make_run(store, width)
        store.add_campaign(run.campaign)
        telling.send(len(run.pending()))
        run.run(lambda outcome: telling.send(outcome.status))
