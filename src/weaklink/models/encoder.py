"""Sentence embeddings for similarity, by sentence-transformers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from copy import deepcopy
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from weaklink.cache import digest_of_folder
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import check_folder, loading
from weaklink.models.files import find_model
from weaklink.models.runtimes import (
    MARGIN,
    BatchLayout,
    Chosen,
    Rows,
    Runtime,
    TorchNetwork,
    choose,
)
from weaklink.models.tokens import TokenIds
from weaklink.packaged import MINILM
from weaklink.quiet import no_bars, quiet

if TYPE_CHECKING:
    from typing import TypeAlias

    from sentence_transformers import SentenceTransformer
    from torch.nn import Module

    from weaklink.models.packaged_encoder import PackagedSentenceModel

    SentenceModel: TypeAlias = SentenceTransformer | PackagedSentenceModel

_MOST_NOISE = 2e-6
"""Noise provided for in torch, and the most that is provided for in another runtime.

Measured over batches of the packaged encoder: 3.1e-7 by torch, 4.4e-7 by OpenVINO.
"""

_LEAST_NOISE = 1e-6
"""Noise provided for in a runtime, however little was measured."""

DEFAULT_ENCODER = "all-MiniLM-L6-v2"
"""The packaged encoder (Wang et al. 2020, https://arxiv.org/abs/2002.10957)."""


_REMEDY = "Give a sentence-transformers model with safetensors weights."


class Encoder:
    """A sentence encoder that is asked in two steps, so that the engine can batch by length.

    Args:
        model: The sentence-transformers model in float32.
        name: How the user named it.
        digest: Digest of its files.
        coarse: The model again in bfloat16, for batches; None: they are computed in float32.

    Attributes:
        name: How the user named it.
        digest: Digest of its files, and its precision if that is not float32.
        cosine_noise: Noise provided for between a cosine and that of the same texts embedded alone
            by torch; 0 in bfloat16, whose cosines are left as computed.
    """

    def __init__(
        self,
        model: SentenceModel,
        name: str,
        digest: str,
        coarse: SentenceModel | None = None,
    ) -> None:
        self.name = name
        self.digest = digest
        self._model = model.eval()
        self._prompt = model.prompts.get(model.default_prompt_name or "") or ""
        self._ids = TokenIds(model.tokenizer, model.max_seq_length)
        self._exact = _network(model)
        self._coarse = None if coarse is None else _network(coarse.eval())
        self._use(Chosen(self._coarse or self._exact))

    def in_bf16(self) -> Encoder:
        """Return the encoder in bfloat16, for a search that is verified in float32."""
        coarse = deepcopy(self._model).bfloat16()
        return Encoder(self._model, self.name, f"{self.digest} in bf16", coarse)

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute batches, if its cosines between ``texts`` agree with torch's.

        In bfloat16, ``runtime`` computes in it, too, if its noise is of the size of torch's.

        Raises:
            WeaklinkError: The runtime is not installed, or not made for the encoder's device.
        """
        rows = self.encode(texts)
        most = _MOST_NOISE / MARGIN
        self._use(choose(runtime, self._exact, self.digest, rows, _noise, most, self._coarse))

    @property
    def on_gpu(self) -> bool:
        """Whether it computes on a GPU."""
        return self._exact.on_gpu

    def encode(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the token ids of every text, cut to the encoder's maximum length."""
        return self._ids([self._prompt + text for text in texts])

    def forward(self, batch: Sequence[tuple[int, ...]]) -> Rows:
        """Return embeddings of length 1, shape (batch, dimensions), in one pass of the encoder.

        Args:
            batch: Token ids from ``encode``, padded here to the longest of them.
        """
        return _normalised(self._network(batch))

    def exact(self, batch: Sequence[tuple[int, ...]]) -> Rows:
        """Return embeddings, shape (batch, dimensions), each as torch computes it alone."""
        return _normalised(self._exact.alone(batch))

    def _use(self, chosen: Chosen) -> None:
        self._network = chosen.network
        noise = chosen.noise(of_torch=_MOST_NOISE, least=_LEAST_NOISE)
        self.cosine_noise = 0.0 if self._coarse else noise


def _network(model: SentenceModel) -> TorchNetwork:
    return TorchNetwork(_embeddings(model), BatchLayout(model.tokenizer.pad_token_id))


def _embeddings(model: SentenceModel) -> Module:
    """Return the encoder as a function from ids and mask to embeddings."""
    import torch

    class Embeddings(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, ids: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
            features = {"input_ids": ids, "attention_mask": mask}
            return cast("torch.Tensor", self.model(features)["sentence_embedding"])

    return Embeddings()


def _normalised(rows: Rows) -> Rows:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12))


