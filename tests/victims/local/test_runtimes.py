"""Victims computed by a fused runtime: they must answer as torch does, bit for bit."""

import subprocess
import sys
import warnings
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from tests.victims.conformance import TEXTS, check_victim
from tests.victims.tiny import ARCHITECTURES, WORDS, save_tiny
from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import BatchLayout, RuntimeFallback, TorchNetwork, choose, fused
from weaklink.models.runtimes.fused import OnnxNetwork, OpenVinoNetwork
from weaklink.victims import load_victim
from weaklink.victims.local import transformers
from weaklink.victims.local.stable import noise

FUSED = {"onnx": "onnxruntime", "openvino": "openvino"}
SAMPLES = [*TEXTS, *(" ".join(WORDS[i:]) for i in range(len(WORDS)))]


@pytest.fixture(autouse=True)
def any_work_is_worth_a_probe(monkeypatch):
    monkeypatch.setattr("weaklink.models.runtimes.choice.WORTHWHILE", 1)


@pytest.fixture(autouse=True)
def nothing_is_remembered(monkeypatch):
    monkeypatch.setattr("weaklink.models.runtimes.choice.recall", lambda *_: None)


def many_texts(count):
    draw = np.random.default_rng(0)
    return [" ".join(draw.choice(WORDS, size=draw.integers(1, 29))) for _ in range(count)]


def each_exact(victim, texts):
    return [victim.exact([item])[0] for item in victim.encode(texts)]


@pytest.mark.parametrize("runtime", FUSED)
@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_a_victim_on_a_fused_runtime_holds_to_the_rules_and_answers_as_torch(
    architecture, runtime, tmp_path
):
    name = save_tiny(tmp_path, architecture)
    torch_victim, victim = (load_victim(name, device="cpu") for _ in range(2))
    victim.run_on(runtime, SAMPLES)
    assert victim.details["runtime"].startswith(FUSED[runtime])
    assert victim.fingerprint == torch_victim.fingerprint
    check_victim(victim)
    texts = many_texts(64)
    rows = victim.forward(victim.encode(texts))
    np.testing.assert_array_equal(rows, torch_victim.forward(torch_victim.encode(texts)))
    np.testing.assert_array_equal(rows, each_exact(victim, texts))


@pytest.fixture
def noisy(monkeypatch):
    """A fused runtime that adds to torch's logits what a test wants it to."""
    added = {"noise": 0.0}

    class Noisy(OnnxNetwork):
        def __call__(self, batch):
            rows = super().__call__(batch)
            signs = np.array([[1 if sum(ids) % 2 else -1] for ids in batch])
            return rows + added["noise"] * signs * np.array([[1.0, -1.0]])

    monkeypatch.setattr("weaklink.models.runtimes.fused.OnnxNetwork", Noisy)
    return added


@pytest.mark.parametrize(("added", "provided"), [(0.0, 3e-6), (3e-6, 9e-6)])
def test_rows_are_settled_by_the_noise_that_was_measured(added, provided, noisy, tmp_path):
    victim = load_victim(save_tiny(tmp_path), device="cpu")
    assert victim.tolerance == 5e-6
    noisy["noise"] = added
    victim.run_on("onnx", SAMPLES)
    assert victim.tolerance == pytest.approx(provided, abs=1.5e-6)
    victim.run_on("torch", SAMPLES)
    assert victim.tolerance == 5e-6


@pytest.mark.parametrize("added", [4e-6, 1.2e-5])
def test_noise_as_great_as_measured_changes_no_bit(added, noisy, tmp_path):
    name = save_tiny(tmp_path)
    torch_victim, victim = (load_victim(name, device="cpu") for _ in range(2))
    noisy["noise"] = added
    victim.run_on("onnx", SAMPLES)
    assert victim.details["runtime"].startswith("onnxruntime")
    texts = many_texts(150)
    rows = victim.forward(victim.encode(texts))
    np.testing.assert_array_equal(rows, each_exact(torch_victim, texts))


