"""Loads whatever a user names as a paraphraser."""

from __future__ import annotations

from weaklink.errors import WeaklinkError
from weaklink.generators.paraphrasers.seq2seq import PROMPT, load_seq2seq
from weaklink.generators.protocol import Paraphraser
from weaklink.llm import Endpoint

NETWORK = "network"


def load_paraphraser(
    name: str = NETWORK, device: str = "cpu", *, prompt: str = PROMPT, base_url: str | None = None
) -> Paraphraser:
    """Load a paraphraser.

    Args:
        name: ``network``, the one that weaklink trains; ``seq2seq:ID``, a text-to-text model by
            its folder or Hub id (``id@revision``); ``llm:MODEL``, an LLM by its name at an
            OpenAI-compatible endpoint.
        device: What the first two run on.
        prompt: What a text-to-text model reads; see ``Seq2SeqParaphraser``.
        base_url: Address of the LLM's endpoint, ending in ``/v1``; None: OPENAI_BASE_URL.

    Raises:
        WeaklinkError: It has another form, cannot be found, or cannot be loaded.
    """
    kind, _, model = name.partition(":")
    if name == NETWORK:
        from weaklink.generators.scpn.paraphraser import load_network_paraphraser

        return load_network_paraphraser(device)
    if kind == "seq2seq" and model:
        return load_seq2seq(model, device, prompt)
    if kind == "llm" and model:
        from weaklink.generators.paraphrasers.llm import LlmParaphraser

        return LlmParaphraser(Endpoint(model, base_url))
    raise WeaklinkError(
        f"{name!r} is not a paraphraser.", "Give network, seq2seq:ID[@revision] or llm:MODEL."
    )
