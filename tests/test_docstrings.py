"""The examples in docstrings."""

import doctest
import importlib

import pytest

MODULES = [
    "weaklink.attacks.scpn",
    "weaklink.generators.paraphrasers.instructions",
    "weaklink.training.corpus",
    "weaklink.training.gan.quality",
    "weaklink.generators.tokens",
    "weaklink.measures.gate",
    "weaklink.measures.grid",
    "weaklink.measures.paired",
    "weaklink.measures.rates",
    "weaklink.report.study.latex",
    "weaklink.report.study.tables",
    "weaklink.text.changes",
    "weaklink.text.display",
    "weaklink.text.passages",
    "weaklink.text.words",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples_give_what_they_show(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
