"""A study small enough to work out by hand.

A letter for each sample says how an attempt ended: ``s`` succeeded, ``f`` failed, ``e`` error,
``-`` not made. A digit says whether the model classified it correctly: ``1``, ``0``, ``?``.
"""

from dataclasses import replace
from datetime import UTC, datetime
from functools import cache

from weaklink.measures import Options
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
from weaklink.store.record import (
    CampaignEntry,
    ChainEntry,
    Excluded,
    Failure,
    FunnelStep,
    Link,
    ModelEntry,
    ReplayEntry,
    StudyRecord,
)
from weaklink.store.studies import Study
from weaklink.victims import TrustWarning

MODELS = ("up", "down", "alone")
LABELS = ("neg", "pos")
STATUS = {"s": Status.SUCCEEDED, "f": Status.FAILED, "e": Status.ERROR}
CORRECT = {
    ("up", "d1"): "1110", ("down", "d1"): "1101", ("alone", "d1"): "1111",
    ("up", "d2"): "11", ("down", "d2"): "10", ("alone", "d2"): "??",
}  # fmt: skip
ENDED = {
    ("up", "d1", "pwws"): ("ssff",), ("up", "d1", "random"): ("sfff", "ssff"),
    ("down", "d1", "pwws"): ("sfsf",), ("down", "d1", "random"): ("ssff", "ssse"),
    ("alone", "d1", "pwws"): ("ffff",), ("alone", "d1", "random"): ("ffff", "ffff"),
    ("up", "d2", "pwws"): ("sf",), ("up", "d2", "random"): ("ff", "ff"),
    ("down", "d2", "pwws"): ("ss",), ("down", "d2", "random"): ("sf", "sf"),
    ("alone", "d2", "pwws"): ("s-",), ("alone", "d2", "random"): ("ff", "ff"),
}  # fmt: skip
REPLAYED = {("d1", "pwws", 0): "sfff", ("d1", "random", 0): "ffff", ("d1", "random", 1): "ssff",
            ("d2", "pwws", 0): "ff"}  # fmt: skip
REPETITIONS = {"pwws": 1, "random": 2}
FEW = Options(resamples=199, created=datetime(2026, 1, 1, tzinfo=UTC))


@cache
def planted_results():
    """Return the figures of the study as it is planted, which several modules test."""
    return results(planted_study(), FEW)


def planted_study(ended=ENDED, correct=CORRECT, replayed=REPLAYED, text="a fine film"):
    """Return the study; ``text`` stands in every original text and name from outside."""
    datasets = list(dict.fromkeys(dataset for _, dataset in correct))
    models = list(dict.fromkeys(model for model, _ in correct))
    campaigns = {i: _campaign(d, models, ended, correct) for i, d in enumerate(datasets, start=1)}
    outcomes = [
        _outcome(model, dataset, attack, repetition, i, letter, correct[model, dataset][i], text)
        for (model, dataset, attack), runs in ended.items()
        for repetition, run in enumerate(runs)
        for i, letter in enumerate(run)
        if letter != "-"
    ]
    replays, replay_campaigns = [], {}
    for number, ((dataset, attack, repetition), run) in enumerate(replayed.items(), start=100):
        fingerprint = f"#replay-{dataset}-{attack}-{repetition}"
        replays.append(
            ReplayEntry(
                dataset=dataset,
                campaign=number,
                upstream="up",
                downstream="down",
                attack=attack,
                repetition=repetition,
                attack_fingerprint=fingerprint,
            )
        )
        base = campaigns[datasets.index(dataset) + 1]
        replay_campaigns[number] = base.model_copy(
            update={
                "attacks": (
                    base.attacks[0].model_copy(
                        update={"name": "replay", "fingerprint": fingerprint, "repetitions": 1}
                    ),
                )
            }
        )
        for i, letter in enumerate(run):
            made = _outcome("down", dataset, "replay", 0, i, letter, "1", text)
            key = replace(made.key, attack_fingerprint=fingerprint)
            outcomes.append(replace(made, key=key))
    record = _record(datasets, models, replays)
    return Study(record, campaigns | replay_campaigns, FrameOutcomes(to_frame(outcomes)))


