"""The methods section, written from the specification and the campaigns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from weaklink.measures.results import Results
from weaklink.report.written import listed, within
from weaklink.store import Campaign
from weaklink.store.record import StudyRecord
from weaklink.store.studies import Study


def methods(study: Study, results: Results) -> list[str]:
    """Return the section's paragraphs."""
    campaigns = [study.campaigns[entry.campaign] for entry in study.record.campaigns]
    perplexity = [_perplexity(results)] if results.language_models else []
    return [
        _selected(study),
        *_registered(study),
        _attacked(study, results, campaigns),
        *([_replayed(study)] if study.record.replays else []),
        _rates(results),
        *perplexity,
        _statistics(results),
    ]


def at_a_glance(study: Study, results: Results) -> list[tuple[str, str]]:
    """Return what was measured on what, and when, in a few words each."""
    campaigns = [study.campaigns[entry.campaign] for entry in study.record.campaigns]
    drawn = {f"{len(campaign.data.sample_ids):,}" for campaign in campaigns}
    chains = [("chains", f"{len(study.record.chains):,}")] if study.record.chains else []
    taken = [("measured", f"{results.created:%Y-%m-%d}")] if results.created else []
    return [
        ("models", f"{len(results.models):,}"),
        *chains,
        ("attacks", listed(results.attacks, most=6)),
        ("data", listed(results.datasets, most=4)),
        ("samples", " and ".join(sorted(drawn)) + (" of each" if len(campaigns) > 1 else "")),
        *taken,
    ]


def data_facts(study: Study) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return each data set with what was drawn from it, and what the attacks were after."""
    pairs = _pairs(study.record.specification)
    return [
        (entry.dataset, [*_data(study.campaigns[entry.campaign]), *pairs])
        for entry in study.record.campaigns
    ]


def _data(campaign: Campaign) -> list[tuple[str, str]]:
    data, budget = campaign.data, campaign.max_queries
    return [
        ("source", data.source),
        ("split", data.split),
        ("language", data.language),
        ("samples", f"{len(data.sample_ids):,}"),
        ("seed", str(campaign.seed)),
        ("labels", ", ".join(data.labels)),
        ("goal", _goal([campaign])),
        ("query budget", "none" if budget is None else f"{budget} for each sample"),
        ("fingerprint", data.fingerprint),
    ]


def _pairs(specification: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Say which segment of pairs is attacked."""
    if second := specification.get("pair_column"):
        first = specification.get("text_column") or "the text column"
        attacked = specification.get("attack_segment") or first
        yield (
            "pairs",
            f"{first} and {second}; only {attacked} is attacked and measured, the other stays",
        )


def _goal(campaigns: Iterable[Campaign]) -> str:
    goals = {(campaign.source, campaign.target) for campaign in campaigns}
    return ", ".join(_told_goal(*goal) for goal in sorted(goals, key=str))


def _told_goal(source: str | None, target: str | None) -> str:
    told = "any label but the model's own prediction" if target is None else f"the label {target}"
    if source is None:
        return told
    return f"{told}, from samples that the model gives {source} (every asr is an evasion rate)"


def attack_facts(study: Study) -> list[tuple[str, str, list[tuple[str, str]]]]:
    """Return each attack with its paper and its parameters, where they are the same everywhere."""
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for entry in study.record.campaigns:
        for attack in study.campaigns[entry.campaign].attacks:
            parameters = [(name, str(value)) for name, value in attack.parameters.items()]
            facts = [("repetitions", str(attack.repetitions)), *parameters]
            facts.append(("fingerprint", attack.fingerprint))
            found.setdefault(attack.name, (attack.paper, facts))
    return [(name, paper, facts) for name, (paper, facts) in found.items()]


class SpecificationFacts(NamedTuple):
    """The keys of a specification that are set, as text."""

    changed: list[tuple[str, str]]
    """Those that are not defaults."""
    folded: list[tuple[str, str]]
    """The others; all where the record does not say which are defaults."""


def specification_facts(record: StudyRecord) -> SpecificationFacts:
    """Return every key of the specification that is set, as text."""
    found = SpecificationFacts([], [])
    for name, value in _keys(record.specification):
        told = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
        (found.changed if name in (record.changed or ()) else found.folded).append((name, told))
    return found


