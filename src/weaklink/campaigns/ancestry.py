"""Finds the upstream of an audit in model cards (``--upstream auto``)."""

from __future__ import annotations

from dataclasses import dataclass

from weaklink.campaigns.prepare.link_weights import LinkWeigher
from weaklink.campaigns.specification import AUTO, Specification, StatedChain
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.lineage.tracing import Ancestor, trace
from weaklink.store.record import LinkWeights

_RETRIES = 2


@dataclass(frozen=True, slots=True)
class Ancestry:
    """An audit with a known upstream.

    Attributes:
        spec: The audit; its upstream is a model's name, or None.
        chain: The downstream and its ancestors, the root last; empty if none was searched.
        weights: What weights say of the link; None where they were not compared.
    """

    spec: Specification
    chain: tuple[Ancestor, ...] = ()
    weights: LinkWeights | None = None


def find_upstream(spec: Specification, client: HubClient | None = None) -> Ancestry:
    """Find the upstream: ``auto`` becomes the nearest ancestor with a classification head.

    Bare encoders on the way have no robustness of their own, and are passed over. Where no
    ancestor can be measured, the downstream is audited alone.

    Args:
        spec: The audit.
        client: Asks the Hub; by default one that gives up soon.

    Raises:
        WeaklinkError: The model is nowhere to be found, or the Hub cannot be asked.
    """
    if spec.link is None or spec.link.upstream != AUTO:
        return Ancestry(spec)
    downstream = spec.link.downstream
    chain = trace(downstream, client or HubClient(retries=_RETRIES))
    if not chain[0].there:
        raise WeaklinkError(
            f"{downstream} is not a local folder, and the Hub has no information about it.",
            "Check its spelling and the network, or name the upstream with --upstream.",
        )
    upstream = next((ancestor.model for ancestor in chain[1:] if ancestor.classifies), None)
    if upstream is None:
        return Ancestry(spec.model_copy(update={"chains": (), "models": (downstream,)}), chain)
    settled = StatedChain(models=(upstream, downstream))
    weigher = LinkWeigher({}, remote=spec.verify_weights, client=client)
    weights = weigher.link(upstream, downstream, "finetune")
    return Ancestry(spec.model_copy(update={"chains": (settled,)}), chain, weights)
