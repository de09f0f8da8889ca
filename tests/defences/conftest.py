"""A tiny victim, data, and a store with planted outcomes on it, made once."""

from types import SimpleNamespace

import numpy as np
import polars as pl
import pytest
import torch

from tests.victims.tiny import save_tiny
from weaklink.defences import train
from weaklink.defences.detectors import fgws
from weaklink.lexicons.vectors import Vectors
from weaklink.store import Outcome, OutcomeKey, Status, open_store
from weaklink.text.pairs import parted
from weaklink.victims import load_victim

ATTACKS = ("pwws", "textfooler")


NO_VECTORS = Vectors((), np.zeros((0, 1), np.float32), "none")
SYNONYMS = {"flick": ("movie", "film"), "bad": ("awful",), "very": ("truly",)}


@pytest.fixture(scope="session", autouse=True)
def _small():
    """A table stands for WordNet and GloVe, and few texts calibrate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(fgws, "synonyms_of", lambda _: lambda word: SYNONYMS.get(word, ()))
        patch.setattr(fgws, "vectors_of_words", lambda *_: NO_VECTORS)
        patch.setattr(train, "CALIBRATION", 20)
        yield


def texts_of(seed, many, *, last):
    """Return texts of the tiny model's words; the last word is one of two."""
    random = np.random.default_rng(seed)
    words = [" ".join(random.choice(["the", "a", "film", "plot", "is"], 4)) for _ in range(many)]
    gold = random.integers(2, size=many).tolist()
    return [
        f"{text} {last[g]} {i}" for i, (text, g) in enumerate(zip(words, gold, strict=True))
    ], gold


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """Return a victim, a file of data, and a store in which every text has fallen to both attacks.

    Adversarial texts end in ``very very very``, which no unaltered text does.
    """
    torch.set_num_threads(1)
    root = tmp_path_factory.mktemp("defences")
    victim = load_victim(save_tiny(root / "victim"), device="cpu")
    texts, gold = texts_of(0, 240, last=("bad", "good"))
    data = root / "data.csv"
    pl.DataFrame({"text": texts, "label": gold}).write_csv(data)
    store = root / "audit.db"
    put(store, victim, str(data), texts[:40], gold)
    return SimpleNamespace(root=root, victim=victim, data=data, store=store, texts=texts)


def put(path, victim, dataset, texts, gold):
    """Write outcomes of both attacks on texts; those of every fourth text failed."""
    predicted = victim.forward(victim.encode(texts)).argmax(axis=1).tolist()
    with open_store(path) as store:
        for number, text in enumerate(texts):
            for attack in ATTACKS:
                segment, beside = parted(text)
                found = f"{segment.rpartition(' ')[0]} very very very" if number % 4 else None
                store.put(
                    Outcome(
                        key=OutcomeKey(victim.fingerprint, attack, "d", f"file:{number}", 0, 0),
                        victim=victim.name, attack=attack, dataset=dataset,
                        status=Status.SUCCEEDED if found else Status.FAILED, original_text=segment,
                        gold_label=str(gold[number]), gold_index=gold[number],
                        original_label=victim.labels[predicted[number]],
                        original_index=predicted[number],
                        adversarial_text=found and f"{found} {attack}"[: 200],
                        text_before=beside.before, text_after=beside.after,
                    )
                )  # fmt: skip
