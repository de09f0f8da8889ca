"""The commands of the guide to defences do what it says, on a tiny model that learnt a word."""

import json
import re
import shlex
from pathlib import Path

import polars as pl
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from transformers import AutoModelForSequenceClassification

from tests.defences.conftest import NO_VECTORS, SYNONYMS, texts_of
from tests.victims.tiny import save_tiny, word_pieces
from weaklink.campaigns import AuditResult
from weaklink.defences import train
from weaklink.defences.detectors import fgws

PAGE = (Path(__file__).parents[3] / "docs" / "guides" / "defend.md").read_text("utf-8")
FEWER = {"200": "16", "pwws,textbugger": "textbugger"}
TINY = {
    "detect": ["--texts", "60"],
    "harden": ["--max-length", "32", "--epochs", "1"],
}
"""What a tiny model needs beyond what the page says."""


def commands():
    blocks = "\n".join(re.findall(r"```bash\n(.*?)```", PAGE, re.DOTALL))
    return [shlex.split(line) for line in blocks.replace("\\\n", " ").splitlines() if line]


@pytest.fixture
def defended(cli, monkeypatch):
    """Put the model and the texts into the folder, and return what runs a command."""
    folder = save_tiny(Path("my-model"))
    model = AutoModelForSequenceClassification.from_pretrained(folder)
    texts, gold = texts_of(0, 300, last=("bad", "good"))
    with torch.no_grad():
        inside = model.bert(**word_pieces()(texts, return_tensors="pt", padding=True))
        fit = LogisticRegression(C=1e4, max_iter=2000).fit(inside.pooler_output.numpy(), gold)
        half = torch.tensor(fit.coef_[0] / 2), torch.tensor(fit.intercept_[0] / 2)
        model.classifier.weight.copy_(torch.stack([-half[0], half[0]]))
        model.classifier.bias.copy_(torch.stack([-half[1], half[1]]))
    model.save_pretrained(folder)
    texts, gold = texts_of(1, 240, last=("bad", "good"))
    labels = [("negative", "positive")[one] for one in gold]
    pl.DataFrame({"text": texts, "label": labels}).write_csv("reviews.csv")
    monkeypatch.setattr(fgws, "synonyms_of", lambda _: lambda word: SYNONYMS.get(word, ()))
    monkeypatch.setattr(fgws, "vectors_of_words", lambda *_: NO_VECTORS)
    monkeypatch.setattr(train, "CALIBRATION", 20)
    monkeypatch.setattr(AuditResult, "write_report", lambda *_: None)

    def run(words):
        fewer = [FEWER.get(word, word) for word in words[1:]]
        more = TINY.get(words[1], []) if "eval" not in words else []
        return cli(*fewer, *more)

    return run


def test_the_commands_do_what_the_page_says(defended):
    ran = {}
    for command in commands():
        assert command[0] == "weaklink"
        ran[tuple(command)] = result = defended(command)
        assert result.status == 0, (command, result.err)
    said = [f"{one.out}\n{one.err}" for one in ran.values()]
    audit, _, _, evaluated, hardened, guarded, _, compared, _ = said
    assert "asr_valid" in audit
    assert {"fgws", "rde"} <= set(re.findall(r"^ *(\w+) ", evaluated, re.MULTILINE))
    assert "stored adversarial texts" in hardened
    assert "hardened" in guarded
    found = json.loads(Path("defended.json").read_text())
    assert {one["kind"] for one in found["defences"]} == {"guard", "hardened"}
    assert all(one["all"]["asr_all"] and one["all"]["asr_oblivious"] for one in found["defences"])
    assert "paired by sample" in compared
