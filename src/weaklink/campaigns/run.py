"""Runs every campaign, audit or study, from its specification to its record.

1. Choose the chains and models, and make the models that the campaign makes itself.
2. Load and check data, victims and attacks.
3. Attack every victim, then try what was found on upstreams on their downstreams.
4. Measure fluency.

One victim is in memory at a time, or a few where the campaign goes in blocks. If something fails to
load, an audit ends; a study records the failure with its reason and finishes the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from weaklink.campaigns.blocks.one_bar import OneBar
from weaklink.campaigns.blocks.pace import BlockPace
from weaklink.campaigns.defending.defended import provided
from weaklink.campaigns.design import Design, make_design
from weaklink.campaigns.executors.choose import choose_executor
from weaklink.campaigns.finished import inputs_of
from weaklink.campaigns.fluency import language_model_of
from weaklink.campaigns.prepare.attacks import configured_attacks
from weaklink.campaigns.prepare.call_arguments import NOTHING, CallArguments
from weaklink.campaigns.prepare.check import check_names, check_victims, measured_chains
from weaklink.campaigns.prepare.data import load_samples
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.link_weights import LinkWeigher
from weaklink.campaigns.prepare.make import Learn, make_models
from weaklink.campaigns.prepare.operating import require_point
from weaklink.campaigns.prepare.references import check_references
from weaklink.campaigns.prepare.remote import answers_of
from weaklink.campaigns.prepare.resources import load_models
from weaklink.campaigns.prepare.victims import Victims
from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import TFIDF
from weaklink.campaigns.stages import Stages
from weaklink.engine import Models
from weaklink.errors import WeaklinkError
from weaklink.measures import Bound
from weaklink.measures.runs.baseline import Baseline
from weaklink.progress import Progress
from weaklink.store import Store
from weaklink.store.record import StudyRecord
from weaklink.victims.remote.spending import spending_lines


class Ran(NamedTuple):
    """What came of a run: its record, and how many outcomes it made."""

    record: StudyRecord
    made: int


def run(  # noqa: PLR0913 - what a run is given besides its specification
    spec: Specification,
    store: Store,
    progress: Progress,
    *,
    strict: bool,
    folder: Path = Path(),
    models: Models | None = None,
    keep: Callable[[StudyRecord], None] = lambda _: None,
    given: CallArguments = NOTHING,
    learn: Learn | None = None,
) -> Ran:
    """Run a specification, or resume an interrupted run.

    Args:
        spec: What to do.
        store: Takes the campaigns, the outcomes and the record.
        progress: Is told how far the work is.
        strict: Whether a failure ends the run, as in an audit.
        folder: Holds the models that the campaign makes.
        models: Encoder, tagger and the like; by default those that the specification names.
        keep: Is given the record before the first attack, and again at the end.
        given: Gates, and models, attacks and data that are objects of the caller.
        learn: Attacks the models that defences learn on, where the campaign makes any.

    Raises:
        WeaklinkError: The specification cannot be followed, or the store failed. Finished
            outcomes are stored, and the same call resumes.
    """
    pace, progress = BlockPace(spec.max_minutes), OneBar(progress)
    _require_gates(spec, given.gates)
    require_point(spec)
    attacks = [] if spec.replay else configured_attacks(spec, given.attacks)
    language_model, design = language_model_of(spec), make_design(spec, folder)
    failures = Failures(strict)
    places = make_models(spec, folder, failures, progress, learn)
    folders: list[str | Path] = [*places.values(), *design.models]
    apart = [one.folder for one in design.defences]
    answers = answers_of(spec, folder, alone=strict)
    victims = Victims(spec, places, progress, answers)
    made = dict(provided(design.defences, victims.load_bare, victims.at_point))
    for name, make in {**given.victims, **made}.items():
        victims.provide(name, make)
    check_names(design, victims, failures)
    samples = load_samples(spec, attacks, folders, failures, progress, given.data, apart=apart)
    seen = check_victims(design, spec, samples, victims, failures, progress)
    references = check_references(design, spec, samples, victims, failures, progress)
    weigher = LinkWeigher(places, remote=spec.verify_weights)
    chains = weigher.chains(measured_chains(design.chains, seen, failures))
    defences = [one for one in design.defences if {one.model, one.defended} <= set(seen.stated)]
    own, models = models, models or load_models(spec, seen.device or None)
    executor = choose_executor(spec, store, victims, models, own, progress)
    spent = partial(spending_lines, spec.remote(answers))
    stages = Stages(spec, store, executor, models, seen, failures, progress, language_model, spent)
    attacked = stages.campaigns(samples)
    beside = stages.beside(attacked, references.records)
    record = stages.record(design, chains, attacked).model_copy(
        update={
            **({"command": ()} if given.objects else {}),
            "references": tuple(references.entries.values()),
            "reference_campaigns": tuple(one.entry for one in beside),
            "defences": tuple(one.entry for one in defences),
        }
    )
    stages.keep(record, keep)
    stages.tell_expected([*attacked, *beside], chains)
    pairs = [pair for chain in chains for pair in pairwise(chain.measured)]
    pairs += [(one.model, one.defended) for one in defences]
    stopped = None
    with closing(executor):
        if spec.in_blocks:
            blocks = stages.blocks(attacked, beside, record, given.gates, pace, pairs)
            stopped = stages.attack_in_blocks(blocks, [*attacked, *beside])
            parts = stages.cut([*attacked, *beside], blocks.cut())
            attacked, beside = parts[: len(attacked)], parts[len(attacked) :]
        else:
            stages.attack([*attacked, *beside])
        replays = stages.replays(attacked, pairs)
    stages.measure([*(one.campaign for one in attacked), *(campaign for campaign, _ in replays)])
    lasting = not (failures.entries or stopped or given.objects)
    inputs = inputs_of(spec, _named(design), places) if lasting else {}
    done = {
        "replays": tuple(entry for _, entries in replays for entry in entries),
        "failures": tuple(failures.entries),
        "campaigns": tuple(one.entry for one in attacked),
        "reference_campaigns": tuple(one.entry for one in beside),
        "stopped": stopped,
        "inputs": inputs,
    }
    record = record.model_copy(update=done)
    stages.keep(record, keep)
    return Ran(record, stages.made)


def _require_gates(spec: Specification, gates: Sequence[Bound | Baseline]) -> None:
    if spec.until == "decided" and not gates:
        raise WeaklinkError(
            "There is no gate to decide.", "Give a bound, such as --fail-over asr_correct=0.5."
        )


def _named(design: Design) -> list[str]:
    """Return the models, references and folders of defences that a user named."""
    guarded = {one.defended for one in design.defences if one.kind == "guard"}
    names = [name for name in (*design.models, *design.references) if name != TFIDF]
    folders = (str(one.folder) for one in design.defences)
    return [*(name for name in names if name not in guarded), *folders]
