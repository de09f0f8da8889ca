"""GGUF weights in the form that loads fast: float32 safetensors and the tokenizer's own file.

transformers reads a GGUF file word by word and decodes its blocks one by one, which takes longer
than a short audit. The unpacked model is kept in the cache, under the digest of its file.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from weaklink.cache import cache_folder, digest_of_file, make_folder

if TYPE_CHECKING:
    from transformers import PreTrainedModel


def unpacked(file: Path) -> Path:
    """Return the folder of the model in a GGUF file; the first call takes some 10 seconds.

    Raises:
        OSError: The cache cannot be written, or the disk is full.
    """
    folder = cache_folder() / "unpacked" / digest_of_file(file)

    def fill(unfinished: Path) -> None:
        model, tokenizer = read_gguf(file)
        _plain(model).save_pretrained(unfinished)
        tokenizer.save_pretrained(unfinished)

    return make_folder(folder, fill)


def read_gguf(file: Path) -> tuple[Any, Any]:
    """Return the causal language model in a GGUF file, in float32, and its tokenizer."""
    import torch
    from transformers import AutoModelForCausalLM, AutoTokenizer

    where = {"gguf_file": file.name, "local_files_only": True, "trust_remote_code": False}
    with _patched():
        tokenizer = AutoTokenizer.from_pretrained(str(file.parent), **where)
        model = AutoModelForCausalLM.from_pretrained(str(file.parent), dtype=torch.float32, **where)
    return model, tokenizer


def _plain(model: PreTrainedModel) -> PreTrainedModel:
    """Return the same network without the mark of its quantisation, which forbids saving it."""
    config = model.config
    if hasattr(config, "quantization_config"):
        del config.quantization_config
    plain = type(model)(config)
    plain.load_state_dict(model.state_dict())
    return plain


@contextmanager
def _patched() -> Iterator[None]:
    """Keep transformers from showing a bar while it reads GGUF, which no setting of its hides.

    And from parsing the file three times, and from making one map of names for each layer of the
    network: all of them are equal.
    """
    import gguf
    from transformers import modeling_gguf_pytorch_utils as reader

    bar, names, parse = reader.tqdm, gguf.get_tensor_name_map, gguf.GGUFReader
    reader.tqdm = lambda tensors, **_: tensors
    gguf.get_tensor_name_map = cache(names)
    gguf.GGUFReader = cache(parse)  # type: ignore[misc, assignment]
    try:
        yield
    finally:
        reader.tqdm, gguf.get_tensor_name_map = bar, names
        gguf.GGUFReader = parse  # type: ignore[misc]
