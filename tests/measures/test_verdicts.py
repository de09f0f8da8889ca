import pytest

from weaklink.measures import Estimate
from weaklink.measures.verdicts import verdict


@pytest.mark.parametrize(
    ("low", "value", "high", "p", "said"),
    [
        (0.01, 0.1, 0.2, 0.01, "less robust"),
        (-0.2, -0.1, -0.01, 0.01, "more robust"),
        (0.01, 0.1, 0.2, 0.05, "undecided"),
        (0.01, 0.1, 0.2, None, "undecided"),
        (-0.01, 0.1, 0.2, 0.01, "undecided"),
        (0.0, 0.1, 0.2, 0.01, "undecided"),
        (-0.2, -0.1, 0.0, 0.01, "undecided"),
    ],
)
def test_a_verdict_needs_both_the_interval_and_the_test(low, value, high, p, said):
    assert verdict(Estimate(value=value, low=low, high=high, n=100), p) == said


def test_without_a_delta_the_verdict_is_undecided():
    assert verdict(None, 0.01) == "undecided"
