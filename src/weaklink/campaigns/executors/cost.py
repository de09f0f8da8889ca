"""What a task may cost: the most expensive ones start first, so that none runs alone at the end."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from weaklink.campaigns.executors.task import Task
from weaklink.campaigns.plan.models import PlannedModels
from weaklink.campaigns.plan.plan import tokens_of
from weaklink.campaigns.specification import Specification


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
