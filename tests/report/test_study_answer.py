"""A study's answer in a few sentences."""

from tests.study.planted import planted_study
from weaklink.measures import Estimate, Options
from weaklink.measures.figures import results
from weaklink.report.page.answer import answer

STUDY = planted_study()
FOUND = results(STUDY, Options(resamples=19))


def sure(value):
    return Estimate(value=value, low=value - 0.1, high=value + 0.1, n=100)


def with_models(**accuracy_and_robust):
    worst = next(one for one in FOUND.worst if one.dataset is None)
    found = [
        worst.model_copy(
            update={"model": name, "accuracy": sure(before), "robust_accuracy": sure(after)}
        )
        for name, (before, after) in accuracy_and_robust.items()
    ]
    return " ".join(answer(STUDY, FOUND.model_copy(update={"worst": found})))


def test_a_model_that_may_be_guessing_is_not_called_robust():
    said = with_models(guesser=(0.5, 0.5), reader=(0.9, 0.2))
    assert "the most robust model, reader, still classifies 20.0 %" in said
    assert "guesser" not in said


def test_where_all_may_be_guessing_none_is_named():
    assert "No model is right often enough" in with_models(guesser=(0.5, 0.5), other=(0.55, 0.4))