def test_a_runtime_that_differs_on_the_samples_is_not_used(noisy, tmp_path):
    victim = load_victim(save_tiny(tmp_path), device="cpu")
    noisy["noise"] = 1e-4
    with pytest.warns(RuntimeFallback, match=r"onnx differs from torch by .*e-0"):
        victim.run_on("onnx", SAMPLES)
    assert victim.details["runtime"].startswith("torch")


def test_a_runtime_that_differs_later_is_left_and_the_batch_computed_by_torch(noisy, tmp_path):
    name = save_tiny(tmp_path)
    torch_victim, victim = (load_victim(name, device="cpu") for _ in range(2))
    victim.run_on("onnx", SAMPLES)
    noisy["noise"] = 2e-4
    texts = many_texts(150)
    with pytest.warns(RuntimeFallback, match="torch takes over"):
        rows = victim.forward(victim.encode(texts))
    np.testing.assert_array_equal(rows, each_exact(torch_victim, texts))
    assert victim.details["runtime"].startswith("torch")


def test_a_model_that_does_not_export_stays_with_torch(tmp_path, monkeypatch):
    def refuse(*_, **__):
        raise RuntimeError("no such operator\nand a long trace")

    monkeypatch.setattr(torch.onnx, "export", refuse)
    victim = load_victim(save_tiny(tmp_path, num_hidden_layers=1), device="cpu")
    with pytest.warns(RuntimeFallback, match=r"onnx cannot take this model \(no such operator\),"):
        victim.run_on("onnx", SAMPLES)
    assert victim.details["runtime"].startswith("torch")
    check_victim(victim)


def test_auto_takes_what_is_fastest(tmp_path, monkeypatch):
    clock = {"now": 0.0}
    seconds = {"torch": 3.0, "onnxruntime": 2.0, "openvino": 1.0}

    def slow(kind, of):
        original = kind.__call__

        def call(self, batch):
            clock["now"] += seconds[of]
            return original(self, batch)

        monkeypatch.setattr(kind, "__call__", call)

    slow(OnnxNetwork, "onnxruntime")
    slow(OpenVinoNetwork, "openvino")
    slow(transformers.TorchNetwork, "torch")
    still = SimpleNamespace(perf_counter=lambda: clock["now"])
    monkeypatch.setattr("weaklink.models.runtimes.choice.time", still)
    name = save_tiny(tmp_path)
    for fastest in ("openvino", "onnxruntime", "torch"):
        victim = load_victim(name, device="cpu")
        victim.run_on("auto", SAMPLES)
        assert victim.details["runtime"].startswith(fastest)
        seconds[fastest] = 4.0


SEVEN_WORDS = [" ".join(WORDS[i : i + 7]) for i in range(3)]


@pytest.mark.parametrize(
    ("texts", "tried"),
    [(SEVEN_WORDS[:2] * 2, False), (SEVEN_WORDS, True), ([" ".join(SEVEN_WORDS[:2])], True)],
)
def test_auto_tries_runtimes_on_enough_work_be_it_many_texts_or_long_ones(
    texts, tried, tmp_path, monkeypatch
):
    opened = []
    monkeypatch.setattr("weaklink.models.runtimes.choice.WORTHWHILE", 3 * (7 + 2) ** 2)
    monkeypatch.setattr("weaklink.models.runtimes.export.exported", lambda *_: opened.append("one"))
    victim = load_victim(save_tiny(tmp_path), device="cpu")
    with warnings.catch_warnings(action="ignore"):
        victim.run_on("auto", texts)
    assert bool(opened) == tried
    assert victim.details["runtime"].startswith("torch")


