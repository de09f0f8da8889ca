"""Trust checks of remote victims: what they answer twice, do not read, and leave out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from weaklink.text.pairs import holds_boundary
from weaklink.victims.protocol import Victim
from weaklink.victims.remote.victim import RemoteVictim
from weaklink.victims.trust import TrustWarning

_ASKED_TWICE = 10
_NOISE = 1e-3
"""Difference of a probability that counts."""


def check_remote(
    victim: Victim, texts: Sequence[str], guided: Mapping[str, str], left_out: Sequence[str]
) -> Iterator[TrustWarning]:
    """Ask some texts twice, and return what speaks against the figures of a remote victim.

    Args:
        victim: The victim; of any other kind nothing is said.
        texts: The samples.
        guided: What each attack can still do where there are no probabilities, by name.
        left_out: Names of attacks that it cannot be attacked with.
    """
    if not isinstance(victim, RemoteVictim):
        return
    texts = list(dict.fromkeys(texts))[:_ASKED_TWICE]
    count, relabelled, largest, alone = victim.agreement(texts)
    if relabelled or largest > _NOISE:
        yield TrustWarning(
            check="answers-differ",
            message=f"Of {count} texts that were asked twice, {relabelled} got another label the "
            f"second time; the largest difference of a probability is {largest:.4f}. Some "
            "successes may be the model's own variation.",
        )
    if alone and guided:
        often = "" if alone == count else f" for {alone} of {count} samples"
        yield TrustWarning(
            check="labels-only",
            message=f"The model answers a label alone{often}, so attacks do not see how near they "
            f"are: {'; '.join(f'{name} {can}' for name, can in guided.items())}. Failures say less "
            "than those of a model that gives probabilities. Text transfer loses nothing.",
        )
    yield from _unread(victim, texts, largest)
    if left_out:
        yield TrustWarning(
            check="attacks-left-out",
            message=f"{', '.join(left_out)} needs gradients, which no server offers, and is left "
            "out.",
        )


def _unread(victim: RemoteVictim, texts: Sequence[str], noise: float) -> Iterator[TrustWarning]:
    """Say which segment a server seems not to read, as one does that skips unknown keys."""
    pairs = [text for text in texts if holds_boundary(text)]
    for segment, count in victim.unread(pairs, noise) if pairs else ():
        yield TrustWarning(
            check="segment-not-read",
            message=f"Of {count} pairs, each got the same answer with another {segment} segment in "
            "the place of its own. The server seems to read the other segment alone, so that the "
            "figures are not those of a model of pairs.",
        )
