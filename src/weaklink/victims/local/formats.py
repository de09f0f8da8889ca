"""Whether a model comes in files that can be read, and can be read safely."""

from __future__ import annotations

import pickle
from itertools import chain
from typing import Any
from zipfile import BadZipFile

import torch

from weaklink.errors import WeaklinkError
from weaklink.guards.pickled import InflatedWeights, check_archive, check_tensors
from weaklink.victims.local.source import Source

_PICKLES = "pytorch_model*.bin"
_VOCABULARIES = (
    "tokenizer.json", "vocab.*", "*.model", "merges.txt", "bpe.codes", "*.tiktoken", "tekken.json",
)  # fmt: skip
_OTHERS = {
    ".h5": "TensorFlow",
    ".msgpack": "Flax",
    ".ot": "Rust",
    ".gguf": "llama.cpp",
}


class NoTorchWeightsError(WeaklinkError):
    """A model has no weights that transformers reads."""


def check_formats(source: Source, variant: str | None) -> None:
    """Refuse a model without safetensors weights that has none of torch's own, either.

    Raises:
        NoTorchWeightsError: It has no weights that transformers reads.
    """
    names = source.files()
    if variant is not None or any(name.startswith("pytorch_model") for name in names):
        return
    found = sorted({kind for name in names for end, kind in _OTHERS.items() if name.endswith(end)})
    raise NoTorchWeightsError(
        f"{source.name} has no weights for torch"
        + (f", only for {' and '.join(found)}." if found else "."),
        "Give a model with model.safetensors or pytorch_model.bin.",
    )


def unpickle(source: Source, *, allow_pickle: bool) -> dict[str, Any] | None:
    """Return the weights in ``.bin`` files that torch's restricted loader refuses.

    None is returned where it takes them all, as transformers then does; it runs no code.

    Raises:
        WeaklinkError: It refuses one, and ``allow_pickle`` is not set, or a file is damaged.
    """
    paths = sorted(source.folder.glob(_PICKLES))
    try:
        for path in paths:
            check_archive(path)
            check_tensors(torch.load(path, map_location="meta", weights_only=True), path)
    except pickle.UnpicklingError as error:
        if not allow_pickle:
            raise WeaklinkError(
                f"{source.name} has weights that torch's restricted loader refuses: "
                f"{_told(error)}. Loading them can run code.",
                "Convert them to safetensors, or pass --allow-pickle if you trust their author.",
            ) from error
    except InflatedWeights as error:
        raise WeaklinkError(
            f"The weights of {source.name} cannot be loaded: {error}.",
            "Check that they come from someone you trust, and save them again.",
        ) from error
    except (RuntimeError, EOFError, OSError, ValueError, BadZipFile) as error:
        raise _damaged(source) from error
    else:
        return None
    try:
        parts = [torch.load(path, map_location="cpu", weights_only=False) for path in paths]
        return {name: one for part in parts for name, one in part.items() if _is_tensor(one)}
    except Exception as error:  # whatever the code in a pickle raises
        raise _damaged(source) from error


def _is_tensor(value: Any) -> bool:  # noqa: ANN401
    return isinstance(value, torch.Tensor)


def _damaged(source: Source) -> WeaklinkError:
    return WeaklinkError(
        f"The weights of {source.name} cannot be read: they are damaged.",
        "Fetch or save the model again.",
    )


def check_tokenizer(source: Source, tokenizer: Any) -> None:  # noqa: ANN401
    """Refuse a model that comes without a vocabulary, for which transformers makes an empty one.

    Raises:
        WeaklinkError: There is none, and its tokenizer needs one.
    """
    named = tokenizer.vocab_files_names.values()
    paths = chain.from_iterable(map(source.folder.glob, (*_VOCABULARIES, *named)))
    if named and next(paths, None) is None:
        raise WeaklinkError(
            f"{source.name} has no tokenizer: none of {', '.join(sorted(named))} is there.",
            "Save its tokenizer beside it: AutoTokenizer.from_pretrained(BASE).save_pretrained().",
        )


def _told(error: Exception) -> str:
    """Return what of the pickle was refused, which torch says in its second sentence."""
    lines = [line.strip() for line in str(error).splitlines()]
    told = next((line for line in lines if line.startswith("WeightsUnpickler error:")), lines[0])
    return told.removeprefix("WeightsUnpickler error:").strip().rstrip(".")[:200]