def test_auto_stays_with_torch_where_nothing_else_is_installed(tmp_path, monkeypatch):
    victim = load_victim(save_tiny(tmp_path), device="cpu")
    monkeypatch.setattr("weaklink.models.runtimes.choice.find_spec", lambda _: None)
    with warnings.catch_warnings(action="error"):
        victim.run_on("auto", SAMPLES)
    assert victim.details["runtime"].startswith("torch")
    with pytest.raises(WeaklinkError, match="needs onnx and onnxruntime") as caught:
        victim.run_on("onnx", SAMPLES)
    assert "weaklink[fast]" in caught.value.remedy


def test_a_fused_runtime_is_refused_for_a_model_on_another_device():
    network = TorchNetwork(torch.nn.Linear(1, 1, device="meta"), BatchLayout(0))
    given = (network, "key", [[1] * 99], noise, 1.0)
    assert choose("auto", *given).network is network
    with pytest.raises(WeaklinkError, match="the model is on meta"):
        choose("openvino", *given)


def test_a_model_whose_texts_do_not_share_a_pass_stays_with_torch():
    network = TorchNetwork(torch.nn.Linear(1, 1), BatchLayout(0, left=True))
    given = (network, "key", [[1] * 99], noise, 1.0)
    assert choose("auto", *given).network is network
    with pytest.warns(RuntimeFallback, match="do not share a pass"):
        assert choose("onnx", *given).network is network


def test_openvino_reports_nothing(tmp_path):
    program = f"""
import socket, sys
def refuse(*_): raise SystemExit("the network was asked for")
socket.socket.connect = socket.getaddrinfo = refuse
from weaklink.victims import load_victim
victim = load_victim({save_tiny(tmp_path)!r}, device="cpu")
victim.run_on("openvino", ["good film", "bad"])
assert victim.details["runtime"].startswith("openvino")
assert sys.modules["openvino_telemetry"] is None
"""
    subprocess.run([sys.executable, "-W", "error::UserWarning", "-c", program], check=True)


def test_in_bf16_exact_rows_are_float32(tmp_path):
    name = save_tiny(tmp_path)
    victim = load_victim(name, device="cpu", precision="bf16")
    exact = load_victim(name, device="cpu")
    np.testing.assert_array_equal(victim.exact(victim.encode(SAMPLES)), each_exact(exact, SAMPLES))
    assert (victim.forward(victim.encode(SAMPLES)) != exact.forward(exact.encode(SAMPLES))).any()


def test_in_bf16_onnx_runtime_is_not_tried(tmp_path):
    victim = load_victim(save_tiny(tmp_path), device="cpu", precision="bf16")
    victim.run_on("onnx", SAMPLES)
    assert victim.details["runtime"].startswith("torch")


def test_in_bf16_openvino_computes_about_what_float32_does(tmp_path):
    name = save_tiny(tmp_path)
    victim = load_victim(name, device="cpu", precision="bf16")
    victim.run_on("openvino", SAMPLES)
    assert victim.details["runtime"].startswith("openvino")
    exact = load_victim(name, device="cpu")
    rows = exact.forward(exact.encode(SAMPLES))
    np.testing.assert_allclose(victim.forward(victim.encode(SAMPLES)), rows, atol=0.02)
    np.testing.assert_array_equal(victim.exact(victim.encode(SAMPLES)), each_exact(exact, SAMPLES))


def test_in_bf16_a_runtime_much_coarser_than_torch_is_not_used(noisy, tmp_path, monkeypatch):
    victim = load_victim(save_tiny(tmp_path), device="cpu", precision="bf16")

    class Coarser(OpenVinoNetwork):
        def __call__(self, batch):
            return super().__call__(batch) + 0.5 * np.array([[1.0, -1.0]])

    monkeypatch.setattr(fused, "OpenVinoNetwork", Coarser)
    with pytest.warns(RuntimeFallback, match=r"openvino differs from torch by .*over the bound"):
        victim.run_on("openvino", SAMPLES)
    assert victim.details["runtime"].startswith("torch")
