"""Only samples that the victim gives one label are attacked, for those who guard."""

import pytest

from tests.engine.work import TEXTS, blank, job, toy_models
from weaklink.attacks.registry import find
from weaklink.engine import ConfiguredAttack, Scheduler, remember_scores
from weaklink.store import Status
from weaklink.testing import ToyVictim

VICTIM = ToyVictim()


def outcomes(**goal):
    attack = job("pwws", VICTIM, **goal)
    work = [(one := blank(text, "pwws", i), attack.attempt(one, 1)) for i, text in enumerate(TEXTS)]
    services = toy_models().services(remember_scores(VICTIM), VICTIM)
    return {one.original_text: one for one in Scheduler(services).run(work)}


@pytest.mark.parametrize(("source", "target"), [(0, None), (1, None), (1, 0)])
def test_samples_of_other_labels_are_skipped_and_the_rest_is_as_ever(source, target):
    every, some = outcomes(target=target), outcomes(source=source, target=target)
    assert len(some) == len(TEXTS)
    for text, outcome in some.items():
        if outcome.original_index == source:
            assert (outcome.status, outcome.adversarial_text) == (
                every[text].status, every[text].adversarial_text,
            )  # fmt: skip
        else:
            assert (outcome.status, outcome.queries) == (Status.SKIPPED, 1)
    assert {one.original_index for one in some.values()} == {0, 1}


def test_the_goal_is_part_of_the_key_only_where_it_is_not_the_default():
    attack = find("pwws")
    one = ConfiguredAttack(attack, attack.parameters())
    resources = dict.fromkeys(attack.uses, "x")
    plain = one.fingerprint(resources, None, None)
    assert one.fingerprint(resources, None, None, None) == plain
    assert one.fingerprint(resources, None, None, "SAFE") != plain
