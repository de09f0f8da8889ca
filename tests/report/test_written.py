import pytest

from weaklink.measures import Estimate
from weaklink.report.figures import difference, estimate, number, p_value, signed, verdict


def test_a_share_has_its_interval_and_the_number_of_samples():
    assert estimate(Estimate(value=0.618, low=0.52, high=0.71, n=100)) == "0.62 [0.52, 0.71] n=100"


def test_a_difference_has_signs_and_a_true_minus():
    figure = Estimate(value=-0.1, low=-0.224, high=0.02, n=97)
    assert difference(figure) == "−0.10 [−0.22, +0.02] n=97"


@pytest.mark.parametrize("value", [0.0, -0.0, 0.004, -0.004])
def test_what_rounds_to_zero_has_no_sign(value):
    assert signed(value) == "0.00"


@pytest.mark.parametrize("write", [estimate, difference, number, p_value])
def test_no_figure_is_a_dash_and_never_a_zero(write):
    assert write(None) == "–"


def test_small_p_values_are_bounded():
    assert [p_value(p) for p in (0.0009999, 0.001, 0.25, 1.0)] == [
        "< 0.001",
        "0.001",
        "0.250",
        "1.000",
    ]


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
