"""Every figure of a campaign, as its report shows it and as its JSON keeps it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict

from weaklink.document import Document
from weaklink.measures.bounds import Bounds
from weaklink.measures.statistics.estimate import Estimate
from weaklink.store.record import Failure, Stopped

Verdict: TypeAlias = Literal["less robust", "more robust", "undecided"]
"""What a delta says of the downstream."""
State: TypeAlias = Literal["passed", "failed", "undecided", "unknown"]
"""What a gate says of a figure; unknown: there is none."""


class _Figures(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Average(_Figures):
    """A rate over several scenarios; a scenario is one attack on one data set against one model."""

    macro: Estimate
    """Mean of the scenarios' rates: every scenario weighs the same."""
    micro: Estimate
    """All samples of all scenarios pooled: every sample weighs the same."""
    n_scenarios: int
    """Number of scenarios that have such a rate."""


class Rates(_Figures):
    """The rates of a group of scenarios under every denominator."""

    asr_all: Average | None
    asr_correct: Average | None
    robust_accuracy: Average | None
    asr_valid: Average | None


class Group(_Figures):
    """Rates of all scenarios of one model, one attack, one data set, or one attack on one."""

    model: str | None = None
    attack: str | None = None
    dataset: str | None = None
    rates: Rates
    accuracy: Average | None = None
    """Before any attack; of single models only."""


class Scenario(_Figures):
    """One attack on one data set against one model; intervals are Wilson's."""

    model: str
    attack: str
    dataset: str
    asr_all: Estimate | None
    asr_correct: Estimate | None
    robust_accuracy: Estimate | None
    asr_valid: Estimate | None
    by_repetition: tuple[float, ...]
    """``asr_all`` of each repetition; their mean is the paper's figure."""
    variance: float | None
    """Between repetitions, unbiased; None for fewer than two."""
    statuses: dict[str, int]
    """Number of attempts by status."""
    missing: int
    """Attempts that the campaign asks for and the store does not have."""
    queries_mean: float | None
    """Of all attempts that count."""
    queries_median: float | None
    queries_of_successes: tuple[float, float, float, float, float] | None
    """5th, 25th, 50th, 75th and 95th percentile."""
    words_changed_mean: float | None
    """Of successes: mean share of the text's words that were changed, in [0, 1]."""
    characters_changed_mean: float | None
    """Of successes: mean edit distance over the length of the original text, in [0, 1]."""
    similarity_mean: float | None
    """Of successes: mean cosine of sentence embeddings with the original."""
    perplexity_ratio_median: float | None
    """Of successes: median perplexity of the adversarial text over that of the original."""
    fluency_missing: int | None
    """Successes of unknown perplexity: their validity rests on the other bounds alone."""
    notes: dict[str, float]
    """Mean of each note that the attack left on its attempts, successful or not."""
    seconds: float | None
    """Of all attempts."""


class WorstCase(_Figures):
    """One model under the union of all attacks, on one data set or (None) over all."""

    model: str
    dataset: str | None
    accuracy: Estimate | None
    """Before any attack."""
    texts_cut: int | None
    """Samples longer than the model reads."""
    robust_accuracy: Estimate | None
    """Samples classified correctly that fall to no attack, over samples that all were tried on."""
    worst_attack: str | None
    """The single attack that leaves the lowest robust accuracy."""
    worst_attack_leaves: Estimate | None
    """The robust accuracy that it leaves: what single attacks make of the worst case."""
    fallen: tuple[int, ...]
    """Number of samples that fall to 0, 1, 2, ... attacks."""


class General(_Figures):
    """What independent lineages say of chains in general: each counts once.

    Chains that share an ancestor are one lineage.
    """

    mean: Estimate
    """Mean of the lineages' deltas, with its t interval; ``n`` is the number of lineages."""
    spread: float
    """Standard deviation between lineages."""
    next_low: float
    """Lower end of the 95 % prediction interval for the delta of the next lineage."""
    next_high: float
    p_value: float | None
    """Of the t test that the mean is zero; None where all lineages are equal."""
    detectable: float
    """The mean that would show at the 5 % level with a power of 80 %."""
    verdict: Verdict
    """Undecided with fewer than five lineages."""


class Pick(_Figures):
    """The first of many by a figure, and those that it cannot be told apart from."""

    about: str | None
    """The model that attacks are picked for; None where models are."""
    name: str
    rivals: tuple[str, ...]
    """Others whose difference from it is not above zero, with Bonferroni's correction."""


