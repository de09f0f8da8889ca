"""Both searches against spaces in which the nearest winner is known."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weaklink.attacks.shared.latent_search import Limits, hybrid_shrinking, iterative_stochastic
from weaklink.testing import drive

SEARCHES = [hybrid_shrinking, iterative_stochastic]
CENTRE = np.array([3.0, -1.0])


def search(algorithm, wins, limits, seed=0, centre=CENTRE):
    """Return what is found, and the rounds' distances from the centre."""
    rounds = []

    def probe(codes):
        rounds.append(np.linalg.norm(codes - centre, axis=1))
        return [tuple(code) if wins(code) else None for code in codes]
        yield

    found, _ = drive(algorithm(centre, probe, limits, np.random.default_rng(seed)), {})
    return found, rounds


def beyond_a_line(distance, angle=0.7):
    """Win on the far side of a line at a distance from the centre."""
    normal = np.array([math.cos(angle), math.sin(angle)])
    return lambda code: (code - CENTRE) @ normal > distance


@pytest.mark.parametrize("algorithm", SEARCHES)
@given(distance=st.floats(0.2, 3.5), angle=st.floats(0, 6.3), seed=st.integers(0, 99))
def test_the_nearest_point_beyond_a_line_is_found(algorithm, distance, angle, seed):
    limits = Limits(radius=4.0, step=0.25, samples=300, rounds=5)
    found, _ = search(algorithm, beyond_a_line(distance, angle), limits, seed)
    assert distance < found.distance < distance + 0.25
    assert np.linalg.norm(np.array(found.what) - CENTRE) == pytest.approx(found.distance)


@pytest.mark.parametrize("algorithm", SEARCHES)
def test_denser_draws_come_nearer_to_the_optimum(algorithm):
    def excess(samples):
        limits = Limits(radius=4.0, step=0.5, samples=samples, rounds=5)
        found = [search(algorithm, beyond_a_line(1.3), limits, s)[0] for s in range(20)]
        return np.mean([one.distance for one in found]) - 1.3

    assert excess(1000) < excess(30) / 2
    assert excess(1000) < 0.05


@pytest.mark.parametrize("algorithm", SEARCHES)
def test_outside_a_ball_the_optimum_is_its_radius(algorithm):
    limits = Limits(radius=4.0, step=0.25, samples=50, rounds=5)
    found, _ = search(algorithm, lambda c: np.linalg.norm(c - CENTRE) > 2.1, limits)
    assert 2.1 < found.distance < 2.35


def test_the_nearer_of_two_islands_is_found_by_the_iterative_search():
    """A large island far out hides a small one nearby from whoever starts wide."""

    def islands(code):
        offset = code - CENTRE
        return np.linalg.norm(offset - (1.0, 0)) < 0.3 or np.linalg.norm(offset - (-3.0, 0)) < 1

    limits = Limits(radius=4.0, step=0.1, samples=200, rounds=5)
    found, _ = search(iterative_stochastic, islands, limits)
    assert 0.7 < found.distance < 0.85


@pytest.mark.parametrize("algorithm", SEARCHES)
def test_where_nothing_wins_the_search_ends_within_the_radius(algorithm):
    limits = Limits(radius=2.0, step=0.5, samples=10, rounds=3)
    found, rounds = search(algorithm, lambda _: False, limits)
    assert found is None
    assert max(map(max, rounds)) <= 2.0
    # hybrid: [0, 2], [1, 2], [1.5, 2] and three times the last step; iterative: four shells
    assert len(rounds) == {hybrid_shrinking: 6, iterative_stochastic: 4}[algorithm]


def test_iterative_shells_are_one_step_wide_and_never_go_back():
    limits = Limits(radius=1.6, step=0.5, samples=200, rounds=1)
    _, rounds = search(iterative_stochastic, lambda _: False, limits)
    assert [(round(min(r), 1), round(max(r), 1)) for r in rounds] == [
        (0.0, 0.5), (0.5, 1.0), (1.0, 1.5), (1.5, 1.6),
    ]  # fmt: skip


def test_hybrid_draws_ever_nearer_once_it_has_found():
    limits = Limits(radius=4.0, step=0.5, samples=100, rounds=3)
    found, rounds = search(hybrid_shrinking, beyond_a_line(0.5), limits)
    assert max(rounds[0]) > 3.8
    assert all(max(r) <= 1.0 for r in rounds[-3:])
    assert max(rounds[-1]) < found.distance


class Halfway:
    """Draws every distance halfway in its shell, and remembers the shells."""

    def __init__(self):
        self.shells = []

    def standard_normal(self, shape):
        return np.ones(shape)

    def uniform(self, inner, outer, count):
        self.shells.append((inner, outer))
        return np.full(count, (inner + outer) / 2)


def test_after_a_win_the_second_phase_draws_from_the_step_below():
    """All points down to a distance of 0.4 win; what wins halfway in a step does not bound it."""

    def probe(codes):
        return ["won" if np.linalg.norm(code) > 0.4 else None for code in codes]
        yield

    rng, limits = Halfway(), Limits(radius=2.0, step=0.5, samples=1, rounds=2)
    found, _ = drive(hybrid_shrinking(np.zeros(2), probe, limits, rng), {})
    assert rng.shells == [
        (0, 2), (0.5, 1), (0.25, 0.75), (0, 0.25), (0, 0.25),
    ]  # fmt: skip
    assert found.distance == 0.5


def test_the_second_phase_ends_at_the_centre():
    """Everything wins, so that only the centre can end the search."""
    limits = Limits(radius=1.0, step=0.25, samples=1000, rounds=10**9)
    found, rounds = search(hybrid_shrinking, lambda _: True, limits)
    assert found.distance < 0.05
    assert len(rounds) < 20


@pytest.mark.parametrize("algorithm", SEARCHES)
def test_the_same_seed_gives_the_same_search(algorithm):
    limits = Limits(radius=4.0, step=0.5, samples=20, rounds=3)
    first, rounds = search(algorithm, beyond_a_line(1), limits, seed=7)
    again, rounds_again = search(algorithm, beyond_a_line(1), limits, seed=7)
    assert first == again
    assert all(np.array_equal(a, b) for a, b in zip(rounds, rounds_again, strict=True))
    assert search(algorithm, beyond_a_line(1), limits, seed=8)[0] != first


def test_directions_are_uniform():
    limits = Limits(radius=1.0, step=1.0, samples=4000, rounds=1)
    points = []
    search(iterative_stochastic, lambda c: points.append(c - CENTRE), limits)
    angles = np.arctan2(*np.array(points).T)
    counts, _ = np.histogram(angles, bins=8, range=(-np.pi, np.pi))
    assert abs(counts - 500).max() < 100
