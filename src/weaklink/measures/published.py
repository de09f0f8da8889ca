"""What the paper's text gives for RQ2 and RQ3, beside ours."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from weaklink.measures.results import (
    Compared,
    Group,
    LinkResult,
    Published,
    Rates,
    Scenario,
)
from weaklink.measures.statistics.estimate import Estimate

_AVERAGED = {
    "C1": ("C1",),
    "C5": ("C5",),
    "C1 to C8": tuple(f"C{number}" for number in range(1, 9)),
    "C9 and C10": ("C9", "C10"),
}
_CHAINS = {
    "delta_c1": "C1",
    "delta_c5": "C5",
    "delta_c1_c8": "C1 to C8",
    "delta_c9_c10": "C9 and C10",
}
"""The average that stands beside each figure of chains."""


OPENATTACK = "openattack"
"""The set of attacks as the paper ran them."""
LLM_STUDY = "qin2024-llm"
"""The preset that repeats the authors' experiment with LLMs."""
_OF_LLMS = "llm_"
_REPLAYED = ("replay-openattack-", "replay-")


def sets_of(attacks: Sequence[str]) -> dict[str, list[int]]:
    """Return the places of the attacks of each set, by its name; empty where there is one set.

    >>> sets_of(("pwws", "openattack-pwws", "gan"))
    {'published': [0, 2], 'openattack': [1]}
    >>> sets_of(("pwws", "gan"))
    {}
    """
    sets: dict[str, list[int]] = {"published": [], OPENATTACK: []}
    for place, name in enumerate(attacks):
        sets[OPENATTACK if name.startswith(f"{OPENATTACK}-") else "published"].append(place)
    return sets if all(sets.values()) else {}


def published(
    overall: Rates,
    models: Sequence[Group],
    links: Compared | None,
    chains: Mapping[str, Compared],
) -> tuple[Published, ...]:
    """Return the paper's figures in its order, each with ours where there is one."""
    ours = _ours(overall, models, links) | {
        key: None if name not in chains else chains[name].all.delta for key, name in _CHAINS.items()
    }
    return tuple(
        Published(**figure, ours=ours.get(figure["key"]))
        for figure in _figures()
        if "study" not in figure
    )


def published_of_llms(
    cells: Sequence[Scenario],
    models: Sequence[Group],
    link: LinkResult | None,
    attacks: Sequence[Compared],
) -> tuple[Published, ...]:
    """Return the authors' figures of LLMs, each with ours where there is one.

    Args:
        cells: Each attack against each model.
        models: All attacks against each model.
        link: The LLM and what was fine-tuned from it.
        attacks: Each attack along that link.
    """
    ours = dict[str, Estimate | None]()
    if link is not None:
        sides = {link.upstream: "upstream", link.downstream: "downstream"}
        ours |= {f"{sides[cell.model]}_{_attack(cell.attack)}": cell.asr_all
                 for cell in cells if cell.model in sides}  # fmt: skip
        ours |= {f"transfer_{_attack(each.name)}": each.all.sample_transfer for each in attacks}
        for one in models:
            if one.model in sides and one.rates.asr_all is not None:
                ours[f"{_OF_LLMS}{sides[one.model]}"] = one.rates.asr_all.micro
        ours[f"{_OF_LLMS}transfer"] = link.all.sample_transfer
    return tuple(
        Published(**{k: v for k, v in figure.items() if k != "study"}, ours=ours.get(figure["key"]))
        for figure in _figures()
        if figure.get("study") == LLM_STUDY or figure["key"].startswith(_OF_LLMS)
    )


def findings() -> list[dict[str, str]]:
    """Return what the paper says in words: key, figure, label, paper and note of each."""
    found: list[dict[str, str]] = _read()["findings"]
    return found


def _figures() -> list[dict[str, Any]]:
    figures: list[dict[str, Any]] = _read()["figures"]
    return figures


def _read() -> dict[str, Any]:
    text = files("weaklink.measures").joinpath("published.toml").read_text(encoding="utf-8")
    return tomllib.loads(text)


def _attack(name: str) -> str:
    """Return the attack that found what a replay tries, as published.toml names it.

    >>> _attack("replay-openattack-pwws")
    'pwws'
    """
    for prefix in _REPLAYED:
        name = name.removeprefix(prefix)
    return name


def averaged(chains: Mapping[str, Sequence[int]]) -> dict[str, list[int]]:
    """Return the links of the chains whose names the paper averages over, by that average."""
    found = {
        name: sorted({link for one in named for link in chains.get(one, ())})
        for name, named in _AVERAGED.items()
    }
    return {name: links for name, links in found.items() if links}


def _ours(
    overall: Rates,
    models: Sequence[Group],
    links: Compared | None,
) -> dict[str, Estimate | None]:
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
        "transfer_mean": None if over_links is None else over_links.sample_transfer,
        "targeted_against": None if over_links is None else over_links.downstream_asr,
        "targeted_gain": None if over_links is None else over_links.sample_advantage_over_all,
    }
