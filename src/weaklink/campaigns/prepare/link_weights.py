"""What weights say of the links of chains: the one place where campaigns ask them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from itertools import pairwise
from pathlib import Path

from weaklink.errors import WeaklinkError
from weaklink.files import user_path
from weaklink.hub.client import HubClient
from weaklink.lineage.weights.claim import check_claim
from weaklink.lineage.weights.sources import Weights, open_weights
from weaklink.store.record import ChainEntry, Link, LinkWeights
from weaklink.victims import TrustWarning

_RETRIES = 2


class LinkWeigher:
    """Compares the weights of both ends of links; each model is opened once.

    Args:
        places: Folders of models that the campaign made.
        remote: Whether models on the Hub are read, by range requests.
        client: Asks the Hub.
    """

    def __init__(
        self, places: Mapping[str, Path], *, remote: bool, client: HubClient | None = None
    ) -> None:
        self._places = places
        self._remote = remote
        self._given = client
        self._opened = dict[str, Weights | None]()

    def chains(self, chains: Iterable[ChainEntry]) -> tuple[ChainEntry, ...]:
        """Return chains with what weights say of each link; a refuted one is warned of."""
        return tuple(map(self._chain, chains))

    def link(self, upstream: str, downstream: str, relation: str) -> LinkWeights | None:
        """Return what weights say of a link; None where they cannot be read cheaply."""
        ends = [self._open(name) for name in (downstream, upstream)]
        if ends[0] is None or ends[1] is None:
            return None
        try:
            claim = check_claim(ends[0], ends[1], relation)
        except (WeaklinkError, OSError, ValueError):
            return None
        return LinkWeights(said=claim.said, why=claim.why)

    def _chain(self, chain: ChainEntry) -> ChainEntry:
        links = tuple(self._weighed(link) for link in chain.links)
        measured = set(pairwise(chain.measured))
        warnings = tuple(
            TrustWarning(
                check="chain-weights",
                message=f"{one.downstream} is said to come from {one.upstream}, and its weights "
                f"say otherwise ({one.weights.why}): what the two share may not be inherited.",
            )
            for one in links
            if one.weights is not None
            and one.weights.said == "refuted"
            and (one.upstream, one.downstream) in measured
        )
        return chain.model_copy(update={"links": links, "warnings": (*chain.warnings, *warnings)})

    def _weighed(self, link: Link) -> Link:
        said = self.link(link.upstream, link.downstream, link.relation)
        return link.model_copy(update={"weights": said})

    def _open(self, name: str) -> Weights | None:
        if name not in self._opened:
            self._opened[name] = self._read(str(self._places.get(name, name)))
        return self._opened[name]

    def _read(self, model: str) -> Weights | None:
        local = user_path(model).is_dir()
        if not local and not self._remote:
            return None
        try:
            return open_weights(model, None if local else self._client)
        except (WeaklinkError, OSError, ValueError):
            return None

    @cached_property
    def _client(self) -> HubClient:
        return self._given or HubClient(retries=_RETRIES)
