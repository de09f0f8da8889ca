"""The specification of a study of toys, and its data."""

from __future__ import annotations

from pathlib import Path

from tests.engine.work import TEXTS
from weaklink.campaigns.specification import Specification

HERE = "tests.campaigns.studies.killable_study"


def specification(data: Path, **changes: object) -> Specification:
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
    return Specification.model_validate(values | changes)


def write_data(path: Path) -> Path:
    texts = [f"{text} {word}" for text in TEXTS if text for word in ("indeed", "perhaps", "twice")]
    rows = [f'"{text}",{i % 2}' for i, text in enumerate(texts)]
    path.write_text("\n".join(["text,label", *rows]))
    return path
