"""A small ELECTRA: an encoder pre-trained to tell which words of a text were replaced.

Clark, Luong, Le and Manning 2020, https://arxiv.org/abs/2003.10555. It gives studies that have no
network a second architecture. Deviations, so that minutes on two cores are enough: words are
replaced by draws from the unigram distribution (the "unigram" generator of their section 3.2)
and not by those of a trained generator; and only the head starts at random. Tokenizer and
embeddings are the packaged MiniLM's, and the three layers start as every second one of its six
(as Sanh et al. 2019, https://arxiv.org/abs/1910.01108, section 3, start a smaller network from a
larger one).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import torch
from huggingface_hub import ModelCardData
from torch import Tensor
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.rnn import pad_sequence
from transformers import AutoModel, AutoTokenizer, ElectraConfig, ElectraForPreTraining

from weaklink.cache import digest_of_parts, make_folder
from weaklink.guards.tokenizer_file import tokenized
from weaklink.packaged import MINILM
from weaklink.progress import Progress
from weaklink.training.batches import Batches, cut, drawn_anew
from weaklink.training.checkpoint import work_folder
from weaklink.training.loop import train
from weaklink.training.model_card import write_card
from weaklink.training.schedule import Schedule, seed_step
from weaklink.victims.local.checkpoint import hushed, pick_device

REPLACED = 0.15
"""Share of the tokens that are replaced."""

_BATCH, _WINDOW, _SHORTEST, _HELD_OUT = 32, 64, 8, 256
_RATE, _WARM_UP = 2e-4, 100


def pretrain(
    texts: Sequence[str],
    out: Path,
    *,
    data: Iterable[str],
    steps: int,
    seed: int,
    progress: Progress,
) -> None:
    """Pre-train the encoder and save it with its tokenizer and a model card.

    An interrupted pre-training goes on from its last checkpoint. Of all windows of the texts some
    are held out, and the weights that do best on them are kept. A GPU is used where there is one.

    Args:
        texts: What to read; texts are cut into windows of 64 tokens.
        out: The folder to make.
        data: What the model card calls the texts.
        steps: Steps of 32 windows.
        seed: Chooses order, replacements and first weights.
        progress: Is told how far the work is.

    Raises:
        WeaklinkError: The packaged MiniLM is not installed.
    """
    base = MINILM.require("The encoder that ELECTRA's embeddings are taken from")
    with hushed():
        tokenizer = AutoTokenizer.from_pretrained(base)
    progress.begin("Reading texts to pre-train on")
    task = ReplacedTokenDetection(_windows(texts, tokenizer), tokenizer.vocab_size, seed)
    network = initial_network(base, tokenizer, seed).to(pick_device("auto"))
    schedule = Schedule(
        steps=steps, learning_rate=_RATE, warm_up=_WARM_UP, validate_every=max(1, steps // 5),
        patience=5, seed=seed,
    )  # fmt: skip
    digest = digest_of_parts([str(base), repr(schedule), *texts])
    with work_folder(out.with_name(f".{out.name}.training"), digest) as work:
        trained = train(
            network,
            lambda step: task.loss(network, step),
            schedule,
            work,
            progress,
            validate=lambda: task.held_out_loss(network),
        )

        def fill(folder: Path) -> None:
            with hushed():
                network.save_pretrained(folder)
                tokenizer.save_pretrained(folder)
            _write_card(folder, out.name, data, steps, min(trained.losses))

        make_folder(out, fill)


class ReplacedTokenDetection:
    """Replaced-token detection on windows of token ids.

    Args:
        windows: The windows, each with a special token at both ends.
        vocabulary: Number of tokens that there are.
        seed: Chooses order, held-out windows and replacements.
    """

    def __init__(self, windows: Sequence[Tensor], vocabulary: int, seed: int) -> None:
        seed_step(seed, -1)
        order = torch.randperm(len(windows)).tolist()
        few = min(_HELD_OUT, len(order) // 10)
        self._held_out = [windows[i] for i in order[:few]]
        self._training = [windows[i] for i in order[few:]]
        self._batches = Batches(
            [len(window) for window in self._training], _BATCH, drawn_anew(seed)
        )
        inner = torch.cat([window[1:-1] for window in self._training])
        self._frequency = torch.bincount(inner, minlength=vocabulary).float()
        self._seed = seed

    def loss(self, network: Any, step: int) -> Tensor:  # noqa: ANN401
        """Return the loss of the batch of a step."""
        return self._of(network, [self._training[i] for i in self._batches.at(step)])

    def held_out_loss(self, network: Any) -> float:  # noqa: ANN401
        """Return the loss on the held-out windows, always with the same replacements."""
        seed_step(self._seed, -1)
        losses = [float(self._of(network, batch)) for batch in cut(self._held_out, _BATCH)]
        return sum(losses) / len(losses)

    def _of(self, network: Any, windows: Sequence[Tensor]) -> Tensor:  # noqa: ANN401
        tokens = pad_sequence(list(windows), batch_first=True)
        there = pad_sequence([torch.ones_like(w) for w in windows], batch_first=True)
        inner = torch.zeros_like(there, dtype=torch.bool)
        for row, window in zip(inner, windows, strict=True):
            row[1 : len(window) - 1] = True
        chosen = (torch.rand(tokens.shape) < REPLACED) & inner
        drawn = torch.multinomial(self._frequency, int(chosen.sum()), replacement=True)
        shown = tokens.masked_scatter(chosen, drawn)
        replaced = (shown != tokens)[inner].float()
        shown, there, inner, replaced = (
            part.to(network.device) for part in (shown, there, inner, replaced)
        )
        logits = network(input_ids=shown, attention_mask=there).logits
        return binary_cross_entropy_with_logits(logits[inner], replaced)


def _windows(texts: Sequence[str], tokenizer: Any) -> list[Tensor]:  # noqa: ANN401
    """Return all texts cut into windows, without ends that are too short to learn from."""
    room = _WINDOW - 2
    first, last = tokenizer.cls_token_id, tokenizer.sep_token_id
    rows = tokenized(tokenizer, list(texts), add_special_tokens=False, verbose=False)["input_ids"]
    parts = (row[i : i + room] for row in rows for i in range(0, len(row), room))
    return [torch.tensor([first, *part, last]) for part in parts if len(part) >= _SHORTEST]


def initial_network(base: Path, tokenizer: Any, seed: int) -> Any:  # noqa: ANN401
    """Return the network with MiniLM's embeddings and every second layer; the head is random."""
    with hushed():
        known = AutoModel.from_pretrained(base)
    kept = known.encoder.layer[1::2]
    torch.manual_seed(seed)
    config = ElectraConfig(
        vocab_size=tokenizer.vocab_size,
        embedding_size=known.config.hidden_size,
        hidden_size=known.config.hidden_size,
        num_hidden_layers=len(kept),
        num_attention_heads=known.config.num_attention_heads,
        intermediate_size=known.config.intermediate_size,
        max_position_embeddings=known.config.max_position_embeddings,
        pad_token_id=tokenizer.pad_token_id,
    )
    network = ElectraForPreTraining(config)
    network.electra.embeddings.load_state_dict(known.embeddings.state_dict())
    network.electra.encoder.layer.load_state_dict(kept.state_dict())
    return network


def _write_card(folder: Path, name: str, data: Iterable[str], steps: int, loss: float) -> None:
    names = list(data)
    front = ModelCardData(
        model_name=name, datasets=names, library_name="transformers", language="en"
    )
    text = f"""
A small ELECTRA discriminator, pre-trained by weaklink for {steps} steps of {_BATCH} windows on the
texts of {", ".join(names)}. Loss on held-out windows: {loss:.4f}. It started from the embeddings
and from every second layer of sentence-transformers/all-MiniLM-L6-v2.
"""
    write_card(folder, front, text.strip())
