"""A classifier that exists as an ONNX file only, computed by ONNX Runtime: it has no gradients."""

from __future__ import annotations

from collections.abc import Collection
from copy import deepcopy
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor
from transformers import AutoConfig, AutoTokenizer

from weaklink.cache import digest_of_file, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import check_folder, loading
from weaklink.victims.local.checkpoint import (
    Loaded,
    digest_of_files,
    hushed,
    pad_token,
)
from weaklink.victims.local.formats import check_tokenizer
from weaklink.victims.local.source import Source

_USUAL = ("model.onnx", "onnx/model.onnx")


class OnnxModel(torch.nn.Module):
    """An ONNX file in the shape of a transformers model.

    Args:
        path: The file.
        config: Its transformers configuration.
    """

    def __init__(self, path: Path, config: Any) -> None:  # noqa: ANN401
        import onnxruntime

        super().__init__()
        self.config = config
        self.place = torch.nn.Parameter(torch.zeros(0), requires_grad=False)
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = torch.get_num_threads()
        options.log_severity_level = 3
        providers = ["CPUExecutionProvider"]
        self._session = onnxruntime.InferenceSession(path, options, providers=providers)
        self._named = {one.name for one in self._session.get_inputs()}
        self._output = self._session.get_outputs()[0].name

    @property
    def device(self) -> torch.device:
        """Where it computes: on the CPU."""
        return self.place.device

    def num_parameters(self) -> str:
        """Return "": the file does not tell."""
        return ""

    def get_input_embeddings(self) -> Any:  # noqa: ANN401
        """Refuse: what is inside of the file is out of reach.

        Raises:
            NotImplementedError: Always.
        """
        raise NotImplementedError("an ONNX file gives no gradients")

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        **_: bool,
    ) -> SimpleNamespace:
        """Return logits of shape (batch, labels) as ``logits``, whatever else is asked for."""
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        types = torch.zeros_like(input_ids) if token_type_ids is None else token_type_ids
        given = {"input_ids": input_ids, "attention_mask": mask, "token_type_ids": types}
        feed = {name: one.numpy() for name, one in given.items() if name in self._named}
        return SimpleNamespace(logits=torch.from_numpy(self._session.run([self._output], feed)[0]))


@dataclass(frozen=True, slots=True)
class OnnxCheckpoint:
    """An ONNX file before it is loaded.

    Attributes:
        source: Where its files are.
        config: Its transformers configuration.
        file: Its name in the source's folder.
    """

    source: Source
    config: Any
    file: str

    @classmethod
    def open(cls, source: Source, file: str) -> OnnxCheckpoint:
        """Fetch a model's files and read its configuration.

        Raises:
            WeaklinkError: ONNX Runtime is not installed, or the files cannot be read.
        """
        if find_spec("onnxruntime") is None:
            raise WeaklinkError(
                f"{source.name} is an ONNX file, and ONNX Runtime is not installed.",
                "Install it with `pip install 'weaklink[fast]'`.",
            )
        source.fetch_onnx(file)
        check_folder(source.folder, source.name)
        with loading(source.name, "Check that its files are complete."), hushed():
            return cls(source, AutoConfig.from_pretrained(source.folder), file)

    @property
    def tensors(self) -> None:
        """Not told by an ONNX file."""
        return

    @property
    def parameters(self) -> None:
        """Not told by an ONNX file."""
        return

    def load(self, **_: Any) -> Loaded:  # noqa: ANN401
        """Load it, in the precision that the file has.

        Raises:
            WeaklinkError: ONNX Runtime cannot load it.
        """
        with loading(self.source.name, "Check that its files are complete."), hushed():
            tokenizer = AutoTokenizer.from_pretrained(self.source.folder)
            model = OnnxModel(self.source.folder / self.file, deepcopy(self.config))
        check_tokenizer(self.source, tokenizer)
        return Loaded(model, tokenizer, frozenset(), pad_token(self.config, tokenizer))

    def fingerprint(self, settings: str) -> str:
        """Return the digest of ``settings`` and of all files that the answers depend on."""
        folder = (self.source.folder / self.file).parent
        stem = Path(self.file).name
        files = sorted(path for path in folder.iterdir() if path.name.startswith(stem))
        rest = [digest_of_files(self.source), *map(digest_of_file, files)]
        return digest_of_parts([settings, self.file, *rest])


def onnx_file(names: Collection[str]) -> str | None:
    """Return the ONNX file among a model's files: the one that is not quantized, if there is one.

    >>> onnx_file(["onnx/model_quantized.onnx", "onnx/model.onnx"])
    'onnx/model.onnx'
    """
    usual = [name for name in _USUAL if name in names]
    others = sorted(name for name in names if name.endswith(".onnx"))
    return next(iter((*usual, *others)), None)
