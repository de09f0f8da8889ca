import multiprocessing
import random
from dataclasses import replace
from itertools import groupby

import pytest

from weaklink.attacks import Parameters, attack
from weaklink.engine import ConfiguredAttack
from weaklink.store import Status, open_store

from . import killable
from .killable import ATTACKS, make_run


def outcomes_in(path):
    with open_store(path) as store:
        return [replace(outcome, seconds=0.0) for outcome in store.outcomes()]


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """The outcomes of a campaign that nobody interrupted."""
    path = tmp_path_factory.mktemp("whole") / "store.db"
    with open_store(path) as store:
        make_run(store, 16).run(lambda _: None)
    return outcomes_in(path)


@pytest.fixture(scope="module")
def start():
    """Start a campaign in a process of its own, which tells what it does through a pipe."""
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([killable.__name__])

    def start(path, width):
        told, telling = processes.Pipe(duplex=False)
        process = processes.Process(target=killable.campaign_of_toys, args=(path, width, telling))
        process.start()
        telling.close()
        return process, told

    return start


def test_killed_at_random_and_resumed_it_equals_an_uninterrupted_run(whole, start, tmp_path):
    path, chance = tmp_path / "store.db", random.Random(5)
    for kills in range(6):
        stored = outcomes_in(path) if path.exists() else []
        process, told = start(path, chance.choice([1, 8, 64]))
        assert told.recv() == len(whole) - len(stored)
        if kills < 5:
            for _ in range(chance.randrange(12)):
                told.recv()
            process.kill()
        else:
            for _ in range(len(whole) - len(stored)):
                told.recv()
        process.join()
    assert process.exitcode == 0
    assert 0 < len(stored) < len(whole)
    assert outcomes_in(path) == whole


def test_the_same_campaign_again_asks_nothing(whole, tmp_path):
    path = tmp_path / "store.db"
    with open_store(path) as store:
        make_run(store, 16).run(lambda _: None)
        again = make_run(store, 16)
        assert again.pending() == []
        again.run(lambda _: pytest.fail("asked again"))
        assert all(victim.scores.usage.texts == 0 for victim in again.victims.values())


def test_an_error_is_stored_and_tried_again(tmp_path):
    broken = [True]

    @attack(name="pwws", paper="None", parameters=Parameters)
    def moody(words, context):
        """Fail the first time."""
        if broken[0]:
            raise RuntimeError("not today")
        return None
        yield

    def run_with(store):
        run = make_run(store, 4)
        run = replace(run, attacks={**run.attacks, "pwws": ConfiguredAttack(moody, Parameters())})
        made = []
        run.run(made.append)
        return made

    with open_store(tmp_path / "store.db") as store:
        first = run_with(store)
        errors = [o for o in first if o.status is Status.ERROR]
        assert errors
        assert {o.attack for o in errors} == {"pwws"}
        broken[0] = False
        second = run_with(store)
        assert len(second) == len(errors)
        assert not list(store.outcomes(status=Status.ERROR))


def test_every_key_that_the_campaign_asks_for_has_an_outcome(whole):
    samples = len({outcome.key.sample_id for outcome in whole})
    assert len(whole) == 2 * samples * sum(ATTACKS.values())


def test_attacks_of_a_block_follow_each_other_and_outcomes_do_not_depend_on_their_order(
    whole, tmp_path
):
    path, told = tmp_path / "store.db", []
    with open_store(path) as store:
        run = make_run(store, 1)
        backwards = dict(reversed(run.attacks.items()))
        replace(run, attacks=backwards).run(lambda one: told.append((one.victim, one.attack)))
    assert outcomes_in(path) == whole
    names = [one.attack.name for one in backwards.values()]
    for victim in dict.fromkeys(victim for victim, _ in told):
        order = [name for name, _ in groupby(attack for one, attack in told if one == victim)]
        assert order == names * (len(order) // len(names))
