"""What tasks and attacks may cost, by the estimates of a plan.

The most expensive task starts first, so that none runs alone at the end. Of the attacks in a block
the cheapest one does, so that little is lost when the time is up.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from statistics import fmean

from weaklink.campaigns.executors.task import Task, Work
from weaklink.campaigns.plan.duration import attempt_work
from weaklink.campaigns.plan.models import PlannedModels
from weaklink.campaigns.plan.plan import AttackPlan, tokens_of
from weaklink.campaigns.specification import Specification
from weaklink.engine import ConfiguredAttack


def cost_of(task: Task, spec: Specification, places: Mapping[str, Path]) -> float:
    """Return the plan's estimate of a task's cost, in tokens of the packaged encoder.

    No server is asked: a model of unknown size is taken for a BERT-base.

    Args:
        task: The task.
        spec: Names the models that the campaign makes.
        places: Their folders.
    """
    model = PlannedModels(spec, places, None).plan(task.victim)
    return sum(
        model.cost
        * tokens_of(model.words(len(sample.text.split())))
        * sum(attack.repetitions for attack in work.campaign.attacks)
        for work in task.work
        for sample in work.data.dataset.samples
    )


def cheapest_first(
    work: Work, victim: str, spec: Specification, places: Mapping[str, Path]
) -> dict[str, ConfiguredAttack]:
    """Return the attacks on a data set by fingerprint, the one of the cheapest attempts first.

    Args:
        work: The attacks and the data set.
        victim: Name of the model.
        spec: Names the models that the campaign makes.
        places: Their folders.
    """
    cost = PlannedModels(spec, places, None).cost(victim)
    words = fmean(len(sample.text.split()) for sample in work.data.dataset.samples)

    def expected(fingerprint: str) -> float:
        plan = AttackPlan(work.attacks[fingerprint].attack.name, 1)
        return attempt_work(plan, words, cost, spec.max_queries)

    return {one: work.attacks[one] for one in sorted(work.attacks, key=expected)}