def _noise(exact: Rows, rows: Rows) -> float:
    """Return the greatest difference between cosines of the same two texts."""
    one, other = _normalised(exact), _normalised(rows)
    return float(np.abs(one @ one.T - other @ other.T).max())


def load_encoder(name: str = DEFAULT_ENCODER, device: str = "cpu") -> Encoder:
    """Return the packaged encoder, or the one that a folder or a Hub id (``id@revision``) names.

    Weights are safetensors only and no code of the model's own ever runs.

    Raises:
        WeaklinkError: It cannot be found, or needs its own code or pickled weights.
    """
    folder = _find(name)
    open_it = _open_packaged if name == DEFAULT_ENCODER else open_encoder
    model = open_it(folder, f"The encoder {name}", device)
    with loading(f"The encoder {name}", _REMEDY):
        encoder = Encoder(model, name, digest_of_folder(folder))
        encoder.exact(encoder.encode(["a good film"]))
    return encoder


def open_encoder(
    folder: Path, what: str, device: str, *, pickled: bool = False
) -> SentenceTransformer:
    """Load a sentence-transformers model; no code of its own ever runs.

    Args:
        folder: Its folder.
        what: The model, as the user knows it.
        device: Where it is to compute.
        pickled: Whether its weights may be pickles.

    Raises:
        WeaklinkError: It cannot be loaded, or needs its own code or pickled weights.
    """
    check_folder(folder, what, nested=True)
    _refuse_code_and_pickles(folder, pickled=pickled)
    from sentence_transformers import SentenceTransformer

    with loading(what, _REMEDY), quiet("transformers", "sentence_transformers"), no_bars():
        return SentenceTransformer(
            str(folder),
            device=device,
            trust_remote_code=False,
            local_files_only=True,
            model_kwargs={} if pickled else {"use_safetensors": True},
        )


def _open_packaged(folder: Path, what: str, device: str) -> PackagedSentenceModel:
    from weaklink.models.packaged_encoder import PackagedSentenceModel

    with loading(what, _REMEDY), quiet("transformers"), no_bars():
        return PackagedSentenceModel(folder, device)


def _find(name: str) -> Path:
    if name == DEFAULT_ENCODER:
        return MINILM.require(f"The encoder {name}")
    return find_model(name, "encoder")


def _refuse_code_and_pickles(folder: Path, *, pickled: bool) -> None:
    modules = folder / "modules.json"
    said = json.loads(modules.read_text("utf-8")) if modules.is_file() else []
    parts = [part if isinstance(part, dict) else {} for part in said or ()]
    kinds = [str(part.get("type")) for part in parts]
    foreign = [kind for kind in kinds if not kind.startswith("sentence_transformers.")]
    foreign += [
        path for part in parts if ".." in (path := str(part.get("path"))) or path[:1] == "/"
    ]
    pickles = [
        path
        for path in folder.rglob("pytorch_model*.bin")
        if not pickled and not any(path.parent.glob("*.safetensors"))
    ]
    if foreign or pickles:
        raise WeaklinkError(
            f"The encoder in {folder} needs {(foreign or [pickles[0].name])[0]}, "
            "which is its own code or a pickle.",
            "Give a sentence-transformers model with safetensors weights and no code.",
        )