class Comparison(_Figures):
    """Upstream and downstream over a group of scenarios of one or more links.

    Rates are macro averages over the scenarios, and every interval is the bootstrap over samples.
    """

    upstream_asr: Estimate | None
    """``asr_all`` of the upstream."""
    downstream_asr: Estimate | None
    """``asr_all`` of the downstream, on all samples."""
    delta: Estimate | None
    delta_micro: Estimate | None
    p_value: float | None
    """Of the paired permutation by sample that delta is zero."""
    p_holm: float | None
    """Adjusted over the groups beside it."""
    sample_transfer: Estimate | None
    """Of the upstream's vulnerable samples, the share on which a new downstream attack succeeds."""
    text_transfer: Estimate | None
    """Of the adversarial texts found upstream, the share that makes the downstream err."""
    elsewhere: Estimate | None
    """``asr_all`` of the downstream on samples that did not fall upstream."""
    null_transfer: Estimate | None
    """What ``sample_transfer`` would be between models that share no ancestor: the baseline.

    From unrelated models on the same samples, attacks and repetitions, at the rates of these two.
    None where no model of another lineage was attacked."""
    lineage_advantage: Estimate | None
    """``sample_transfer`` less ``null_transfer``, clustered by sample and by lineage: above zero,
    weakness is handed down."""
    lineage_detectable: float | None
    """The ``lineage_advantage`` that would show at the 5 % level with a power of 80 %."""
    sample_advantage_over_all: Estimate | None
    """``sample_transfer`` less ``downstream_asr``: what an attacker gains by knowing the upstream.
    Above zero, some samples are easier than others; it does not say that weakness is inherited."""
    text_advantage_over_all: Estimate | None
    """``text_transfer`` less ``downstream_asr``."""
    detectable: float | None
    """The delta that would show at the 5 % level with a power of 80 %."""
    detectable_holm: float | None
    """The same after Holm's correction for the groups beside it, if no other one shows."""
    verdict: Verdict
    """Of delta, its interval and the adjusted p-value: about these links, not links in general."""
    general: General | None
    """Of delta, over independent lineages; None for fewer than two."""
    n_scenarios: int


class Compared(_Figures):
    """One group of scenarios over all samples, and over those that both models know."""

    name: str
    """Of the chain, architecture, attack or data set; ``upstream → downstream`` of a link."""
    all: Comparison
    both_correct: Comparison


class AttackSet(_Figures):
    """Averages over some of the attacks: the published ones, or those by OpenAttack's rules."""

    name: str
    attacks: tuple[str, ...]
    rates: Rates
    """Over all models and data sets."""
    all_links: Compared | None


class LinkResult(Compared):
    """One link of the chains."""

    upstream: str
    downstream: str
    chains: tuple[str, ...]
    architecture: str


class LinkScenario(_Figures):
    """One attack on one data set along one link."""

    upstream: str
    downstream: str
    attack: str
    dataset: str
    subset: Literal["all", "both_correct"]
    """Which samples count."""
    n: int
    """Samples attacked on both."""
    upstream_asr: float | None
    downstream_asr: float | None
    delta: Estimate
    test: str
    p_value: float
    p_holm: float | None
    """Adjusted over all scenarios of all links with the same samples."""
    verdict: Verdict
    """Of delta, its interval and the p-value of this scenario alone."""
    cohens_h: float | None
    only_upstream: int | None
    """Samples that fell upstream only; None with repetitions, where samples fall in part."""
    only_downstream: int | None
    odds_ratio: float | None
    """``only_downstream`` over ``only_upstream``; None where the latter is none."""
    detectable: float | None
    """The delta that would show in this test at the 5 % level with a power of 80 %, at this share
    of samples that differ."""
    detectable_holm: float | None
    """The same after Holm's correction, if no other scenario shows."""
    sample_transfer: Estimate | None
    text_transfer: Estimate | None
    elsewhere: Estimate | None


