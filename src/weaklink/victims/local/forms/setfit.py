"""A SetFit model: a sentence encoder, and a logistic regression that is pickled beside it.

Tunstall et al. 2022, Efficient Few-Shot Learning Without Prompts, https://arxiv.org/abs/2209.11055.
"""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn.functional import normalize

from weaklink.cache import digest_of_file, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import loading
from weaklink.models.encoder import open_encoder
from weaklink.victims.local.checkpoint import Loaded, pad_token
from weaklink.victims.local.source import Source

HEAD = "model_head.pkl"
_SETTINGS = "config_setfit.json"
_DECISIVE = ("*.json", "*.safetensors", "pytorch_model*.bin", "vocab.*", "merges.txt", "*.model")


class SetFitModel(torch.nn.Module):
    """A sentence encoder and a linear head in the shape of a transformers classifier.

    Args:
        body: The sentence-transformers model.
        head: From embeddings to logits.
        config: Its transformers configuration.
        normalized: Whether the head is given embeddings of length 1.
    """

    def __init__(
        self,
        body: Any,  # noqa: ANN401 - of sentence-transformers
        head: torch.nn.Linear,
        config: Any,  # noqa: ANN401
        *,
        normalized: bool,
    ) -> None:
        super().__init__()
        self.body, self.head, self.config = body, head, config
        self._normalized = normalized

    @property
    def device(self) -> torch.device:
        """Where it computes."""
        return self.head.weight.device

    def num_parameters(self) -> int:
        """Return how many numbers its weights are."""
        return sum(one.numel() for one in self.parameters())

    def get_input_embeddings(self) -> Any:  # noqa: ANN401
        """Return the encoder's table of tokens."""
        return self.body[0].auto_model.get_input_embeddings()

    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor,
        token_type_ids: Tensor | None = None,
        *,
        output_hidden_states: bool = False,
    ) -> SimpleNamespace:
        """Return logits of shape (batch, labels) as ``logits``."""
        given = {"input_ids": input_ids, "attention_mask": attention_mask}
        if token_type_ids is not None:
            given["token_type_ids"] = token_type_ids
        seen = self.body(given)
        embedded = seen["sentence_embedding"]
        logits = self.head(normalize(embedded) if self._normalized else embedded)
        hidden = (seen["token_embeddings"],) if output_hidden_states else ()
        return SimpleNamespace(logits=logits, hidden_states=hidden)


@dataclass(frozen=True, slots=True)
class SetFitCheckpoint:
    """A SetFit model before its encoder is loaded.

    Attributes:
        source: Where its files are.
        config: The encoder's configuration, with the labels of the head.
        weights: Of the head, shape (labels, dimensions).
        bias: Of the head, shape (labels,).
        normalized: Whether the head is given embeddings of length 1.
    """

    source: Source
    config: Any
    weights: Tensor
    bias: Tensor
    normalized: bool

    @classmethod
    def open(cls, source: Source, config: Any, *, allow_pickle: bool) -> SetFitCheckpoint:  # noqa: ANN401
        """Fetch a model's files and read its head.

        Raises:
            WeaklinkError: ``allow_pickle`` is not set, or the head is not a logistic regression.
        """
        if not allow_pickle:
            raise WeaklinkError(
                f"{source.name} is a SetFit model, whose head is pickled ({HEAD}). Loading it can "
                "run code.",
                "Pass --allow-pickle if you trust its author.",
            )
        source.fetch_nested(HEAD)
        remedy = "Fetch or save the model again, with the version of scikit-learn installed here."
        with loading(f"The head of {source.name}", remedy):
            import joblib

            head = joblib.load(source.folder / HEAD)
            path = source.folder / _SETTINGS
            said = json.loads(path.read_text("utf-8")) if path.is_file() else {}
            weights, bias = _softmax_of(source, head)
        labels = _labels(head, said.get("labels"))
        config = deepcopy(config)
        config.architectures = config.problem_type = None
        config.id2label = dict(enumerate(labels))
        config.label2id = {name: place for place, name in enumerate(labels)}
        return cls(source, config, weights, bias, bool(said.get("normalize_embeddings")))

    @property
    def tensors(self) -> None:
        """Not told: the head is not a tensor of the encoder's weights."""
        return

    @property
    def parameters(self) -> None:
        """Not told."""
        return

    def load(self, *, dtype: torch.dtype = torch.float32, **_: Any) -> Loaded:  # noqa: ANN401
        """Load the encoder, and put the head on it.

        Raises:
            WeaklinkError: It cannot be loaded, or changes texts before it reads them.
        """
        name = self.source.name
        body = open_encoder(self.source.folder, name, "cpu", pickled=True)
        if body.default_prompt_name or getattr(body[0], "do_lower_case", False):
            raise WeaklinkError(
                f"{name} has an encoder that changes texts (a prompt, or lower case).",
                "Give a Python function that returns predict_proba of its model.",
            )
        head = torch.nn.Linear(self.weights.shape[1], self.weights.shape[0])
        head.weight.data, head.bias.data = self.weights.clone(), self.bias.clone()
        tokenizer = body.tokenizer
        if body.max_seq_length is not None:
            tokenizer.model_max_length = body.max_seq_length
        config = deepcopy(self.config)
        model = SetFitModel(body, head, config, normalized=self.normalized).to(dtype)
        return Loaded(model, tokenizer, frozenset(), pad_token(config, tokenizer))

    def fingerprint(self, settings: str) -> str:
        """Return the digest of ``settings`` and of all files that the answers depend on."""
        folder = self.source.folder
        found = {path for pattern in _DECISIVE for path in folder.rglob(pattern)} | {folder / HEAD}
        parts = [(path.relative_to(folder).as_posix(), digest_of_file(path)) for path in found]
        return digest_of_parts([settings, *(one for part in sorted(parts) for one in part)])


def _softmax_of(source: Source, head: Any) -> tuple[Tensor, Tensor]:  # noqa: ANN401
    """Return weights and bias whose softmax is the head's ``predict_proba``.

    Raises:
        WeaklinkError: It is not a logistic regression, or one whose labels do not share a softmax.
    """
    kind = type(head).__name__
    apart = getattr(head, "multi_class", "") == "ovr" or getattr(head, "solver", "") == "liblinear"
    weights, bias = (np.asarray(getattr(head, name, ())) for name in ("coef_", "intercept_"))
    if kind != "LogisticRegression" or (apart and len(weights) > 1) or not len(weights):
        raise WeaklinkError(
            f"{source.name} has the head {kind}, and weaklink reads logistic regressions of labels "
            "that exclude each other.",
            "Give a Python function that returns predict_proba of its model.",
        )
    if len(weights) == 1:
        weights, bias = np.vstack([0 * weights, weights]), np.hstack([0 * bias, bias])
    return torch.tensor(weights, dtype=torch.float32), torch.tensor(bias, dtype=torch.float32)


def _labels(head: Any, named: object) -> list[str]:  # noqa: ANN401
    """Return the names of a head's classes: by the settings, or as it has them."""
    classes = [one.item() if hasattr(one, "item") else one for one in head.classes_]
    if isinstance(named, list) and classes == [*range(len(named))]:
        return [str(name) for name in named]
    return [f"LABEL_{one}" if isinstance(one, int) else str(one) for one in classes]
