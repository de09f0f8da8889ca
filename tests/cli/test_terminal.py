"""Tables on a narrow terminal."""

from io import StringIO

import pytest
from rich.console import Console
from rich.table import Table

from weaklink.attacks.registry import installed
from weaklink.cli.terminal import print_table


@pytest.mark.parametrize("width", ["60", "80"])
def test_names_of_attacks_and_parameters_stay_in_one_line(cli, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    listed = cli("attacks", "list").out
    assert "…" not in listed
    assert all(f" {name} " in listed for name in installed() if len(name) <= int(width) // 2)
    for name, attack in installed().items():
        shown = cli("attacks", "show", name).out
        assert "…" not in shown
        assert all(f" {one} " in shown for one in attack.parameters.model_fields)


def test_a_name_that_is_longer_than_half_of_the_width_is_told_in_full():
    written = StringIO()
    table = Table("model", "upstream", box=None)
    table.add_row("o" * 35, "u" * 50)
    print_table(table, Console(file=written, width=40))
    assert (written.getvalue().count("o"), written.getvalue().count("u")) == (36, 51)
