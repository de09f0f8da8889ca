"""A study of toys, to be run in a process of its own and killed."""

from __future__ import annotations

import os
import signal
from itertools import count
from pathlib import Path

from tests.engine.work import TEXTS, toy_models
from weaklink.auditing import grounds
from weaklink.auditing.study import run_study
from weaklink.progress import Silent
from weaklink.store import Outcome, Store
from weaklink.study.specification import StudySpecification
from weaklink.testing import ToyLexicon, ToyVictim
from weaklink.testing.attacks import SUBSTITUTES

HERE = "tests.auditing.killable_study"


class Words(ToyLexicon):
    digest = "toy"


def specification(data: Path, **changes: object) -> StudySpecification:
    values = {
        "name": "toys",
        "data": [str(data), str(data.with_name("missing.csv"))],
        "samples": 12,
        "attacks": ["pwws", "textbugger"],
        "repetitions": 2,
        "language_model": "none",
        "models": [f"{HERE}:single", f"{HERE}:missing"],
        "chains": [{"models": [f"{HERE}:upstream", f"{HERE}:downstream"]}],
    }
    return StudySpecification.model_validate(values | changes)


def write_data(path: Path) -> Path:
    texts = [f"{text} {word}" for text in TEXTS if text for word in ("indeed", "perhaps", "twice")]
    rows = [f'"{text}",{i % 2}' for i, text in enumerate(texts)]
    path.write_text("\n".join(["text,label", *rows]))
    return path


def study(folder: Path, spec: StudySpecification, kill_at: int | None = None) -> None:
    """Run the study with words and models that need no files.

    Given ``kill_at``, the process is killed as it has stored so many outcomes.
    """
    put, puts = Store.put, count(1)

    def put_and_die(store: Store, outcome: Outcome) -> None:
        put(store, outcome)
        if next(puts) == kill_at:
            os.kill(os.getpid(), signal.SIGKILL)

    Store.put = put_and_die
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    grounds.Lexicon = lambda *_, **__: Words(SUBSTITUTES)
    run_study(spec, folder, Silent(), models)


def _victim(weight: float):
    toy = ToyVictim({"slow": weight})

    def classify(texts):
        return toy.forward(texts)

    classify.labels = toy.labels
    return classify


upstream, downstream, single = _victim(-1.0), _victim(1.0), _victim(0.2)
