"""What must stand behind each number of a table that leads to outcomes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from .contrasts import family_of
from .counted import counted
from .facts import Facts, Link, Scenario, fell
from .page import Outcomes, Page, Shown
from .tables import visible

_LEADS = re.compile(
    r"(asr|accuracy|robust|upstream_asr|downstream_asr|text_transfer|sample_transfer|delta"
    r"|fallen|worst_attack_leaves)(_all|_all_micro|_correct|_valid|_accuracy|_both_correct|_\d+)?"
)
"""Columns of numbers that are counted from outcomes, and must lead to them."""


def check_links(
    facts: Facts, page: Page, tables: Mapping[str, Sequence[Mapping[str, Any]]]
) -> Iterator[str]:
    """Yield each link of a table that leads to other outcomes than its number is counted from."""
    outcomes = Outcomes(page.data)
    for name, rows in tables.items():
        for row, shown in zip(rows, page.tables[name], strict=True):
            for column, cell in zip(visible(name, row), shown, strict=True):
                if cell.href is None:
                    if row[column] is not None and _LEADS.fullmatch(column):
                        yield f"{name}.{column}: leads nowhere"
                    continue
                found, expected = outcomes.behind(cell.href), _behind(facts, row, column)
                if found != expected:
                    yield f"{name}.{column}: {cell.href}: {len(found)}, not {len(expected)}"


def _behind(facts: Facts, row: Mapping[str, Any], column: str) -> set[Shown]:
    """Return the outcomes that the number in a column of a row is counted from."""
    attack = row["worst_attack"] if column == "worst_attack_leaves" else row.get("attack")
    found: set[Shown] = set()
    for dataset, name in product(facts.samples, facts.repetitions):
        if row.get("dataset") in (None, dataset) and attack in (None, name):
            found.update(_of_scenario(facts, Scenario(dataset, "", name), row, column))
    return found


def _of_scenario(
    facts: Facts, scenario: Scenario, row: Mapping[str, Any], column: str
) -> Iterator[Shown]:
    links = _links(facts, row)
    if column in {"text_transfer", "sample_transfer"}:
        follow = _replayed if column == "text_transfer" else _attacked_anew
        for link in links:
            yield from follow(facts, scenario, link)
        return
    ends = {"upstream_asr": (0,), "downstream_asr": (1,)}.get(column, (0, 1))
    linked = dict.fromkeys(link[end] for link in links for end in ends)
    models = [row["model"]] if "model" in row else linked or facts.models
    for model in models:
        counts = counted(facts, scenario.dataset, model, row, column)
        for place, made in facts.scenario(*scenario._replace(model=model)).items():
            if counts(made):
                yield Shown(scenario.dataset, model, scenario.attack, *place)


def _links(facts: Facts, row: Mapping[str, Any]) -> list[Link]:
    """Return the links that a row is about; all for one that averages over them."""
    if "link" in row:
        return [link for link in facts.links if " → ".join(link) == row["link"]]
    if "downstream" in row:
        return [(row["upstream"], row["downstream"])]
    if "chain" in row:
        return facts.chains[row["chain"]]
    if "architecture" in row and "delta" in row:
        return [link for link in facts.links if facts.models[link[1]] == row["architecture"]]
    if "family" in row:
        return [link for link in facts.links if family_of(facts.models[link[1]]) == row["family"]]
    return facts.links if "sample_transfer" in row else []


def _replayed(facts: Facts, scenario: Scenario, link: Link) -> Iterator[Shown]:
    """Yield the texts found on the upstream, tried on the downstream."""
    above = facts.scenario(scenario.dataset, link[0], scenario.attack)
    tried = facts.replays.get((scenario._replace(model=link[0]), link[1]), {})
    for place in tried:
        if place in above and fell(above[place]):
            yield Shown(scenario.dataset, link[1], scenario.attack, *place, link[0])


def _attacked_anew(facts: Facts, scenario: Scenario, link: Link) -> Iterator[Shown]:
    """Yield the attempts on the downstream where the same attempt succeeded on the upstream."""
    above, below = (facts.scenario(scenario.dataset, end, scenario.attack) for end in link)
    for place in below:
        if place in above and fell(above[place]):
            yield Shown(scenario.dataset, link[1], scenario.attack, *place)
