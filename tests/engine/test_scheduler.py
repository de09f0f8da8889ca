import random

import pytest

from weaklink.attacks import Score
from weaklink.engine.scheduler import Scheduler
from weaklink.errors import WeaklinkError
from weaklink.store import Status
from weaklink.testing import ToyVictim

from .work import ATTACKS, TEXTS, blank, toy_services, work


def outcomes(width=64, seed=None, victim=None):
    victim = victim or ToyVictim()
    attempts = work(victim)
    if seed is not None:
        random.Random(seed).shuffle(attempts)
    found = Scheduler(toy_services(victim), width).run(attempts)
    return {one.key: (one.status, one.adversarial_text, one.queries) for one in found}


@pytest.mark.parametrize("width", [1, 2, 8, 64])
def test_outcomes_do_not_depend_on_the_number_of_live_attempts(width):
    assert outcomes(width) == outcomes(3)


@pytest.mark.parametrize("seed", range(3))
def test_outcomes_do_not_depend_on_the_order_of_samples(seed):
    assert outcomes(8, seed) == outcomes(8)


def test_every_attempt_ends_once():
    found = outcomes()
    assert len(found) == len(TEXTS) * len(ATTACKS) * 2
    assert {status for status, _, _ in found.values()} >= {Status.SUCCEEDED, Status.FAILED}


class Recording:
    def __init__(self, service):
        self.service, self.sizes = service, []

    def __call__(self, asks):
        self.sizes.append(len(asks))
        return self.service(asks)


def test_asks_of_many_attempts_reach_the_model_together():
    victim = ToyVictim()
    services = toy_services(victim)
    services[Score] = recording = Recording(services[Score])
    attempts = work(victim, ["pwws"], [text for text in TEXTS if text])
    list(Scheduler(services, 64).run(attempts))
    assert recording.sizes[0] == len(attempts)


class Started(Recording):
    """Answers when it is read; notes what was begun and read."""

    def __init__(self, service, fails=False):
        super().__init__(service)
        self.fails, self.events = fails, []

    def start(self, asks):
        self.events.append(("begun", len(asks)))
        return lambda: self.events.append(("read", len(asks))) or self.read(asks)

    def read(self, asks):
        if self.fails:
            raise RuntimeError("together it fails")
        return self.service(asks)


@pytest.mark.parametrize("fails", [False, True])
@pytest.mark.parametrize("width", [1, 2, 5, 64])
def test_outcomes_are_the_same_where_scores_are_begun_and_read_later(width, fails):
    victim = ToyVictim()
    services = toy_services(victim)
    services[Score] = Started(services[Score], fails)
    found = Scheduler(services, width).run(work(victim))
    assert {o.key: (o.status, o.adversarial_text, o.queries) for o in found} == outcomes()


def test_half_of_the_attempts_go_on_while_the_other_half_is_scored():
    victim = ToyVictim()
    services = toy_services(victim)
    services[Score] = started = Started(services[Score])
    list(Scheduler(services, 4).run(work(victim, ["pwws"], [text for text in TEXTS if text])))
    kinds = [kind for kind, _ in started.events]
    assert kinds[:3] == ["begun", "read", "begun"]
    assert kinds.count("begun") == kinds.count("read")
    assert max(size for _, size in started.events) == 2


def attempt_of(steps, text="x"):
    return blank(text, "made"), steps


def raising(error):
    yield Score(("a",))
    raise error


def test_an_exception_in_an_attack_is_an_error_with_its_traceback():
    (outcome,) = Scheduler(toy_services(ToyVictim())).run(
        [attempt_of(raising(ZeroDivisionError("odd")))]
    )
    assert outcome.status is Status.ERROR
    assert "ZeroDivisionError: odd" in outcome.error
    assert "raising" in outcome.error


def test_an_ask_that_nobody_answers_is_an_error():
    def asking():
        yield "something"

    (outcome,) = Scheduler(toy_services(ToyVictim())).run([attempt_of(asking())])
    assert "may not ask 'something'" in outcome.error


class Moody(ToyVictim):
    """Fails on every batch that holds a certain word."""

    def forward(self, batch):
        if any("slow" in text for text in batch):
            raise ValueError("no slow texts, please")
        return super().forward(batch)


def test_a_model_that_fails_on_one_text_spoils_that_attempt_alone():
    victim = Moody()
    found = list(Scheduler(toy_services(victim)).run(work(victim, ["pwws"], ["film", "slow film"])))
    assert {o.original_text: o.status is Status.ERROR for o in found} == {
        "film": False, "slow film": True,
    }  # fmt: skip


def test_a_model_that_always_fails_ends_the_campaign():
    victim = Moody()
    with pytest.raises(WeaklinkError, match="25 times in a row.*no slow texts"):
        list(Scheduler(toy_services(victim)).run(work(victim, texts=["slow film"] * 30)))


def test_time_is_shared_among_the_attempts_of_a_batch():
    found = list(Scheduler(toy_services(ToyVictim())).run(work(ToyVictim())))
    assert all(one.seconds > 0 for one in found)
