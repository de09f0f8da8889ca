"""Any text-to-text model of transformers as a paraphraser."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from weaklink.cache import digest_of_folder, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.guards.model_folder import check_folder, loading
from weaklink.guards.tokenizer_file import tokenized
from weaklink.models.files import find_model
from weaklink.quiet import no_bars, quiet

if TYPE_CHECKING:
    from torch import Tensor
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

PROMPT = "paraphrase: {sentence} template: {template}"
"""What the model reads by default. A model that was trained on another form needs another."""

MOST_READ, MOST_WRITTEN = 256, 128
"""Tokens of a filled prompt, and of a paraphrase."""

_BATCH = 32
_CLOSE = 1e-3


class Seq2SeqParaphraser:
    """A text-to-text model that reads the sentence, and the template if the prompt has it.

    It decodes greedily. Where two tokens are so nearly equal that the batch could decide between
    them, that request is decoded again alone, so that no answer depends on those beside it. What
    does not end within ``MOST_WRITTEN`` tokens is not a paraphrase.

    Attributes:
        name: How the user named it.
        digest: Digest of its files and of the prompt.
    """

    def __init__(
        self,
        model: PreTrainedModel,
        tokenizer: PreTrainedTokenizerBase,
        name: str,
        digest: str,
        prompt: str = PROMPT,
    ) -> None:
        self.name = name
        self.digest = digest
        self._model = model
        self._tokenizer = tokenizer
        self._prompt = prompt

    def paraphrase(self, requests: Sequence[tuple[str, str]]) -> list[str]:
        """Return a paraphrase for each (sentence, template); "" where there is none."""
        prompts = [self.fill(sentence, template) for sentence, template in requests]
        distinct = sorted(set(prompts), key=lambda text: (len(text), text))
        answers: dict[str, str] = {}
        for first in range(0, len(distinct), _BATCH):
            batch = distinct[first : first + _BATCH]
            answers.update(zip(batch, self._answer(batch), strict=True))
        return [answers[text] for text in prompts]

    def fill(self, sentence: str, template: str) -> str:
        """Return the prompt for a sentence and a template."""
        return self._prompt.replace("{template}", template).replace("{sentence}", sentence)

    def _answer(self, prompts: Sequence[str]) -> list[str]:
        texts, close = self.generate(prompts)
        if len(prompts) > 1:
            for i in close:
                texts[i] = self.generate([prompts[i]])[0][0]
        return texts

    def generate(self, prompts: Sequence[str]) -> tuple[list[str], list[int]]:
        """Return the answers, and which of them hung on a narrow choice."""
        import torch
        from transformers import LogitsProcessorList

        inputs = tokenized(
            self._tokenizer,
            list(prompts),
            padding=True,
            truncation=True,
            max_length=MOST_READ,
            return_tensors="pt",
            return_token_type_ids=False,
        ).to(self._model.device)
        choices = _NearTies()
        generate: Any = self._model.generate
        with torch.inference_mode():
            rows = generate(
                **inputs,
                do_sample=False,
                num_beams=1,
                max_new_tokens=MOST_WRITTEN,
                logits_processor=LogitsProcessorList([choices]),
            )
        ends = self._tokenizer.eos_token_id
        texts = self._tokenizer.batch_decode(rows, skip_special_tokens=True)
        whole = [ends in row for row in rows[:, 1:].tolist()]
        answers = [" ".join(t.split()) if w else "" for t, w in zip(texts, whole, strict=True)]
        return answers, choices.close()


class _NearTies:
    """Watches greedy decoding for steps at which two tokens are nearly equal."""

    def __init__(self) -> None:
        self._least: Tensor | None = None

    def __call__(self, input_ids: Tensor, scores: Tensor) -> Tensor:  # noqa: ARG002 - transformers' form
        best = scores.topk(2, dim=-1).values
        margin = best[:, 0] - best[:, 1]
        self._least = margin if self._least is None else self._least.minimum(margin)
        return scores

    def close(self) -> list[int]:
        """Return the rows with such a step."""
        if self._least is None:
            return []
        return [i for i, margin in enumerate(self._least.tolist()) if margin < _CLOSE]


def load_seq2seq(name: str, device: str = "cpu", prompt: str = PROMPT) -> Seq2SeqParaphraser:
    """Return the text-to-text model that a folder or a Hub id (``id@revision``) names.

    Weights are safetensors only and no code of the model's own ever runs. It computes in float32.

    Args:
        name: The folder or the id.
        device: What it runs on.
        prompt: What it reads, with ``{sentence}`` and, if it knows templates, ``{template}``.

    Raises:
        WeaklinkError: The prompt has no place for the sentence, or the model cannot be found or
            loaded so.
    """
    if "{sentence}" not in prompt:
        raise WeaklinkError(
            f"The prompt {prompt!r} does not contain {{sentence}}.",
            f"Add it, as in {PROMPT!r}.",
        )
    folder = find_model(name, "paraphraser")
    safe: dict[str, Any] = {"trust_remote_code": False, "local_files_only": True}
    import torch
    from transformers import AutoModelForSeq2SeqLM, AutoTokenizer

    what = f"The paraphraser {name}"
    remedy = "Give a text-to-text model with safetensors weights and no code of its own."
    check_folder(folder, what)
    with loading(what, remedy), quiet("transformers"), no_bars():
        tokenizer = AutoTokenizer.from_pretrained(str(folder), **safe)
        model = AutoModelForSeq2SeqLM.from_pretrained(
            str(folder), dtype=torch.float32, use_safetensors=True, **safe
        )
    digest = digest_of_parts([digest_of_folder(folder), prompt])
    return Seq2SeqParaphraser(model.eval().to(device), tokenizer, f"seq2seq:{name}", digest, prompt)
