"""Loads a remote victim by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from weaklink.errors import WeaklinkError
from weaklink.victims.remote.names import HF, HTTP, LLM, TEI, kind_and_rest, model_and_address
from weaklink.victims.remote.options import RemoteOptions
from weaklink.victims.remote.victim import RemoteVictim

if TYPE_CHECKING:
    from weaklink.hub.client import Pace
    from weaklink.victims.remote.requests import Service


def load_remote(name: str, options: RemoteOptions, pace: Pace | None = None) -> RemoteVictim:
    """Load a victim that a server runs, and ask it one text.

    Args:
        name: ``hf:owner/model``, ``tei:http://host:port``, ``http:FILE.toml`` or ``llm:MODEL``;
            ``hf:`` and ``llm:`` may be followed by ``@`` and an address.
        options: How it is asked.
        pace: For tests; by default real time.

    Raises:
        WeaklinkError: It has no such form, cannot be reached, or is not a classifier.
    """
    return RemoteVictim(name, _service(name, options, pace), options, pace)


def _service(name: str, options: RemoteOptions, pace: Pace | None) -> Service:
    kind, rest = kind_and_rest(name)
    if not rest or (kind == HTTP and rest.startswith("//")):
        raise WeaklinkError(
            f"{name!r} names no remote model.",
            "Write hf:OWNER/MODEL, tei:http://HOST:PORT, http:FILE.toml or llm:MODEL.",
        )
    if kind == TEI:
        from weaklink.victims.remote.tei import TeiService

        return TeiService(name, rest, options, pace)
    if kind == HTTP:
        from weaklink.victims.remote.mapped import MappedService

        return MappedService(rest, options)
    model, address = model_and_address(rest)
    if kind == HF:
        from weaklink.victims.remote.hub import HubService

        return HubService(name, model, address or options.base_url, options)
    assert kind == LLM  # noqa: S101 - the last of them
    from weaklink.victims.remote.llm import LlmService

    return LlmService(name, model, address, options)
