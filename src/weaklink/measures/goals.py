"""What the attacks of a campaign were after, and what their rates are called for it."""

from __future__ import annotations

from weaklink.measures.results import GoalResult
from weaklink.store.studies import Study


def goal_of(study: Study) -> GoalResult:
    """Return the goal of the campaigns, which all have the same."""
    asked = next((study.campaigns[one.campaign] for one in study.record.campaigns), None)
    if asked is None:
        return GoalResult()
    return goal_from(asked.source, asked.target)


def goal_from(source: str | None, target: str | None) -> GoalResult:
    """Return a goal from the label that is attacked and the one that is aimed at, if any."""
    return GoalResult(source=source, target=target, kind="evasion" if source else "attack success")


def rates_of(goal: GoalResult) -> str:
    """Write what kind of rates the asr of a campaign are.

    >>> rates_of(GoalResult()), rates_of(GoalResult(source="INJECTION", kind="evasion"))
    ('success rates', 'evasion rates')
    """
    return "evasion rates" if goal.kind == "evasion" else "success rates"


def evasion(goal: GoalResult) -> str:
    """Write what an evasion rate counts; nothing where rates are of success.

    >>> evasion(GoalResult(source="INJECTION", target="SAFE", kind="evasion"))
    'Every asr is an evasion rate: of the samples that the model gives INJECTION, the share whose \
texts it gives SAFE after the attack.'
    """
    if goal.kind != "evasion":
        return ""
    reached = "another label" if goal.target is None else goal.target
    return (
        f"Every asr is an evasion rate: of the samples that the model gives {goal.source}, the "
        f"share whose texts it gives {reached} after the attack."
    )


def measure_of(name: str, goal: GoalResult) -> str:
    """Write the name of a measure, with a word where it is an evasion rate.

    >>> measure_of("asr_all", GoalResult(source="INJECTION", kind="evasion"))
    'asr_all (evasion)'
    """
    return f"{name} (evasion)" if goal.kind == "evasion" and name.startswith("asr") else name


def told_goal(goal: GoalResult) -> str:
    """Write which samples are attacked and what is reached.

    >>> told_goal(GoalResult(target="SAFE"))
    'from any label to SAFE'
    """
    reached = "any other label" if goal.target is None else goal.target
    return f"from {goal.source or 'any label'} to {reached}"
