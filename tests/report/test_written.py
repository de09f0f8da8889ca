import pytest

from weaklink.measures import Estimate
from weaklink.report.written import counted, estimate, number, p_value, percent, points, written


def test_a_share_has_its_interval_and_the_number_of_samples():
    figure = Estimate(value=0.618, low=0.52, high=0.71, n=100)
    assert counted(figure) == "61.8 % [52.0, 71.0], n = 100"


def test_a_difference_has_signs_and_a_true_minus():
    figure = Estimate(value=-0.1, low=-0.224, high=0.02, n=97)
    assert counted(figure, "difference") == "−10.0 [−22.4, +2.0], n = 97"


@pytest.mark.parametrize("value", [0.0, -0.0, 0.0004, -0.0004])
def test_what_rounds_to_zero_has_no_sign(value):
    assert points(value) == "0.0"


@pytest.mark.parametrize("write", [estimate, counted, number, p_value, percent, points])
def test_no_figure_is_a_dash_and_never_a_zero(write):
    assert write(None) == "–"


@pytest.mark.parametrize("kind", ["text", "share", "difference", "count", "amount", "number", "p"])
def test_no_value_of_any_kind_is_a_dash(kind):
    assert written(None, kind) == "–"


def test_small_p_values_are_bounded():
    assert [p_value(p) for p in (0.0009999, 0.001, 0.25, 1.0)] == [
        "< 0.001",
        "0.001",
        "0.250",
        "1.000",
    ]
