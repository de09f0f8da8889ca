"""Short names of models."""

from __future__ import annotations

from weaklink.measures.results import Results


def short_names(results: Results) -> dict[str, str]:
    """Map each model to its role where the campaign is of one link, else to itself."""
    if len(results.links) == 1 and len(results.models) == 2:  # noqa: PLR2004
        (link,) = results.links
        return {link.upstream: "upstream", link.downstream: "downstream"}
    return {model: model for model in results.models}