class Contrast(_Figures):
    """Two architectures, compared over the chains or lineages that have them."""

    grouping: Literal["class", "family"]
    """By the class in the configuration, or by the family that the paper would name."""
    unit: Literal["chains", "lineages"]
    """What counts once: chains, as in the paper, or lineages, which are independent."""
    first: str
    second: str
    n_first: int
    n_second: int
    difference: float
    """Mean delta of the first less that of the second."""
    p_value: float
    """Two-sided, of the permutation of labels over the units."""
    p_holm: float | None
    """Adjusted over the pairs of the same grouping and unit."""
    p_greater: float
    """One-sided, that the first has the greater delta."""
    p_least: float
    """The least one-sided p-value that so few units can give: 1 over the number of assignments."""
    detectable: float | None
    """The difference that would show at the 5 % level with a power of 80 %; None: none would."""


class Change(_Figures):
    """A figure of the bare model and of the defended one."""

    before: Estimate
    after: Estimate
    difference: Estimate
    """After less before, paired by sample."""


class DefenceGroup(_Figures):
    """A defence under one attack, or averaged over several: every scenario weighs the same."""

    asr_all: Change | None
    """After: the adaptive attacker, who attacks the model with its defence."""
    asr_correct: Change | None
    robust_accuracy: Change | None
    asr_valid: Change | None
    asr_oblivious: Estimate | None
    """``asr_all`` of an attacker who attacks the bare model, and sends what was found to the
    defended one. None where texts were not tried there."""
    text_transfer: Estimate | None
    """Of the texts that were found on the bare model, the share that also works on the other."""
    p_value: float | None
    """Of the paired permutation by sample that ``asr_all`` did not change."""


class DefenceScenario(_Figures):
    """A defence under one attack on one data set."""

    attack: str
    dataset: str
    learnt: bool
    """Whether the defence learnt from texts of this attack."""
    figures: DefenceGroup
    words_changed: tuple[float | None, float | None]
    """Mean share of words changed in successes, before and after."""
    queries: tuple[float | None, float | None]
    """Mean queries of all attempts, before and after."""


class DefenceResult(_Figures):
    """A model with a defence beside the same model without it."""

    kind: Literal["guard", "hardened"]
    model: str
    defended: str
    method: str
    learnt_on: str | None
    """The model whose vulnerable samples it learnt from; None if from none."""
    attacks: tuple[str, ...]
    """The attacks that it learnt from."""
    accuracy: Change | None
    """Before any attack; a text that a guard rejects is not classified correctly."""
    rejected: Estimate | None
    """Share of unaltered texts that a guard rejects; None for other defences."""
    all: DefenceGroup
    unknown: DefenceGroup | None
    """Over the attacks that it did not learn from; None if it learnt from none, or from all."""
    scenarios: tuple[DefenceScenario, ...]
    p_holm: float | None
    """Of ``all``, adjusted over the defences."""
    verdict: Verdict
    """What the adaptive attacker says of the defended model."""


class Advice(_Figures):
    """What to do with a chain, an architecture or a model, as section 7 of the paper asks for."""

    about: str
    kind: Literal["chain", "architecture", "model"]
    verdict: Literal["use as is", "fine-tune", "harden", "guard", "cannot be told"]


class Published(_Figures):
    """A figure that the paper's text gives, and ours."""

    key: str
    figure: str
    label: str
    paper: float
    ours: Estimate | None
    unit: Literal["share", "difference"]
    note: str


class GoalResult(_Figures):
    """What the attacks were after, and so what every ``asr`` is a rate of."""

    source: str | None = None
    """Only samples that the model gives this label were attacked; None: all were."""
    target: str | None = None
    """A success is a text that the model gives this label; None: any label but its own."""
    kind: Literal["attack success", "evasion"] = "attack success"
    """``evasion`` where ``source`` is given: every ``asr`` is then the share of the samples with
    that label that get past the model. Their names stay."""


class OperatingPointResult(_Figures):
    """From which probability up a model gives a label."""

    model: str
    label: str
    threshold: float
    false_alarms: Estimate | None
    """Of the benign texts that the threshold was chosen on, the share that gets the label; the
    interval holds for new ones. None where the threshold was given."""
    allowed: float | None
    """The share of them that may."""
    benign: str | None
    """Their file."""


class GateJudgement(_Figures):
    """What a gate says of one figure."""

    gate: str
    """As it stands on the command line."""
    measure: str
    """The figure that it bounds."""
    side: Literal["over", "under"]
    """Whether a figure over or one under the limit fails."""
    limit: float
    model: str
    attack: str
    """``any`` where all of them are tried."""
    dataset: str
    estimate: Estimate | None
    """The figure, whose interval is compared with the limit; None where no attempt counts."""
    state: State
    """Undecided where the limit is inside the interval."""


