"""The model that a campaign is about, where it is about one."""

from __future__ import annotations

from weaklink.measures.results import Results
from weaklink.store.studies import Study


def audited(study: Study, results: Results) -> str | None:
    """Return the only model, or the end of the only chain; None for a campaign of many.

    A model with a defence stands for the same model without it.

    Such a campaign has one data set, and no model beside the chain.
    """
    chains = study.record.chains
    if len(results.datasets) != 1 or len(chains) > 1 or not results.models:
        return None
    if not chains:
        bare = {one.model for one in results.defences}
        left = [name for name in results.models if name not in bare]
        return left[0] if len(left) == 1 and len(bare) < 2 else None  # noqa: PLR2004
    measured = [model for model in chains[0].measured if model in results.models]
    return measured[-1] if measured and set(results.models) <= set(measured) else None
