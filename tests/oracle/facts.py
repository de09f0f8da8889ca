"""What a study's folder holds: its record, and one row for each attempt."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

Try: TypeAlias = tuple[str, int]
"""Sample, repetition."""
Row: TypeAlias = sqlite3.Row
Link: TypeAlias = tuple[str, str]


class Scenario(NamedTuple):
    """One attack on one data set against one model."""

    dataset: str
    model: str
    attack: str


_COUNTED = {"succeeded", "failed", "exhausted"}


@dataclass(frozen=True)
class Facts:
    """A study as it was planted.

    Attributes:
        record: ``study.json``.
        samples: The ids of each data set's samples.
        repetitions: How often each attack was to be made.
        attempts: Of each scenario.
        replays: Of the texts that each scenario found, by the downstream that they were tried on.
        language_models: That perplexity was measured with.
    """

    record: Mapping[str, Any]
    samples: Mapping[str, Sequence[str]]
    repetitions: Mapping[str, int]
    attempts: Mapping[Scenario, Mapping[Try, Row]]
    replays: Mapping[tuple[Scenario, str], Mapping[Try, Row]]
    language_models: frozenset[str]

    @property
    def models(self) -> dict[str, str]:
        """The architecture of every model that was measured."""
        found = self.record["models"]
        return {m["name"]: m["architecture"] or "unknown" for m in found if m["fingerprint"]}

    @property
    def references(self) -> list[str]:
        """The models that were attacked for the null of transfer alone."""
        return [model["name"] for model in self.record.get("references", ())]

    @property
    def chains(self) -> dict[str, list[Link]]:
        """The links of every chain."""
        return {chain["name"]: [*pairwise(chain["measured"])] for chain in self.record["chains"]}

    @property
    def links(self) -> list[Link]:
        """Every link once."""
        return [*dict.fromkeys(link for links in self.chains.values() for link in links)]

    def scenario(self, *place: str) -> Mapping[Try, Row]:
        """Return the attempts of one attack on one data set against one model."""
        return self.attempts.get(Scenario(*place), {})

    def counted(self, *place: str) -> dict[str, list[Row]]:
        """Return the attempts that count of each sample of a scenario."""
        made = self.scenario(*place)
        return {
            sample: [
                made[sample, number]
                for number in range(self.repetitions[place[2]])
                if counts(made.get((sample, number)))
            ]
            for sample in self.samples[place[0]]
        }


def counts(row: Row | None) -> bool:
    """Return whether an attempt enters the rates."""
    return row is not None and row["status"] in _COUNTED


def fell(row: Row) -> bool:
    """Return whether an attempt succeeded."""
    return bool(row["status"] == "succeeded")


def read_facts(folder: Path) -> Facts:
    """Read ``study.json`` and ``study.db``."""
    record = json.loads((folder / "study.json").read_text(encoding="utf-8"))
    return _facts(record, folder / "study.db")


def read_audit(path: Path) -> Facts:
    """Read the store of an audit, which holds its record."""
    with closing(sqlite3.connect(path)) as connection:
        query = "SELECT content FROM records ORDER BY id DESC"
        (content,) = connection.execute(query).fetchone()
    return _facts(json.loads(content), path)


def _facts(record: Mapping[str, Any], path: Path) -> Facts:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        contents = dict(connection.execute("SELECT id, content FROM campaigns").fetchall())
        rows = connection.execute("SELECT * FROM outcomes").fetchall()
    campaigns = {entry["dataset"]: json.loads(contents[entry["campaign"]])
                 for entry in record["campaigns"]}  # fmt: skip
    models = [*record["models"], *record.get("references", ())]
    names = {model["fingerprint"]: model["name"] for model in models}
    replays = {entry["attack_fingerprint"]: entry for entry in record["replays"]}
    attempts: defaultdict[Scenario, dict[Try, Row]] = defaultdict(dict)
    replayed: defaultdict[tuple[Scenario, str], dict[Try, Row]] = defaultdict(dict)
    for row in rows:
        model, sample = names[row["victim_fingerprint"]], row["sample_id"]
        entry = replays.get(row["attack_fingerprint"])
        if entry is None:
            place = Scenario(row["dataset"], model, row["attack"])
            attempts[place][sample, row["repetition"]] = row
        else:
            found = Scenario(entry["dataset"], entry["upstream"], entry["attack"])
            replayed[found, model][sample, entry["repetition"]] = row
    first = next(iter(campaigns.values()))
    return Facts(
        record=record,
        samples={name: campaign["data"]["sample_ids"] for name, campaign in campaigns.items()},
        repetitions={attack["name"]: attack["repetitions"] for attack in first["attacks"]},
        attempts=attempts,
        replays=replayed,
        language_models=frozenset(row["language_model"] for row in rows if row["language_model"]),
    )
