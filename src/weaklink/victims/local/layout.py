"""Finds out how texts of a model may share a pass, by comparison with transformers' pipeline."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import numpy as np
import torch

from weaklink.errors import WeaklinkError
from weaklink.models.runtimes import BatchLayout, Rows, TorchNetwork, untyped
from weaklink.victims.local.logits import Logits, head_of, named_inputs
from weaklink.victims.local.outputs import Outputs
from weaklink.victims.local.reader import Reader
from weaklink.victims.local.stable import noise

MOST_NOISE = 1e-4
"""The greatest difference from a pipeline that is taken for rounding, in ``stable``'s unit."""

Alike: TypeAlias = Callable[[Sequence[int]], Hashable]

_PROBES = ("a", "a good film", "It is not a bad film, and the plot is very good.")


def as_a_pipeline(
    name: str,
    model: Any,  # noqa: ANN401
    reader: Reader,
    outputs: Outputs,
) -> TorchNetwork:
    """Return a network that answers as ``pipeline("text-classification")`` does for a text alone.

    transformers' classifiers differ in what a batch does to a text. Most read past padding on the
    right; XLNet reads the last position, so that padding stands on the left; FNet has no mask, so
    that only texts of equal length share a pass; BART and T5 refuse texts with different numbers of
    end tokens in one pass; a decoder without a pad token reads the very last token, and refuses
    batches. So each way is tried on three texts, the fastest first.

    Args:
        name: How the user named the model.
        model: The transformers model, on its device.
        reader: Its tokenizer.
        outputs: What its logits say.

    Raises:
        WeaklinkError: No way gives the pipeline's logits.
        ArithmeticError: The pipeline's logits are not finite.
    """
    expected = np.concatenate([_piped(model, reader, outputs, text) for text in _PROBES])
    if not np.isfinite(expected).all():
        raise ArithmeticError(f"{name} gave a logit that is not finite")
    batch = reader.encode(_PROBES)
    faults: list[str] = []
    for network in _ways(model, reader, outputs):
        try:
            found = noise(expected, network(batch))
        except (RuntimeError, ValueError, IndexError, TypeError) as error:
            faults.append(str(error))
            continue
        if found <= MOST_NOISE:
            return network
        faults.append(f"off by {found:.1e}")
    raise WeaklinkError(
        f"{name} answers otherwise than in transformers' own pipeline ({faults[-1][:200]}).",
        "Report it, with the model's name; give the model as a Python function meanwhile.",
    )


def _ways(model: Any, reader: Reader, outputs: Outputs) -> Iterator[TorchNetwork]:  # noqa: ANN401
    head, config = None, model.config.get_text_config()
    alone = BatchLayout(reader.filler, typed=reader.typed, alike=tuple, told="none")
    if config.pad_token_id is None:
        head = head_of(model)
        if head is None:
            yield TorchNetwork(Logits(model, None, outputs), alone)
            return
        config.pad_token_id = reader.filler
    module = Logits(model, head, outputs)
    ends, told = _ends(model), "with as many end tokens" if config.is_encoder_decoder else "any"
    any_two = replace(alone, alike=ends, told=told)
    yield TorchNetwork(module, any_two)
    yield TorchNetwork(module, replace(any_two, left=True, told=f"{told}, padded on the left"))
    yield TorchNetwork(module, replace(alone, alike=_equal(ends), told="of equal length"))
    yield TorchNetwork(module, alone)


def _ends(model: Any) -> Alike | None:  # noqa: ANN401
    """Return what counts the end tokens of a text, for a model that reads the last of them."""
    end = model.config.eos_token_id
    return (lambda ids: untyped(ids).count(end)) if model.config.is_encoder_decoder else None


def _equal(ends: Alike | None) -> Alike:
    return (lambda ids: (len(ids), ends(ids))) if ends else len


def _piped(model: Any, reader: Reader, outputs: Outputs, text: str) -> Rows:  # noqa: ANN401
    """Return the logits of a text by exactly what a pipeline passes, shape (1, labels)."""
    named = named_inputs(model)
    given = {k: v.to(model.device) for k, v in reader.tensors(text).items() if k in named}
    with torch.inference_mode():
        return np.asarray(outputs(model(**given).logits).to("cpu", torch.float64).numpy())
