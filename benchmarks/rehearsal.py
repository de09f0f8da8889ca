"""The paper's study on a stand-in for the Hub: does each of its models load and reach the report?

A server on loopback serves tiny random models under the paper's names, with the formats, label
spaces and languages of theirs: weights in ``.bin`` only, three and four labels, tokenizers for
Chinese and Japanese. `weaklink study plan` and `weaklink study run` fetch them with the real
client. Data are two of the four data sets, which packages carry. Rates mean nothing.

    python -m benchmarks.rehearsal [--samples 2] [--folder FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from tempfile import mkdtemp

import torch
from safetensors.torch import load_file
from tests.hub.fake_hub import FakeHub, FakeModel, model
from tests.victims.tiny import save_tiny

TWO = {0: "LABEL_0", 1: "LABEL_1"}
SENTIMENT = {0: "negative", 1: "neutral", 2: "positive"}
MODELS: dict[str, tuple[str, dict[int, str]]] = {
    "distilbert-base-uncased-finetuned-sst-2-english": (
        "distilbert", {0: "NEGATIVE", 1: "POSITIVE"},
    ),
    "mrm8488/distilroberta-finetuned-financial-news-sentiment-analysis": ("roberta", SENTIMENT),
    "mrm8488/distilroberta-finetuned-tweets-hate-speech": ("roberta", TWO),
    "hackathon-pln-es/detect-acoso-twitter-es": ("roberta", {0: "acoso", 1: "No acoso"}),
    "juliensimon/reviews-sentiment-analysis": ("distilbert", TWO),
    "houssemmammeri/revsen-v1": ("distilbert", TWO),
    "ProsusAI/finbert": ("bert", {0: "positive", 1: "negative", 2: "neutral"}),
    "ziweichen/finbert-fomc": ("bert", {0: "Positive", 1: "Negative", 2: "Neutral"}),
    "kk08/cryptobert": ("bert", TWO),
    "yiyanghkust/finbert-esg": (
        "bert", {0: "None", 1: "Environmental", 2: "Social", 3: "Governance"},
    ),
    "idea-ccnl/erlangshen-roberta-330m-sentiment": ("chinese", {0: "Negative", 1: "Positive"}),
    "tezign/erlangshen-sentiment-finetune": ("chinese", {0: "Negative", 1: "Positive"}),
    "finscience/fs-distilroberta-fine-tuned": ("roberta", SENTIMENT),
    "jarvisx17/japanese-sentiment-analysis": ("japanese", {0: "negative", 1: "positive"}),
    "minutillamolinara/bert-japanese_finetuned-sentiment-analysis": (
        "japanese", {0: "negative", 1: "positive"},
    ),
    "gooohjy/suicidal-electra": ("electra", TWO),
    "sentinet/suicidality": ("electra", TWO),
    "hazqeel/electra-small-finetuned-malay-english": ("electra", TWO),
    "hazqeel/electra-small-doa-finetuned-ms-en-v3": ("electra", TWO),
}  # fmt: skip
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = [f"{prefix}{letter}" for letter in "abcdefghijklmnopqrstuvwxyz" for prefix in ("", "##")]
CHARACTERS = {
    "chinese": "的一是不了人我在有他这好坏电影很差喜欢",
    "japanese": "のにはをたがでとしてれさある良い悪い映画私これ",
}
TOKENIZERS = {
    "chinese": {"tokenizer_class": "BertTokenizer", "do_lower_case": True},
    "japanese": {
        "tokenizer_class": "BertJapaneseTokenizer",
        "word_tokenizer_type": "mecab",
        "subword_tokenizer_type": "wordpiece",
        "mecab_kwargs": {"mecab_dic": "unidic_lite"},
        "do_lower_case": False,
    },
}


def save(folder: Path, kind: str, labels: dict[int, str], scale: float = 1.0) -> Path:
    """Write a tiny random model with scaled weights in ``.bin`` only; return the folder."""
    names = {name: number for number, name in labels.items()}
    architecture = "bert" if kind in CHARACTERS else kind
    save_tiny(folder, architecture, id2label=labels, label2id=names)
    if kind in CHARACTERS:
        for file in folder.glob("*token*"):
            file.unlink()
        vocabulary = [*SPECIAL, *LETTERS, *dict.fromkeys(CHARACTERS[kind])]
        (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
        (folder / "tokenizer_config.json").write_text(json.dumps(TOKENIZERS[kind]))
    weights = folder / "model.safetensors"
    scaled = {name: scale * tensor for name, tensor in load_file(weights).items()}
    torch.save(scaled, folder / "pytorch_model.bin")
    weights.unlink()
    return folder


def hub(folder: Path) -> list[FakeModel]:
    """Return the repositories that the server has."""
    found = []
    for number, (name, (kind, labels)) in enumerate(MODELS.items(), start=1):
        place = save(folder / str(number), kind, labels, 1 + number / 100)
        found.append(model(number, name, f"# {name}\n".encode(), folder=place))
    return found


def specification(samples: int) -> str:
    """Return the preset, with fewer samples of the data that packages carry."""
    told = subprocess.run(
        [sys.executable, "-m", "weaklink", "study", "init", "qin2024"],
        check=True, capture_output=True, text=True,
    ).stdout  # fmt: skip
    for old, new in {
        'data = ["sst2", "imdb", "rotten_tomatoes", "amazon_polarity"]': (
            'data = ["rotten_tomatoes", "imdb"]\nmax_queries = 20\nlanguage_model = "none"'
        ),
        "samples = 100": f"samples = {samples}",
        'sampling = "first"': 'sampling = "random"',
        "repetitions = 3": "repetitions = 1",
    }.items():
        if old not in told:
            raise LookupError(old)
        told = told.replace(old, new)
    return told


def main() -> None:
    """Serve the models, plan and run the study, and print what came of each."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--samples", type=int, default=2)
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    folder = arguments.folder or Path(mkdtemp())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "rehearsal.toml").write_text(specification(arguments.samples), encoding="utf-8")
    began = time.monotonic()
    with FakeHub(hub(folder / "models")) as server:
        settings = {
            "HF_ENDPOINT": server.address,
            "HF_HOME": str(folder / "home"),
            "HF_HUB_DISABLE_XET": "1",
        }
        for command in ("plan", "run"):
            subprocess.run(
                [sys.executable, "-m", "weaklink", "study", command, "rehearsal.toml"],
                check=True, cwd=folder, env=os.environ | settings,
            )  # fmt: skip
    (results,) = folder.glob("study-*/results.json")
    found = json.loads(results.read_text(encoding="utf-8"))
    print(f"{len(found['models'])} of {len(MODELS)} models measured, {len(found['links'])} links")
    for failure in found["failures"]:
        print(f"failed: {failure}")
    print(f"{time.monotonic() - began:.0f} s")


if __name__ == "__main__":
    main()
