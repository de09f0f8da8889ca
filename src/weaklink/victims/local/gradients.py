"""First-order views of a transformers model's loss around texts, word by word."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
from typing import TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import cross_entropy

from weaklink.models.runtimes import TorchNetwork, arranged, untyped
from weaklink.models.runtimes.linear import fast_linear
from weaklink.text import Words
from weaklink.victims.local.lookups import Lookups
from weaklink.victims.local.reader import Reader
from weaklink.victims.protocol import FirstOrder, Floats, Gradient

_DIGITS = 6
_PROBE = Words.split("a good film, not bad")
_HALVINGS = range(2, 12)
_STEPS, _AGREE, _MOST_ERROR = 3, 0.01, 0.03
_REMEMBERED_WORDS = 4096

_Ragged: TypeAlias = tuple[NDArray[np.int64], NDArray[np.int64]]
"""Lists of whole numbers of any lengths: all of them as one array, and the lengths."""


def first_order(
    network: TorchNetwork, reader: Reader, requests: Sequence[Gradient]
) -> list[FirstOrder]:
    """Return the gradient's norm at each word and the estimated change of the loss by each edit.

    All texts share one forward and one backward pass, where the network's layout is plain; padding
    changes their last bits. Otherwise each has passes of its own.

    HotFlip (Ebrahimi et al. 2018, section 3.1) estimates a character flip by the gradient at the
    flipped character's one-hot vector. A subword model has no such vector, so an edit is carried
    over by the change in the embeddings of its word's pieces: the summed embedding of the new
    pieces less that of the old ones, times the mean gradient over the old pieces. A deleted word
    has no new pieces; an edit of a word that the model does not read is estimated as 0.

    On MiniLM fine-tuned on Rotten Tomatoes, over 960 random character edits, the rank correlation
    with the true change of the loss is 0.42; with mean embeddings in place of sums it is 0.35, and
    with pieces aligned one to one 0.35. Fine-tuned further on IMDB: 0.41, 0.34 and 0.34.

    Estimates are rounded to six significant digits, so that equal ones are ties.
    """
    ids = reader.encode([request.text for request in requests])
    labels = [request.label for request in requests]
    step = len(ids) if network.layout.plain else 1
    gradients = list[Tensor]()
    for i in range(0, len(ids), step):
        gradients += _input_gradients(network, ids[i : i + step], labels[i : i + step])
    table = network.module.model.get_input_embeddings().weight.detach()
    return [
        _view(table, reader, request, text, gradient)
        for request, text, gradient in zip(requests, ids, gradients, strict=True)
    ]


def no_gradients(network: TorchNetwork, reader: Reader) -> str:
    """Return why a network offers no gradients at its tokens; "" if it does.

    A gradient that differs from the loss's own is none: YOSO's backward pass is an approximation.
    """
    try:
        wrong = _gradient_error(network, reader)
    except Exception as error:  # noqa: BLE001 - modules raise what they like
        return next(iter(str(error).strip().splitlines()), type(error).__name__)
    if wrong > _MOST_ERROR:
        return f"its gradients are {wrong:.0%} off the change of its loss"
    return ""


def _gradient_error(network: TorchNetwork, reader: Reader) -> float:
    """Return by which share a gradient differs from difference quotients along it.

    The rows of words are moved in the table of embeddings, and put back. Where quotients of three
    steps do not agree, because float32 drowns them or the loss has kinks, nothing is known, and
    the gradient is taken as right: 0.
    """
    (ids,) = reader.encode([str(_PROBE)])
    label = int(network([ids])[0].argmin())
    (gradient,) = _input_gradients(network, [ids], [label])
    places = sorted(chain.from_iterable(reader.word_pieces(_PROBE)))
    ids_of_words, inverse = np.unique(np.array(untyped(ids))[places], return_inverse=True)
    rows, each = (torch.from_numpy(one).to(gradient.device) for one in (ids_of_words, inverse))
    slope = torch.zeros(len(rows), gradient.shape[1], device=gradient.device)
    slope = slope.index_add(0, each, gradient[places])
    table = network.module.model.get_input_embeddings().weight.data
    kept, expected = table[rows].clone(), float(slope.norm())
    if not expected:
        return 0.0

    def quotient(step: float) -> float:
        losses = list[float]()
        for sign in (1, -1):
            table[rows] = kept + sign * step / expected * slope.to(kept.dtype)
            losses.append(_loss(network, ids, label))
        return (losses[0] - losses[1]) / (2 * step)

    quotients = list[float]()
    try:
        for halvings in _HALVINGS:
            quotients.append(quotient(float(kept.norm()) / 2**halvings))
            last = quotients[-_STEPS:]
            if len(last) == _STEPS and max(last) - min(last) <= _AGREE * abs(last[-1]):
                return abs(last[-1] - expected) / max(abs(last[-1]), expected)
    finally:
        table[rows] = kept
    return 0.0


def _loss(network: TorchNetwork, ids: tuple[int, ...], label: int) -> float:
    parts = [torch.from_numpy(part).to(network.device) for part in arranged([ids], network.layout)]
    with torch.inference_mode():
        logits = network.module(*parts).double()
    return float(cross_entropy(logits, torch.tensor([label], device=logits.device)))


def _view(
    table: Tensor, reader: Reader, request: Gradient, ids: tuple[int, ...], gradient: Tensor
) -> FirstOrder:
    if not len(request.words):
        return FirstOrder(words=np.zeros(0), edits=np.zeros(0))
    ids = untyped(ids)
    places = reader.word_pieces(request.words, request.beside)
    norms = np.array([float(gradient[place].norm()) for place in places])
    mean = torch.stack([gradient[place].sum(dim=0) / max(1, len(place)) for place in places])
    old = _promise(table, mean, [_ragged([tuple(ids[i] for i in place)]) for place in places])
    new = _promise(table, mean, [_pieces(reader, edits) for edits in request.edits])
    change = new - np.repeat(old, [len(edits) for edits in request.edits])
    return FirstOrder(words=norms, edits=_rounded(change))


def _input_gradients(
    network: TorchNetwork, ids: Sequence[tuple[int, ...]], labels: Sequence[int]
) -> list[Tensor]:
    """Return for each text the gradient of its loss at its embeddings, shape (tokens, width)."""
    device = network.device
    parts = [torch.from_numpy(part).to(device) for part in arranged(ids, network.layout)]
    with Lookups(network.module.model) as lookups, fast_linear(device):
        logits = network.module(*parts)
    wanted = torch.tensor(labels, device=device)
    loss = cross_entropy(logits.float(), wanted, reduction="sum")
    gradients = lookups.gradients(loss, parts[0])
    return [row[: len(text)].float() for row, text in zip(gradients, ids, strict=True)]


def _promise(table: Tensor, mean: Tensor, pieces: Sequence[_Ragged]) -> Floats:
    """Return the summed embedding of each list of pieces, times its word's mean gradient.

    Each piece that occurs is multiplied once with every word's gradient, and the products are
    looked up: edits of a text share most of their pieces.

    Args:
        table: Embeddings, shape (vocabulary, width).
        mean: Mean gradient of each word, shape (words, width).
        pieces: For each word, lists of pieces.
    """
    ids = np.concatenate([flat for flat, _ in pieces])
    lengths = np.concatenate([counts for _, counts in pieces])
    word = np.repeat(np.arange(len(pieces)), [len(flat) for flat, _ in pieces])
    distinct, place = np.unique(ids, return_inverse=True)
    rows = table[torch.from_numpy(distinct).to(table.device)].float()
    products = (rows @ mean.T).to("cpu", torch.float64).numpy()
    owner = np.repeat(np.arange(len(lengths)), lengths)
    sums = np.bincount(owner, weights=products[place, word], minlength=len(lengths))
    return np.asarray(sums, dtype=np.float64)


@lru_cache(maxsize=_REMEMBERED_WORDS)
def _pieces(reader: Reader, edits: tuple[str, ...]) -> _Ragged:
    """Return the pieces of each edit of a word; most words of a beam's texts are the same."""
    return _ragged(reader.pieces(edits))


def _ragged(lists: Sequence[Sequence[int]]) -> _Ragged:
    """Return all lists as one array, and the length of each."""
    flat = np.fromiter(chain.from_iterable(lists), dtype=np.int64)
    return flat, np.fromiter(map(len, lists), dtype=np.int64, count=len(lists))


def _rounded(values: Floats) -> Floats:
    """Return the values rounded to six significant digits."""
    exponents = np.floor(np.log10(np.abs(values), where=values != 0, out=np.zeros_like(values)))
    scale = 10.0 ** (_DIGITS - 1 - exponents)
    return np.asarray(np.round(values * scale) / scale)