def _campaign(dataset, models, ended, correct):
    attacks = list(dict.fromkeys(attack for _, _, attack in ended))
    size = len(next(marks for (_, name), marks in correct.items() if name == dataset))
    return Campaign(
        victims=tuple(
            VictimRecord(
                name=name, fingerprint=f"#{name}", role="single", labels=LABELS, details={},
                warnings=(TrustWarning(check="language", message="Not English."),)
                if name == "alone" and dataset == "d1" else (),
            )
            for name in models
        ),
        attacks=tuple(
            AttackRecord(
                name=name, fingerprint=f"#{name}", paper=f"Paper of {name}",
                parameters={"beam": 10}, repetitions=REPETITIONS.get(name, 1),
            )
            for name in attacks
        ),
        data=DataRecord(
            name=dataset, source="made up", split="train", labels=LABELS,
            fingerprint=f"#{dataset}", sample_ids=tuple(f"train:{i}" for i in range(size)),
        ),
        seed=0,
        provenance={"weaklink": "0.1.0"},
    )  # fmt: skip


def _outcome(model, dataset, attack, repetition, i, letter, mark, text):
    gold = 1
    predicted = gold if mark == "1" else 0
    outcome = Outcome(
        key=OutcomeKey(
            victim_fingerprint=f"#{model}", attack_fingerprint=f"#{attack}",
            data_fingerprint=f"#{dataset}", sample_id=f"train:{i}", repetition=repetition, seed=0,
        ),
        victim=model, attack=attack, dataset=dataset, status=STATUS[letter],
        original_text=f"{text} of {dataset} {i}", gold_label="pos",
        gold_index=None if mark == "?" else gold, original_label=LABELS[predicted],
        original_index=predicted, original_probability=0.9, queries=7, words=6, seconds=0.5,
        error="Traceback: it broke" if letter == "e" else None,
    )  # fmt: skip
    if letter != "s":
        return outcome
    return replace(
        outcome, adversarial_text=f"{text} of {dataset} {i}".replace("fine", "grand"),
        adversarial_label=LABELS[1 - predicted], adversarial_probability=0.2, words_changed=1,
        similarity=0.95 if i % 2 == 0 else 0.5,
    )  # fmt: skip


def _record(datasets, models, replays):
    quote = "This model is a fine-tuned version of up."
    link = Link(
        upstream="up",
        downstream="down",
        relation="finetune",
        method="trainer/link",
        confidence=0.99,
        quote=quote,
    )
    root = Link(upstream="base", downstream="up", relation="finetune", method="base_model")
    return StudyRecord(
        name="planted",
        specification={"name": "planted", "labels": {"alone": {"neg": "neg", "pos": "pos"}}},
        digest="ab" * 32,
        models=(
            *(
                ModelEntry(
                    name=name, fingerprint=f"#{name}", architecture="BERT", downloads=40,
                    languages=("en",),
                )
                for name in models
            ),
            ModelEntry(name="gone"),
        ),
        chains=(
            ChainEntry(
                name="C1", models=("base", "up", "down"), measured=("up", "down"),
                links=(root, link),
                warnings=(TrustWarning(check="labels", message="Other labels upstream."),),
            ),
            ChainEntry(name="C2", models=("base", "gone"), measured=("gone",), links=()),
        ),
        funnel=(
            FunnelStep(
                criterion="at least 30 downloads", kept=2, dropped=1,
                excluded=(Excluded(models=("a", "b"), reason="b has 3"),),
            ),
        ),
        campaigns=tuple(
            CampaignEntry(dataset=dataset, campaign=i) for i, dataset in enumerate(datasets, 1)
        ),
        replays=tuple(replays),
        failures=(Failure(what="gone", reason="No longer on the Hub."),),
        provenance={"weaklink": "0.1.0"},
    )  # fmt: skip
