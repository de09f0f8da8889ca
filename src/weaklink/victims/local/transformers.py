"""A transformers sequence classifier as a victim."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property
from importlib.metadata import version
from typing import Any, TypeAlias, cast

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.special import softmax

from weaklink.guards.model_folder import loading
from weaklink.models.runtimes import (
    Chosen,
    Ids,
    Precision,
    Runtime,
    RuntimeFallback,
    TorchNetwork,
    carries_types,
    choose,
)
from weaklink.victims.local.checkpoint import (
    ClassifierCheckpoint,
    declared_languages,
    pick_device,
    reading_length,
)
from weaklink.victims.local.formats import NoTorchWeightsError
from weaklink.victims.local.forms.adapter import AdaptedCheckpoint
from weaklink.victims.local.forms.onnx import OnnxCheckpoint, OnnxModel, onnx_file
from weaklink.victims.local.forms.setfit import HEAD, SetFitCheckpoint, SetFitModel
from weaklink.victims.local.gradients import first_order, no_gradients
from weaklink.victims.local.head import bare, require_head, stock_instead
from weaklink.victims.local.layout import as_a_pipeline
from weaklink.victims.local.logits import LogitsAndFeatures
from weaklink.victims.local.outputs import outputs_of
from weaklink.victims.local.reader import Reader
from weaklink.victims.local.source import Source
from weaklink.victims.local.stable import (
    LEAST_NOISE,
    MOST_NOISE,
    TOLERANCE,
    noise,
    settle,
)
from weaklink.victims.protocol import Encoded, FirstOrder, Floats, Gradient

_Checkpoint: TypeAlias = (
    ClassifierCheckpoint | AdaptedCheckpoint | OnnxCheckpoint | SetFitCheckpoint
)
"""A model before its weights are loaded."""
_ANSWERS = {"float32": "float32", "bf16": "bf16, verified in float32"}


class TransformersVictim:
    """A sequence classifier with its tokenizer.

    In float32 its rows depend neither on the batch nor on the runtime that computes them (see
    ``weaklink.victims.local.stable``). In bf16 the noise of padding is greater than any useful
    grid, so rows are left as computed, and an outcome that hangs on a narrow margin may depend on
    how the engine scheduled it, and on the runtime. What ``exact`` and ``gradients`` say is torch's
    in float32, and each answer of ``exact`` independent of the others.

    Args:
        name: How the user named it.
        fingerprint: Digest of everything that its answers depend on.
        labels: The names of its labels.
        network: The model in float32, in evaluation mode, on its device.
        reader: Its tokenizer and maximum length.
        details: What it is and how it runs, for people.
        languages: ISO codes of the languages that its card declares.
        coarse: The model again in bfloat16, for batches; None: they are computed in float32.

    Attributes:
        network: See the arguments.
        reader: See the arguments.
        tolerance: Noise provided for, in the unit of ``stable.TOLERANCE``.
    """

    def __init__(
        self,
        name: str,
        fingerprint: str,
        labels: tuple[str, ...],
        network: TorchNetwork,
        reader: Reader,
        details: dict[str, str],
        languages: tuple[str, ...] = (),
        coarse: TorchNetwork | None = None,
    ) -> None:
        self.name = name
        self.fingerprint = fingerprint
        self.languages = languages
        self.labels = labels
        self.reader = reader
        self.details = details
        self.network = network
        self._coarse = coarse
        self._use(Chosen(self._coarse or self.network))

    @property
    def unknown(self) -> str:
        """A word that the tokenizer reads as unknown."""
        return self.reader.unknown

    @property
    def reads_pairs(self) -> bool:
        """Whether it can be given pairs of texts."""
        return not self.no_pairs

    @property
    def no_pairs(self) -> str:
        """Why it cannot be given pairs; "" if it can."""
        if isinstance(self.network.module.model, SetFitModel):
            return "a SetFit model encodes one text"
        return "" if self.reader.reads_pairs else "its tokenizer does not tell where tokens are"

    @property
    def special_tokens(self) -> tuple[str, ...]:
        """Special tokens that it reads as such where a text holds them."""
        return self.reader.special_tokens

    def encode(self, texts: Sequence[str]) -> list[Encoded]:
        """Return the token ids of each text, cut to the maximum length."""
        return list(self.reader.encode(texts))

    def forward(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels), padded no further than the longest."""
        return np.stack([*self.start(batch)])

    @property
    def on_gpu(self) -> bool:
        """Whether it computes on a GPU, which the processor need not wait for."""
        return self.network.on_gpu

    def start(self, batch: Sequence[Encoded]) -> Iterable[Floats]:
        """Begin what ``forward`` does; the rows are waited for when the first is read."""
        network, ids = self._chosen.network, cast("Ids", batch)
        if not isinstance(network, TorchNetwork) and carries_types(ids):
            network = self._coarse or self.network
        if isinstance(network, TorchNetwork):
            return self._ended(network.start(ids), batch)
        rows = network(ids)
        return self._ended(lambda: rows, batch)

    def _ended(self, read: Callable[[], Floats], batch: Sequence[Encoded]) -> Iterator[Floats]:
        logits = self._finite(read())
        if self._coarse:
            yield from _probabilities(logits)
            return
        rows, found = self._settled(logits, batch, self.tolerance)
        if self._chosen.checked and found > self.tolerance:
            self._leave(found)
            yield from self.start(batch)
            return
        yield from _probabilities(rows)

    def exact(self, batch: Sequence[Encoded]) -> Floats:
        """Return probabilities of shape (batch, labels), those of torch in float32."""
        logits = self._finite(self.network(cast("Ids", batch)))
        return _probabilities(self._settled(logits, batch, TOLERANCE)[0])

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:
        """Let ``runtime`` compute batches, if it agrees with torch on ``texts``.

        In bf16, ``runtime`` computes in it, too, if its noise is of the size of torch's. Texts
        whose tokens have types, as pairs for BERT, stay with torch.

        Raises:
            WeaklinkError: The runtime is not installed, or not made for the model's device.
        """
        rows = self.reader.encode(texts)
        key = self.fingerprint
        if carries_types(rows):
            self._use(Chosen(self._coarse or self.network))
        else:
            self._use(choose(runtime, self.network, key, rows, noise, MOST_NOISE, self._coarse))
        self._note_runtime()

    def visible(self, text: str) -> int:
        """Return how many leading characters of ``text`` lie before the cut."""
        return self.reader.visible(text)

    def seen(self, batch: Sequence[Encoded]) -> tuple[Floats, Floats]:
        """Return probabilities as ``exact`` does, and features, of one pass in float32.

        Features are the last layer at the first token, or at the last where no special one leads.
        """
        logits, features = self._parted(self._with_features(cast("Ids", batch)))
        rows, _ = self._settled(self._finite(logits), batch, TOLERANCE)
        return _probabilities(rows), features

    def features(self, texts: Sequence[str]) -> Floats:
        """Return the features of texts, each computed without others beside it."""
        return self._parted(self._with_features.alone(self.reader.encode(texts)))[1]

    @cached_property
    def _with_features(self) -> TorchNetwork:
        module = LogitsAndFeatures(self.network.module, leads=self.reader.leads)
        return TorchNetwork(module, self.network.layout)

    def _parted(self, rows: Floats) -> tuple[Floats, Floats]:
        return rows[:, : len(self.labels)], rows[:, len(self.labels) :]

    def unknown_share(self, texts: Sequence[str]) -> float:
        """Return the share of the tokens of ``texts`` that the tokenizer does not know."""
        return self.reader.unknown_share(texts)

    def _use(self, chosen: Chosen) -> None:
        self._chosen = chosen
        self.tolerance = chosen.noise(of_torch=TOLERANCE, least=LEAST_NOISE)

    def _leave(self, found: float) -> None:
        """Go back to torch: on some text the runtime differs by more than is provided for."""
        warnings.warn(
            f"{self._chosen.network.name} differs from torch by {found:.1e} on a text of "
            f"{self.name}, more than the allowed {self.tolerance:.1e}. torch takes over.",
            RuntimeFallback,
            stacklevel=3,
        )
        self._use(Chosen(self.network))
        self._note_runtime()

    def _note_runtime(self) -> None:
        self.details = self.details | {"runtime": str(self._chosen)}

    def _settled(
        self, logits: Floats, batch: Sequence[Encoded], tolerance: float
    ) -> tuple[Floats, float]:
        """Return logits on the grid, and how far those that were computed again were off."""
        off = 0.0

        def alone(rows: NDArray[np.intp]) -> Floats:
            nonlocal off
            found = self._alone([batch[row] for row in rows])
            off = noise(found, logits[rows])
            return found

        return settle(logits, alone, tolerance), off

    def _alone(self, batch: Sequence[Encoded]) -> Floats:
        return self._finite(self.network.alone(cast("Ids", batch)))

    def _finite(self, logits: Floats) -> Floats:
        if not np.isfinite(logits).all():
            raise ArithmeticError(f"{self.name} gave a logit that is not finite")
        return logits