class Results(Document):
    """All figures of a campaign. Its JSON is this, and the report reads no other figures.

    A figure is None where there is none, and where an older version did not write it.
    """

    kind: Literal["results"] = "results"
    schema_version: Literal[3] = 3
    created: datetime | None  # type: ignore[assignment]  # version 0.1.0 wrote none
    """When the figures were computed, in UTC."""
    verdict: Verdict | None
    """Of delta over all links; None without a link. Over several lineages it is about chains in
    general, and undecided with fewer than five."""
    gate_state: State | None = None
    """Of all gates that were asked for: failed if one figure failed, else unknown, undecided or
    passed. An undecided figure counts as ``--undecided`` says. Unknown, too, where a campaign
    stopped before a sample was done. Else None without a gate."""
    judgements: tuple[GateJudgement, ...] = ()
    """What each gate says of each figure."""
    name: str
    digest: str
    models: tuple[str, ...]
    attacks: tuple[str, ...]
    datasets: tuple[str, ...]
    resamples: int
    seed: int
    bounds: Bounds
    """What makes an adversarial text valid."""
    intervals: Literal["fixed", "always-valid"] = "fixed"
    """``always-valid`` where the campaign ran until its gates were decided: the intervals of rates,
    of the worst case, of deltas and of transfer hold at every look, on one data set also those of
    averages. Those of null transfer and of advantages do not, and neither p-values nor picks are
    adjusted."""
    stopped: Stopped | None = None
    """Why not all samples are done that were asked for; None where they are."""
    goal: GoalResult = GoalResult()
    operating_points: tuple[OperatingPointResult, ...] = ()
    """Of models that do not just give the most likely label."""
    language_models: tuple[str, ...]
    """Digests of the models that perplexity was measured with."""
    overall: Rates
    by_model: tuple[Group, ...]
    by_attack: tuple[Group, ...]
    by_dataset: tuple[Group, ...]
    by_cell: tuple[Group, ...]
    references: tuple[Group, ...]
    """Models that were attacked for ``null_transfer`` alone; they enter no other figure."""
    attack_sets: tuple[AttackSet, ...] = ()
    """Averages of each set, where a campaign has attacks as published and as OpenAttack runs them.
    Other averages are over all attacks."""
    by_model_mapped: tuple[Group, ...]
    """The models with labels that the specification maps to the data's, with that mapping."""
    scenarios: tuple[Scenario, ...]
    worst: tuple[WorstCase, ...]
    most_robust: Pick | None
    """The model that keeps the highest robust accuracy in the worst case, among those right more
    often than by guessing between two labels."""
    strongest: tuple[Pick, ...]
    """The attack with the highest ``asr_correct``, or ``asr_all`` without it, for each model."""
    links: tuple[LinkResult, ...]
    chains: tuple[Compared, ...]
    architectures: tuple[Compared, ...]
    families: tuple[Compared, ...]
    """As ``architectures``, by the family that the paper would name."""
    contrasts: tuple[Contrast, ...]
    """Finding 4: every two architectures, by class and by family."""
    link_attacks: tuple[Compared, ...]
    """Over all links, by attack."""
    all_links: Compared | None
    link_scenarios: tuple[LinkScenario, ...]
    scenario_n: int | None
    """Median number of samples in a scenario of a link, where all samples count."""
    scenario_detectable: float | None
    """The delta that would show in one such scenario, at the mean share of discordant samples."""
    scenario_detectable_holm: float | None
    """The same after Holm's correction for all scenarios, if no other one shows."""
    defences: tuple[DefenceResult, ...] = ()
    """Models with a defence, each beside the same model without it."""
    advice: tuple[Advice, ...]
    published: tuple[Published, ...]
    failures: tuple[Failure, ...]

    def _repr_html_(self) -> str:
        """Return the figures as notebooks show them."""
        from weaklink.measures.runs.notebook import html_of_results

        return html_of_results(self)

    @property
    def audited(self) -> tuple[str, ...]:
        """All models but those that are only upstreams, or stand bare beside a defence."""
        downstreams = {link.downstream for link in self.links}
        upstreams = {link.upstream for link in self.links} - downstreams
        upstreams |= {one.model for one in self.defences} - downstreams
        return tuple(name for name in self.models if name not in upstreams)