def _keys(specification: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Yield each key with its value, those of a table as ``table.key``."""
    for name, value in specification.items():
        if isinstance(value, Mapping):
            yield from ((f"{name}.{key}", inner) for key, inner in value.items())
        elif value not in (None, "", [], ()):
            yield name, value


def _selected(study: Study) -> str:
    record = study.record
    loaded = sum(model.fingerprint is not None for model in record.models)
    how = (
        f"Chains were selected in {len(record.funnel)} steps (section 5.1.1 of the paper)"
        if record.funnel
        else "Models and chains were named in the specification"
    )
    return (
        f"{how}: {_count(record.chains, 'chain')} and {_count(record.models, 'model')}, of which "
        f"{loaded} could be measured. A model without a classification head has no robustness of "
        "its own and ends the measurable part of its chain."
    )


def _count(found: Sequence[object], what: str) -> str:
    return f"{len(found):,} {what}{'s' if len(found) != 1 else ''}"


def _registered(study: Study) -> list[str]:
    """Say whether the specification stood before the first outcome."""
    if study.registered is None:
        return []
    when = f"{study.registered.created:%Y-%m-%d %H:%M} UTC"
    digest = study.record.digest[:12]
    if not study.registered.outcomes:
        return [
            (
                f"Pre-registered: the specification with digest {digest} was stored on {when}, "
                "before the first outcome."
            )
        ]
    return [
        (
            f"Not pre-registered: when the specification with digest {digest} was stored, on "
            f"{when}, the store already had {study.registered.outcomes:,} outcomes."
        )
    ]


def _attacked(study: Study, results: Results, campaigns: list[Campaign]) -> str:
    sizes = ", ".join(
        f"{len(campaign.data.sample_ids)} of {entry.dataset} ({campaign.data.split} split)"
        for entry, campaign in zip(study.record.campaigns, campaigns, strict=True)
    )
    seeds = ", ".join(sorted({str(campaign.seed) for campaign in campaigns}))
    first = study.record.specification.get("sampling") == "first"
    how = "the first of each" if first else "drawn at random"
    repeated = sorted(
        {
            f"{attack.name} {attack.repetitions} times"
            for campaign in campaigns
            for attack in campaign.attacks
            if attack.repetitions > 1
        }
    )
    goal = _goal(campaigns)
    return (
        f"Every model was attacked by {', '.join(results.attacks)} on the same samples: {sizes}; "
        f"{how}; seed {seeds}. The goal was {goal}. "
        + (f"Random attacks were repeated: {', '.join(repeated)}. " if repeated else "")
        + "Every adversarial text was scored again on its own before it counted as a success."
    )


def _replayed(study: Study) -> str:
    replays = {
        (one.dataset, one.upstream, one.downstream, one.attack, one.repetition)
        for one in study.record.replays
    }
    return (
        "Text transfer was measured, not inferred: the adversarial texts found on each upstream "
        f"were given to its downstream as they are, in {len(replays)} replays."
    )


def _rates(results: Results) -> str:
    return (
        "asr_all divides successes by all attacked samples (the paper's rate), asr_correct by "
        "those that the model classified correctly; robust_accuracy is the share classified "
        "correctly before and after. Attempts that ended in an error enter no rate, where the "
        "paper's tool counts them as failed attacks. A sample that was attacked several times "
        "counts with the share of its repetitions that succeeded. asr_valid counts a success only "
        f"if its text is valid: {within(results.bounds)}."
    )


def _perplexity(results: Results) -> str:
    digests = ", ".join(digest[:12] for digest in results.language_models)
    return f"Perplexity was measured under the language model with digest {digests}."


def _after_holm(results: Results) -> str:
    if results.scenario_detectable_holm is None:
        return ", and after Holm's correction none can"
    return f", and after Holm's correction one under {100 * results.scenario_detectable_holm:.0f}"


def _references(results: Results) -> str:
    if not results.references:
        return ""
    names = ", ".join(str(one.model) for one in results.references)
    return (
        f" Reference models, which enter no other figure, were attacked for it: {names} "
        "(tfidf: TF-IDF and logistic regression, trained on other texts of the same split). Where "
        "all other models are of one lineage, both ends are taken to correlate under the null as "
        "each does with that lineage; two unrelated models of the chain's own kind may share more."
    )


def _statistics(results: Results) -> str:
    told = ""
    if results.scenario_detectable is not None:
        told = (
            f" With {results.scenario_n} samples in one scenario a delta under "
            f"{100 * results.scenario_detectable:.0f} points cannot be told from zero (5 % level, "
            f"power 80 %){_after_holm(results)}."
        )
    alone = (
        "The campaign was looked at until its gates were decided, so rates, deltas, transfer and "
        "the worst case have intervals that hold at every look, by mixtures of bets (Waudby-Smith "
        "and Ramdas 2024); so have averages over attacks. What follows is not adjusted for the "
        "looks. Other figures have Wilson intervals"
        if results.intervals == "always-valid"
        else "Rates of one scenario have Wilson intervals; so have averages and transfer"
    )
    return (
        f"{alone}, with the "
        f"variance over {results.resamples:,} bootstrap resamples of the samples (seed "
        f"{results.seed}), within data sets, clustered by sample across attacks, models and links, "
        "and the tails of Student's t. Deltas and advantages have Newcombe's, paired on every "
        "resample. Null transfer comes from models of other lineages on the same samples, attacks "
        "and repetitions, adjusted for the difficulty of the sample; the lineage advantage is "
        f"clustered by sample and by lineage.{_references(results)} "
        "A scenario's delta is tested by exact McNemar, or by a paired permutation where attacks "
        "were repeated; an average delta by exchanging both models on whole samples. p-values are "
        f"adjusted by Holm within each table.{told} All intervals are at 95 %."
    )
