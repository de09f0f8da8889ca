"""No folder of a model ends in a traceback, a hang, code that runs, or another model's name."""

import contextlib
import json
import os
import random
import shutil
import struct
from types import SimpleNamespace

import pytest
import torch
from safetensors.torch import load_file, save_file

from tests.victims.tiny import save_tiny
from weaklink.errors import WeaklinkError
from weaklink.models.encoder import load_encoder
from weaklink.models.language_model import load_language_model
from weaklink.victims import load_victim

from . import ROUNDS

JUNK = (
    None, True, -1, 0, 3, 7.5, 10**9, 10**30, float("nan"), "", "text", "../x", "owner/name", [],
    [1],
    ["a", 2], {}, {"a": 1}, [[]], "\x1b[31m", "\ud800",
)  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A classifier in two shards."""
    folder = tmp_path_factory.mktemp("model")
    save_tiny(folder)
    return folder


@pytest.fixture
def copy(whole, tmp_path):
    folder = tmp_path / "copy"
    shutil.copytree(whole, folder)
    return folder


def change(folder, name="config.json", **values):
    path = folder / name
    path.write_text(json.dumps(json.loads(path.read_text()) | values))


def refused(folder, match=None):
    with pytest.raises(WeaklinkError, match=match) as caught:
        load_victim(str(folder), device="cpu")
    return caught.value


@pytest.mark.parametrize("name", ["vocab.txt", "tokenizer.json", "model.safetensors", "extra.bin"])
@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_pipe_or_a_device_in_the_place_of_a_file_is_refused(name, make, copy):
    """A pipe is waited for, and the other is read until memory is full."""
    (copy / name).unlink(missing_ok=True)
    make(copy / name)
    refused(copy, f"{name} is not a file")


PATTERN = {"Regex": "(a+)+$"}
STEPS = {
    "pre_tokenizer": {
        "type": "Split", "pattern": PATTERN, "behavior": "Isolated", "invert": False
    },
    "normalizer": {"type": "Replace", "pattern": PATTERN, "content": "x"},
}  # fmt: skip


@pytest.mark.parametrize("step", STEPS)
def test_a_pattern_that_takes_too_many_steps_is_told(step, copy):
    """The library ends it after a while, by what is not an ``Exception``."""
    change(copy, "tokenizer.json", **{step: STEPS[step]})
    victim = load_victim(str(copy), device="cpu")
    assert victim.encode(["a good film"])
    with pytest.raises(WeaklinkError, match="gives up on a text"):
        victim.encode(["a" * 40 + "b"])


def test_python_without_docstrings_is_told(copy, monkeypatch):
    change(copy, hidden_size=7)
    without = SimpleNamespace(flags=SimpleNamespace(optimize=2))
    monkeypatch.setattr("weaklink.guards.model_folder.sys", without)
    refused(copy, "run Python without -OO")


def in_shards(folder, shard="shard.safetensors"):
    """Split the weights in two, the second of which stands at a path from the folder."""
    tensors = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    first = {name: one for i, (name, one) in enumerate(sorted(tensors.items())) if i % 2}
    second = {name: one for name, one in tensors.items() if name not in first}
    save_file(first, folder / "first.safetensors", {"format": "pt"})
    save_file(second, folder / shard, {"format": "pt"})
    places = dict.fromkeys(first, "first.safetensors") | dict.fromkeys(second, shard)
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"metadata": {"total_size": 1}, "weight_map": places}))


@pytest.mark.parametrize("field", ["attn_implementation", "_attn_implementation"])
@pytest.mark.parametrize("value", ["owner/kernel", {"": "owner/kernel"}, "flash|owner/kernel@main"])
def test_a_configuration_chooses_no_code_of_the_hub(field, value, copy):
    change(copy, **{field: value})
    refused(copy, "names code of the Hub")


def test_the_implementation_is_never_that_of_the_configuration(copy):
    change(copy, attn_implementation="flash_attention_2")
    victim = load_victim(str(copy), device="cpu")
    assert victim.network.module.model.config._attn_implementation == "sdpa"  # noqa: SLF001


def test_quantized_weights_and_adapters_are_refused(copy):
    change(copy, quantization_config={"quant_method": "fp8"})
    refused(copy, "quantized")
    change(copy, quantization_config=None)
    (copy / "adapter_config.json").write_text('{"base_model_name_or_path": "owner/base"}')
    refused(copy, "adapter")


class Code:
    """What a pickle may hold: code that runs when it is loaded."""

    def __reduce__(self):
        return print, ("this ran",)


def test_pickled_weights_run_no_code_unless_asked(copy, capsys):
    weights = load_file(copy / "model.safetensors")
    (copy / "model.safetensors").unlink()
    torch.save(weights | {"code": Code()}, copy / "pytorch_model.bin")
    error = refused(copy, "restricted loader refuses")
    assert "--allow-pickle" in error.remedy
    assert "this ran" not in capsys.readouterr().out
    load_victim(str(copy), device="cpu", allow_pickle=True)
    assert "this ran" in capsys.readouterr().out
    (copy / "pytorch_model.bin").write_bytes(b"no weights")
    refused(copy)


def test_weights_from_outside_of_the_folder_are_refused(copy):
    in_shards(copy, "../outside.safetensors")
    refused(copy, "leads out of the folder")


def test_the_fingerprint_sees_the_index_and_every_shard(copy, whole):
    in_shards(copy)
    sharded = load_victim(str(copy), device="cpu").fingerprint
    assert sharded != load_victim(str(whole), device="cpu").fingerprint
    index = copy / "model.safetensors.index.json"
    index.write_text(index.read_text() + " ")
    assert load_victim(str(copy), device="cpu").fingerprint != sharded


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"num_labels": 10**9}, "labels"),
        ({"id2label": {str(i): str(i) for i in range(20_000)}}, "labels"),
        ({"id2label": {"0": "x" * 10**6, "1": "y"}}, "characters"),
        ({"id2label": ["a", "b"]}, "id2label"),
        ({"num_hidden_layers": 10**6}, "num_hidden_layers"),
        ({"vocab_size": 10**12}, "vocab_size"),
        ({"vocab_size": 9_000_000}, "asks for"),
        ({"architectures": 7}, "architectures"),
    ],
)
def test_sizes_are_bounded_before_anything_is_made(values, reason, copy):
    change(copy, **values)
    refused(copy, reason)


def nan_weights(folder):
    tensors = load_file(folder / "model.safetensors")
    tensors["classifier.bias"] = torch.full_like(tensors["classifier.bias"], float("nan"))
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def header(change_header):
    def act(folder):
        path = folder / "model.safetensors"
        data = path.read_bytes()
        (size,) = struct.unpack("<Q", data[:8])
        said = json.loads(data[8 : 8 + size])
        new = json.dumps(change_header(said)).encode()
        path.write_bytes(struct.pack("<Q", len(new)) + new + data[8 + size :])

    return act


def overlapping(said):
    return {k: v | {"data_offsets": [0, 8]} if "data_offsets" in v else v for k, v in said.items()}


DAMAGE = {
    "weights are not finite": nan_weights,
    "offsets overlap": header(overlapping),
    "a header of numbers": header(lambda _: 7),
    "a header of lists": header(lambda said: [said]),
    "a tensor that is not an object": header(lambda said: said | {"x": 1}),
    "a tensor with an escape": header(lambda said: {f"\x1b[31m{k}": v for k, v in said.items()}),
    "a huge header": lambda f: (f / "model.safetensors").write_bytes(struct.pack("<Q", 2**62)),
    "an empty file of weights": lambda f: (f / "model.safetensors").write_bytes(b""),
    "an index without an object": lambda f: (f / "model.safetensors.index.json").write_text("[1]"),
    "a tokenizer that is not JSON": lambda f: (f / "tokenizer.json").write_text("{"),
    "a tokenizer of null": lambda f: (f / "tokenizer.json").write_text("null"),
    "a nested configuration": lambda f: (f / "config.json").write_text("[" * 10**5),
    "bytes for a configuration": lambda f: (f / "config.json").write_bytes(b"\xff\xfe{"),
    "a card that is not YAML": lambda f: (f / "README.md").write_bytes(b"---\n\x00: [\n---\n"),
}


def folder_in_place_of(name):
    def act(folder):
        (folder / name).unlink(missing_ok=True)
        (folder / name).mkdir()

    return act


for _name in ("config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"):
    DAMAGE[f"a folder in place of {_name}"] = folder_in_place_of(_name)


@pytest.mark.parametrize("damage", DAMAGE.values(), ids=DAMAGE.keys())
def test_damaged_files_are_told_of_or_do_no_harm(damage, copy):
    damage(copy)
    with contextlib.suppress(WeaklinkError):
        load_victim(str(copy), device="cpu")


@pytest.mark.parametrize("name", ["config.json", "tokenizer_config.json", "tokenizer.json"])
def test_any_value_in_the_place_of_another(name, copy):
    """Fuzzing: a field of a file is exchanged, removed or doubled, by a fixed seed."""
    random_ = random.Random(name)
    path = copy / name
    said = json.loads(path.read_text())
    for _ in range(40 * ROUNDS):
        key = random_.choice(sorted(said))
        path.write_text(json.dumps(said | {key: random_.choice(JUNK)}))
        with contextlib.suppress(WeaklinkError):
            load_victim(str(copy), device="cpu")


@pytest.mark.parametrize("load", [load_encoder, load_language_model])
@pytest.mark.parametrize(
    "modules", ["[1]", "null", "{}", '[{"type": "sentence_transformers.models.Transformer"}]', "{"]
)
def test_models_that_help_are_refused_alike(load, modules, copy):
    (copy / "modules.json").write_text(modules)
    change(copy, attn_implementation="owner/kernel")
    with pytest.raises(WeaklinkError):
        load(str(copy))
