"""What the paper's text gives for RQ2 and RQ3, beside ours."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files

from weaklink.measures.results import Compared, Group, Published, Rates
from weaklink.measures.statistics.estimate import Estimate

_FIRST_EIGHT = {f"C{number}" for number in range(1, 9)}


def published(
    overall: Rates,
    models: Sequence[Group],
    links: Compared | None,
    first_chains: Compared | None,
) -> tuple[Published, ...]:
    """Return the paper's figures in its order, each with ours where there is one."""
    ours = _ours(overall, models, links, first_chains)
    text = files("weaklink.measures").joinpath("published.toml").read_text(encoding="utf-8")
    return tuple(
        Published(**figure, ours=ours.get(figure["key"]))
        for figure in tomllib.loads(text)["figures"]
    )


def is_first_eight(chain: str) -> bool:
    """Return whether a chain has one of the names that the paper averages over."""
    return chain in _FIRST_EIGHT


def _ours(
    overall: Rates,
    models: Sequence[Group],
    links: Compared | None,
    first_chains: Compared | None,
) -> Mapping[str, Estimate | None]:
    rates = sorted(
        (group.rates.asr_all.macro for group in models if group.rates.asr_all is not None),
        key=lambda figure: figure.value,
    )
    over_links = None if links is None else links.all
    return {
        "asr_mean": None if overall.asr_all is None else overall.asr_all.macro,
        "asr_lowest": rates[0] if rates else None,
        "asr_highest": rates[-1] if rates else None,
        "delta_mean": None if over_links is None else over_links.delta,
        "delta_c1_c8": None if first_chains is None else first_chains.all.delta,
        "transfer_mean": None if over_links is None else over_links.sample_transfer,
        "targeted_against": None if over_links is None else over_links.downstream,
    }
