"""Models in whatever files they come in: weights, tokenizers, classes of their own."""

import json
import warnings

import pytest
import sentencepiece
import torch
from safetensors.torch import load_file, save_file
from transformers import AutoModel

from tests.victims.pipeline.zoo import KINDS
from weaklink.errors import WeaklinkError
from weaklink.victims import Differentiable, load_victim
from weaklink.victims.local.head import stock_instead

TEXTS = ("a good film", "bad")


def load(folder):
    return load_victim(str(folder), device="cpu")


def rows(folder):
    victim = load(folder)
    return victim.forward(victim.encode(TEXTS))


@pytest.fixture
def tiny(tmp_path):
    KINDS["BERT"].save(tmp_path)
    return tmp_path


@pytest.fixture
def taken(tiny):
    """A model whose safetensors weights were taken away: its folder, they, and its answers."""
    answers, path = rows(tiny), tiny / "model.safetensors"
    weights = load_file(path)
    path.unlink()
    return tiny, weights, answers


def test_pickled_weights_are_loaded_by_the_restricted_loader(taken):
    folder, weights, answers = taken
    torch.save(weights, folder / "pytorch_model.bin")
    assert (rows(folder) == answers).all()


def test_pickled_weights_in_shards_are_loaded(taken):
    folder, weights, answers = taken
    names = sorted(weights)
    places = {}
    for number, part in enumerate((names[::2], names[1::2]), 1):
        file = f"pytorch_model-0000{number}-of-00002.bin"
        torch.save({name: weights[name] for name in part}, folder / file)
        places |= dict.fromkeys(part, file)
    index = {"metadata": {"total_size": 1}, "weight_map": places}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))
    assert (rows(folder) == answers).all()


def test_weights_with_a_variant_in_their_name_are_loaded(taken):
    folder, weights, answers = taken
    save_file(weights, folder / "model.fp16.safetensors", {"format": "pt"})
    assert (rows(folder) == answers).all()


class OnlyLogits(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask):
        return self.model(input_ids=input_ids, attention_mask=attention_mask).logits


@pytest.mark.parametrize("place", ["model.onnx", "onnx/model.onnx"])
def test_an_onnx_file_alone_is_a_black_box(place, tiny, tmp_path):
    answers, path = rows(tiny), tmp_path / place
    path.parent.mkdir(exist_ok=True)
    ids = torch.ones(2, 5, dtype=torch.int64)
    names = ["input_ids", "attention_mask"]
    with warnings.catch_warnings(action="ignore"):
        torch.onnx.export(
            OnlyLogits(load(tiny).network.module.model), (ids, ids), path, dynamo=False,
            input_names=names, output_names=["logits"],
            dynamic_axes={name: {0: "batch", 1: "length"} for name in names},
        )  # fmt: skip
    (tiny / "model.safetensors").unlink()
    assert (rows(tiny) == answers).all()
    victim = load(tiny)
    assert not isinstance(victim, Differentiable)
    assert "ONNX" in victim.details["no_gradients"]
    victim.run_on("openvino", TEXTS)
    assert victim.details["runtime"].startswith("onnxruntime")
    with pytest.raises(WeaklinkError, match="does not show its last layer"):
        victim.seen(victim.encode(["a film"]))
    before = victim.fingerprint
    path.write_bytes(path.read_bytes() + b"\x12\x00")
    assert load(tiny).fingerprint != before


def test_weights_of_other_libraries_are_named(taken):
    folder, _, _ = taken
    (folder / "tf_model.h5").write_bytes(b"")
    with pytest.raises(WeaklinkError, match="only for TensorFlow"):
        load(folder)


def test_a_setfit_model_is_no_bare_encoder(tiny):
    AutoModel.from_pretrained(tiny).save_pretrained(tiny)
    (tiny / "model_head.pkl").write_bytes(b"")
    with pytest.raises(WeaklinkError, match="is a SetFit model") as caught:
        load(tiny)
    assert "bare encoder" not in caught.value.problem
    assert "--allow-pickle" in caught.value.remedy


def test_quantized_weights_are_told(tiny):
    config = json.loads((tiny / "config.json").read_text())
    config["quantization_config"] = {"quant_method": "gptq", "bits": 4}
    (tiny / "config.json").write_text(json.dumps(config))
    with pytest.raises(WeaklinkError, match="'gptq'.*give the model that it was quantized from"):
        load(tiny)


def test_a_model_without_a_tokenizer_is_refused(tiny):
    for path in tiny.glob("tokenizer*"):
        path.unlink()
    with pytest.raises(WeaklinkError, match="has no tokenizer"):
        load(tiny)


def test_a_tokenizer_in_python_alone_is_read(tmp_path):
    KINDS["RoBERTa"].save(tmp_path, tokenizer_class="BertweetTokenizer")
    for path in tmp_path.glob("tokenizer*"):
        path.unlink()
    (tmp_path / "vocab.txt").write_text("good 9\nfilm 5\nba@@ 2\nd 1\n")
    (tmp_path / "bpe.codes").write_text("g o 9\no d</w> 9\ngo od</w> 9\nf i 5\n")
    victim = load(tmp_path)
    (read,) = victim.encode(["good good bad"])
    assert read[1] == read[2] != read[3]
    (tmp_path / "bpe.codes").write_text("g o 9\n")
    assert load(tmp_path).fingerprint != victim.fingerprint


def test_sentencepiece_without_a_fast_file_is_read(tmp_path):
    KINDS["XLM-RoBERTa"].save(tmp_path)
    for path in tmp_path.glob("tokenizer*"):
        path.unlink()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(["a good film", "the film is bad"] * 9), vocab_size=19,
        model_prefix=str(tmp_path / "sentencepiece.bpe"), minloglevel=2,
    )  # fmt: skip
    (read,) = load(tmp_path).encode(["film film"])
    assert read[1:-1][: len(read) // 2 - 1] == read[1:-1][len(read) // 2 - 1 :]


def test_a_class_of_its_own_that_runs_as_another_is_told(tiny):
    config = json.loads((tiny / "config.json").read_text())
    assert "made_for" not in load(tiny).details
    own = {"architectures": ["OwnBertForSequenceClassification"]}
    own |= {"auto_map": {"AutoModelForSequenceClassification": "own.OwnBert"}}
    (tiny / "config.json").write_text(json.dumps(config | own))
    told = load(tiny).details["made_for"]
    assert told == "OwnBertForSequenceClassification, own.OwnBert"


def test_code_of_its_own_that_runs_is_not_told():
    own = type("OwnBert", (torch.nn.Module,), {})
    assert stock_instead({}, own()) == ""
