"""A transformers classifier as a function from tokens to logits, given what a pipeline gives it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self, cast

import torch
from torch import Tensor

from weaklink.errors import WeaklinkError

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
"""What a model is given, in the order of ``runtimes.arranged``."""


class Logits(torch.nn.Module):
    """A classifier as a function of ids, mask and token types.

    A model is given those of the three that its ``forward`` names, as a pipeline does.

    Args:
        model: The transformers model.
        head: Name of the layer that gives logits at every position. Then a text's logits are those
            of its last token. None: the model finds the position itself.
        outputs: What the model's own logits say.
    """

    def __init__(
        self,
        model: Any,  # noqa: ANN401
        head: str | None = None,
        outputs: Callable[[Tensor], Tensor] | None = None,
    ) -> None:
        super().__init__()
        self.model = model
        self._head = head
        self._outputs = outputs
        self._named = named_inputs(model)

    def of(self, model: Any) -> Self:  # noqa: ANN401
        """Return the same function of another model of this architecture."""
        model.config.pad_token_id = self.model.config.pad_token_id
        return type(self)(model, self._head, self._outputs)

    def given(
        self, ids: Tensor, mask: Tensor, types: Tensor | None = None
    ) -> dict[str, Tensor | None]:
        """Return the arguments of the model's ``forward``."""
        given = zip(INPUTS, (ids, mask, types), strict=True)
        return {name: value for name, value in given if name in self._named}

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor | None = None) -> Tensor:
        """Return logits of shape (batch, labels)."""
        return self.beside(ids, mask, types)[0]

    def beside(
        self, ids: Tensor, mask: Tensor, types: Tensor | None = None, **asked: bool
    ) -> tuple[Tensor, Any]:
        """Return logits of shape (batch, labels), and all that the model answered in that pass.

        Args:
            ids: Of shape (batch, length).
            mask: Of the same shape.
            types: Of the same shape, if any token has one.
            asked: What else the model is to answer (``output_hidden_states``).
        """
        given = self.given(ids, mask, types)
        if self._head is None:
            answer = self.model(**given, **asked)
            logits = answer.logits
        else:
            logits, answer = self._last(self._head, given, asked)
        return cast("Tensor", logits if self._outputs is None else self._outputs(logits)), answer

    def _last(
        self, head: str, given: dict[str, Tensor | None], asked: dict[str, bool]
    ) -> tuple[Tensor, Any]:
        every: list[Tensor] = []
        hook = self.model.get_submodule(head).register_forward_hook(
            lambda _module, _inputs, output: every.append(output)
        )
        try:
            answer = self.model(**given, **asked)
        finally:
            hook.remove()
        mask = cast("Tensor", given["attention_mask"])
        last = (mask.sum(dim=1) - 1)[:, None, None]
        return every[-1].gather(1, last.expand(-1, 1, every[-1].shape[-1])).squeeze(1), answer


class LogitsAndFeatures(torch.nn.Module):
    """Logits, and beside them what the head sees: the last layer at one token.

    Args:
        logits: The classifier.
        leads: Whether that token is the first, and not the last.
    """

    def __init__(self, logits: Logits, *, leads: bool) -> None:
        super().__init__()
        self._logits = logits
        self._leads = leads

    def forward(self, ids: Tensor, mask: Tensor, types: Tensor | None = None) -> Tensor:
        """Return rows of shape (batch, labels + width).

        Raises:
            WeaklinkError: The model does not show its layers.
        """
        logits, answer = self._logits.beside(ids, mask, types, output_hidden_states=True)
        layers = getattr(answer, "hidden_states", None)
        if not layers:
            raise WeaklinkError(
                f"{type(self._logits.model).__name__} does not show its last layer.",
                "Give another model, or choose a detector that needs no features.",
            )
        places = torch.arange(mask.shape[1], device=mask.device) * mask
        place = mask.argmax(dim=1) if self._leads else places.argmax(dim=1)
        seen = layers[-1][torch.arange(len(place), device=mask.device), place]
        return torch.cat((logits.to(seen.dtype), seen), dim=1)


def named_inputs(model: Any) -> frozenset[str]:  # noqa: ANN401
    """Return the names of the arguments that a model's ``forward`` takes."""
    return frozenset(inspect.signature(model.forward).parameters)


def head_of(model: Any) -> str | None:  # noqa: ANN401
    """Return the name of the last linear layer with an output for each label, if there is one."""
    names = [
        name
        for name, layer in model.named_modules()
        if isinstance(layer, torch.nn.Linear) and layer.out_features == model.config.num_labels
    ]
    return names[-1] if names else None