class WhiteBoxVictim(TransformersVictim):
    """A sequence classifier that offers gradients at its tokens."""

    def gradients(self, requests: Sequence[Gradient]) -> list[FirstOrder]:
        """Return the first-order views of the loss at texts."""
        return first_order(self.network, self.reader, requests)


class OnnxVictim(TransformersVictim):
    """A sequence classifier that exists as an ONNX file only."""

    def run_on(self, runtime: Runtime, texts: Sequence[str]) -> None:  # noqa: ARG002
        """Stay with ONNX Runtime, whatever is asked for: nothing else computes the file."""
        self.details = self.details | {"runtime": f"onnxruntime {version('onnxruntime')}"}


def _probabilities(logits: Floats) -> Floats:
    return np.asarray(softmax(logits, axis=1))


def load_transformers(
    name: str,
    source: Source,
    *,
    device: str,
    precision: Precision,
    allow_pickle: bool,
    trust_remote_code: bool,
    max_length: int | None,
    read_as: str | None,
) -> TransformersVictim:
    """Load a sequence classifier from its files; the rest is as ``load_victim`` has it."""
    checkpoint = _opened(source, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code)
    outputs = outputs_of(name, checkpoint.config, read_as)
    require_head(name, checkpoint.config, checkpoint.tensors, checkpoint.parameters)
    loaded = checkpoint.load(use_cache=False)
    if loaded.missing:
        raise bare(name, f"its weights have no {' or '.join(sorted(loaded.missing))}")
    model = _ready(loaded.model, device)
    with loading(name, "Check that its tokenizer and its weights belong together."):
        length = reading_length(name, loaded, max_length)
        reader = Reader(loaded.tokenizer, length, loaded.filler)
        network = as_a_pipeline(name, model, reader, outputs)
    coarse = None
    if precision == "bf16":
        rough = _ready(checkpoint.load(dtype=torch.bfloat16, use_cache=False).model, device)
        coarse = TorchNetwork(network.module.of(rough), network.layout)
    reason = no_gradients(network, reader)
    asked = "" if read_as is None else f" read as {read_as}"
    notes = {
        "no_gradients": reason,
        "made_for": stock_instead(checkpoint.config, model),
        "base": checkpoint.base.source.name if isinstance(checkpoint, AdaptedCheckpoint) else "",
    }
    kind = OnnxVictim if isinstance(model, OnnxModel) else TransformersVictim
    return (kind if reason else WhiteBoxVictim)(
        name=name,
        fingerprint=checkpoint.fingerprint(f"{_ANSWERS[precision]} {length}{asked}"),
        labels=outputs.labels,
        network=network,
        reader=reader,
        details={
            "source": f"{source.repository} on the Hub" if source.repository else "local folder",
            "revision": source.revision or "",
            "architecture": type(model).__name__,
            "parameters": str(model.num_parameters()),
            "precision": _ANSWERS[precision],
            "device": str(model.device),
            "max_length": str(length),
        }
        | {name: told for name, told in notes.items() if told},
        languages=_languages(checkpoint),
        coarse=coarse,
    )


def _languages(checkpoint: _Checkpoint) -> tuple[str, ...]:
    """Return the languages that the model's card declares, else those of its base's."""
    found = declared_languages(checkpoint.source)
    if found or not isinstance(checkpoint, AdaptedCheckpoint):
        return found
    return declared_languages(checkpoint.base.source)


def _opened(source: Source, *, allow_pickle: bool, trust_remote_code: bool) -> _Checkpoint:
    """Return a model before its weights are loaded, in whichever form it comes."""
    if source.is_adapter:
        return AdaptedCheckpoint.open(source, trust_remote_code=trust_remote_code)
    try:
        found = ClassifierCheckpoint.open(
            source, allow_pickle=allow_pickle, trust_remote_code=trust_remote_code
        )
    except NoTorchWeightsError:
        if file := onnx_file(source.files()):
            return OnnxCheckpoint.open(source, file)
        raise
    if not found.has_head and HEAD in source.files():
        return SetFitCheckpoint.open(source, found.config, allow_pickle=allow_pickle)
    return found


def _ready(model: Any, device: str) -> Any:  # noqa: ANN401
    place = "cpu" if isinstance(model, OnnxModel) else device
    return model.eval().requires_grad_(requires_grad=False).to(pick_device(place))
