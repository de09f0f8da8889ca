"""How remote victims are named: ``hf:``, ``tei:``, ``http:`` and ``llm:``, and what follows."""

from __future__ import annotations

HF, TEI, HTTP, LLM = "hf", "tei", "http", "llm"
KINDS = (HF, TEI, HTTP, LLM)


def names_remote(name: str) -> bool:
    """Return whether a name is that of a remote victim.

    >>> names_remote("hf:owner/model"), names_remote("owner/model")
    (True, False)
    """
    return name.partition(":")[0] in KINDS and ":" in name


def kind_and_rest(name: str) -> tuple[str, str]:
    """Return the kind of a remote victim, and what its name says besides.

    >>> kind_and_rest("tei:http://localhost:8080")
    ('tei', 'http://localhost:8080')
    """
    kind, _, rest = name.partition(":")
    return kind, rest


def model_and_address(rest: str) -> tuple[str, str | None]:
    """Return the model and the address in ``MODEL@http://...``; the address may be missing.

    >>> model_and_address("llama@http://localhost:8000/v1")
    ('llama', 'http://localhost:8000/v1')
    >>> model_and_address("@cf/meta/llama")
    ('@cf/meta/llama', None)
    """
    for scheme in ("@http://", "@https://"):
        model, found, address = rest.partition(scheme)
        if found:
            return model, f"{scheme[1:]}{address}"
    return rest, None
