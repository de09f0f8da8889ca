"""The fused runtimes: each opens an exported network on the CPU, with torch's number of threads."""

from __future__ import annotations

import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch

from weaklink.models.runtimes.export import INPUTS, OUTPUT
from weaklink.models.runtimes.network import Ids, Precision, Rows, pad

_HINTS = {"float32": "f32", "bf16": "bf16"}


class OnnxNetwork:
    """A forward pass by ONNX Runtime (https://onnxruntime.ai).

    Its threads do not spin while they wait, since torch computes between its batches.

    Args:
        path: The exported network.
        filler: The token to pad with.
    """

    package = "onnxruntime"

    def __init__(self, path: Path, filler: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(path, options, providers=providers)
        self._filler = filler

    @property
    def name(self) -> str:
        """What computes it, with its version."""
        return f"{self.package} {version(self.package)}"

    def __call__(self, batch: Ids) -> Rows:
        """Return one row for each text, shape (batch, width)."""
        feed = dict(zip(INPUTS, pad(batch, self._filler), strict=True))
        return np.asarray(self._session.run([OUTPUT], feed)[0], dtype=np.float64)


class OpenVinoNetwork:
    """A forward pass by OpenVINO (https://docs.openvino.ai).

    It computes in float32, unless asked otherwise, also where the processor has bfloat16, which
    would be its own choice. The package that reports its imports over the network is kept from it.

    Args:
        path: The exported network.
        filler: The token to pad with.
        precision: What it multiplies in.
    """

    package = "openvino"

    def __init__(self, path: Path, filler: int, precision: Precision = "float32") -> None:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        import openvino

        settings = {
            "INFERENCE_PRECISION_HINT": _HINTS[precision],
            "INFERENCE_NUM_THREADS": torch.get_num_threads(),
            "PERFORMANCE_HINT": "LATENCY",
        }
        core = openvino.Core()
        compiled = core.compile_model(core.read_model(path), "CPU", settings)
        self._request = compiled.create_infer_request()
        self._filler = filler

    @property
    def name(self) -> str:
        """What computes it, with its version."""
        return f"{self.package} {version(self.package)}"

    def __call__(self, batch: Ids) -> Rows:
        """Return one row for each text, shape (batch, width)."""
        feed = dict(zip(INPUTS, pad(batch, self._filler), strict=True))
        return np.asarray(self._request.infer(feed)[OUTPUT], dtype=np.float64)
