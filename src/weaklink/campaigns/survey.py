"""Every model of a study looked at once, before any is attacked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from weaklink.campaigns.chain_trust import Stated
from weaklink.campaigns.design import Design
from weaklink.campaigns.grounds import Ground
from weaklink.campaigns.made import Made
from weaklink.campaigns.preparation import (
    aim,
    check_gradients,
    check_labels,
    check_target,
    examine,
    load,
)
from weaklink.campaigns.record import record_victim
from weaklink.campaigns.study_specification import StudySpecification
from weaklink.engine import Armed
from weaklink.errors import WeaklinkError
from weaklink.progress import Progress
from weaklink.store import VictimRecord
from weaklink.store.record import Failure, ModelEntry
from weaklink.victims import Victim


@dataclass
class Survey:
    """What was seen.

    Attributes:
        records: The victims of each data set, each fingerprint once.
        entries: Every model of the design by name.
        stated: What the models that can be attacked say of themselves, by name.
        failures: What could not be had.
        device: Where the victims run.
    """

    records: dict[str, list[VictimRecord]]
    entries: dict[str, ModelEntry] = field(default_factory=dict)
    stated: dict[str, Stated] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    device: str = "cpu"


def survey(
    design: Design,
    spec: StudySpecification,
    grounds: Mapping[str, Ground],
    armed: Sequence[Armed],
    made: Made,
    progress: Progress,
) -> Survey:
    """Load each model once, and check it on every data set.

    Args:
        design: The models.
        spec: How they run.
        grounds: The data sets by name.
        armed: The attacks.
        made: The models that the study made; those that failed are not looked at.
        progress: Is told of each.
    """
    found = Survey({name: [] for name in grounds})
    for name in design.models:
        facts = design.facts.get(name, {})
        found.entries[name] = ModelEntry(
            name=name,
            architecture=facts.get("architecture"),
            languages=tuple(facts.get("languages") or ()),
            downloads=facts.get("downloads_all_time"),
        )
        if name in made.failed:
            continue
        try:
            victim = load(name, spec, progress, place=made.places.get(name))
            check_gradients(armed, victim)
            _see(victim, found, grounds, spec.target, progress)
        except Exception as error:  # noqa: BLE001 - one model's fault must not end the study
            found.failures.append(failure(name, error))
    return found


def failure(what: str, error: Exception) -> Failure:
    """Return what an exception says about something that cannot be had."""
    known = isinstance(error, WeaklinkError)
    return Failure(what=what, reason=str(error) if known else f"{type(error).__name__}: {error}")


def _see(
    victim: Victim,
    found: Survey,
    grounds: Mapping[str, Ground],
    target: str | None,
    progress: Progress,
) -> None:
    """Check a victim on every data set, and take it down."""
    check_target(target, victim)
    entry = found.entries[victim.name]
    languages = tuple(getattr(victim, "languages", ())) or entry.languages
    known = {record.fingerprint for records in found.records.values() for record in records}
    records = dict[str, VictimRecord]()
    for name, ground in grounds.items():
        try:
            check_labels(ground.dataset, victim)
        except WeaklinkError as error:
            found.failures.append(failure(f"{victim.name} on {name}", error))
            continue
        if victim.fingerprint not in known:
            warnings = examine(aim(victim, ground.dataset), ground.dataset, progress)
            records[name] = record_victim(victim, "single", warnings)
    for name, record in records.items():
        found.records[name].append(record)
    found.device = victim.details.get("device", "cpu")
    found.stated[victim.name] = Stated(victim.name, victim.labels, languages)
    found.entries[victim.name] = entry.model_copy(
        update={
            "fingerprint": victim.fingerprint,
            "architecture": victim.details.get("architecture", entry.architecture),
            "languages": languages,
        }
    )
