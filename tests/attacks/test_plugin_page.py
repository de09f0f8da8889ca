"""The plug-in that the documentation shows works as it is shown."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest

from weaklink.attacks import Attack, Score
from weaklink.testing import ToyVictim, check_attack, drive, toy_answers, toy_context
from weaklink.text import Words

PAGE = (Path(__file__).parents[2] / "docs" / "guides" / "plugins.md").read_text("utf-8")


def blocks(language):
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


@pytest.fixture(scope="module")
def plugin():
    names = {"__name__": "stutter"}
    exec(blocks("python")[0], names)  # noqa: S102 - it is our own page
    return names["stutter"]


def test_it_is_short():
    assert len(blocks("python")[0].splitlines()) < 40


def test_it_conforms(plugin):
    check_attack(plugin)


def test_its_entry_point_has_its_name(plugin):
    (project,) = (tomllib.loads(block)["project"] for block in blocks("toml"))
    assert project["entry-points"]["weaklink.attacks"] == {plugin.name: "stutter:stutter"}
    assert isinstance(plugin, Attack)


def test_its_own_test_passes(plugin):
    names = {"stutter": plugin}
    exec(blocks("python")[-1], names)  # noqa: S102 - it is our own page
    (test,) = (names[name] for name in names if name.startswith("test_"))
    test()


def test_it_wins_where_it_can(plugin):
    victim = ToyVictim({"marvellous": 2.0, "mmarvellous": -2.0})
    context = toy_context("marvellous", victim, plugin.parameters())
    result, asked = drive(plugin.run(Words.split("marvellous"), context), toy_answers(victim))
    assert (result, asked) == ("mmarvellous", [Score(("mmarvellous",))])


def test_it_tries_no_more_words_than_it_may(plugin):
    victim = ToyVictim()
    context = toy_context("one two three", victim, plugin.parameters(most_words=2))
    never = toy_answers(victim) | {Score: lambda ask: np.tile(context.original, (len(ask), 1))}
    result, asked = drive(plugin.run(Words.split("one two three"), context), never)
    assert (result, len(asked)) == (None, 2)
