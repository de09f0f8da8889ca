"""A transformers classifier as a function from tokens to logits, given what a pipeline gives it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, Self, cast

import torch
from torch import Tensor

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
        given = self.given(ids, mask, types)
        head = self._head
        logits = self.model(**given).logits if head is None else self._last(head, given)
        return cast("Tensor", logits if self._outputs is None else self._outputs(logits))

    def _last(self, head: str, given: dict[str, Tensor | None]) -> Tensor:
        every: list[Tensor] = []
        hook = self.model.get_submodule(head).register_forward_hook(
            lambda _module, _inputs, output: every.append(output)
        )
        try:
            self.model(**given)
        finally:
            hook.remove()
        mask = cast("Tensor", given["attention_mask"])
        last = (mask.sum(dim=1) - 1)[:, None, None]
        return every[-1].gather(1, last.expand(-1, 1, every[-1].shape[-1])).squeeze(1)


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
