"""Every kind of victim against the rules that all must hold to."""

import pytest

from tests.victims.conformance import check_victim
from tests.victims.tiny import ARCHITECTURES, POSITIONS, save_tiny
from weaklink.victims import CallableVictim, Differentiable, load_victim


def by_length(texts):
    return [[1 / (1 + len(text)), len(text) / (1 + len(text))] for text in texts]


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_transformers_victims_hold_to_the_rules(architecture, tmp_path):
    victim = load_victim(save_tiny(tmp_path, architecture), device="cpu")
    check_victim(victim)
    assert isinstance(victim, Differentiable)
    assert victim.labels == ("negative", "positive")
    assert max(map(len, victim.encode(["good " * 99]))) == POSITIONS


def test_a_callable_victim_holds_to_the_rules():
    victim = CallableVictim(by_length, "here:by_length")
    check_victim(victim)
    assert not isinstance(victim, Differentiable)


def test_an_asked_maximum_length_is_kept_to(tmp_path):
    victim = load_victim(save_tiny(tmp_path), device="cpu", max_length=6)
    check_victim(victim)
    assert len(victim.encode(["good " * 99])[0]) == 6
    assert victim.visible("good film good film bad") == len("good film good film")
