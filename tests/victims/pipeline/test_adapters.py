"""LoRA adapters, with the base that they name."""

import json
import warnings

import numpy as np
import pytest
import torch
from peft import LoraConfig, get_peft_model
from scipy.special import softmax
from transformers import AutoModel, AutoModelForSequenceClassification, AutoTokenizer

from tests.victims.pipeline.zoo import KINDS
from weaklink.errors import WeaklinkError
from weaklink.victims import Differentiable, load_victim
from weaklink.victims.local import source as sources

TEXTS = ("a good film", "the plot is bad")


@pytest.fixture
def adapter(tmp_path):
    """An adapter of a bare encoder, with a head of three labels, and what both together answer."""
    base, folder = tmp_path / "base", tmp_path / "adapter"
    KINDS["BERT"].save(base)
    AutoModel.from_pretrained(base).save_pretrained(base)
    torch.manual_seed(0)
    names = {i: f"LABEL_{i}" for i in range(3)}
    model = AutoModelForSequenceClassification.from_pretrained(base, id2label=names)
    settings = LoraConfig(
        task_type="SEQ_CLS", r=2, target_modules=["query"], modules_to_save=["classifier"],
        init_lora_weights=False,
    )  # fmt: skip
    with warnings.catch_warnings(action="ignore", category=FutureWarning):
        adapted = get_peft_model(model, settings).eval()
    adapted.save_pretrained(folder)
    tokenizer = AutoTokenizer.from_pretrained(base)
    with torch.no_grad():
        logits = [adapted(**tokenizer(text, return_tensors="pt")).logits[0] for text in TEXTS]
    return folder, softmax(np.array(logits), axis=1)


def load(folder):
    return load_victim(str(folder), device="cpu")


def change(folder, **values):
    path = folder / "adapter_config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def test_an_adapter_answers_with_its_base(adapter):
    folder, expected = adapter
    victim = load(folder)
    np.testing.assert_allclose(victim.forward(victim.encode(TEXTS)), expected, atol=5e-4)
    assert victim.labels == ("LABEL_0", "LABEL_1", "LABEL_2")
    assert victim.details["base"].endswith("base")
    assert isinstance(victim, Differentiable)
    with (folder.parent / "base" / "config.json").open("a") as file:
        file.write(" ")
    assert load(folder).fingerprint != victim.fingerprint


def test_settings_that_name_modules_are_not_read(adapter):
    folder, expected = adapter
    change(folder, megatron_config={"a": 1}, megatron_core="antigravity", auto_mapping={"x": "y"})
    victim = load(folder)
    np.testing.assert_allclose(victim.forward(victim.encode(TEXTS)), expected, atol=5e-4)


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"peft_type": "IA3"}, "is not a LoRA adapter, but 'IA3'"),
        ({"base_model_name_or_path": None}, "names no base"),
        ({"r": 3}, "cannot be loaded"),
        ({"modules_to_save": None}, "cannot be loaded"),
    ],
)
def test_what_is_no_adapter_of_its_base_is_told(values, problem, adapter):
    change(adapter[0], **values)
    with pytest.raises(WeaklinkError, match=problem):
        load(adapter[0])


def test_an_adapter_from_the_hub_names_no_local_folder(adapter, monkeypatch):
    path = str(adapter[0] / "adapter_config.json")
    monkeypatch.setattr(sources, "hf_hub_download", lambda *_, **__: path)
    monkeypatch.setattr(sources, "snapshot_download", lambda *_, **__: None)
    with pytest.raises(WeaklinkError, match="names a base that is not a model on the Hub"):
        load("owner/adapter")
