import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]


def test_the_version_is_that_of_the_package(cli):
    ran = cli("--version")
    assert (ran.status, ran.out) == (0, f"weaklink {version('weaklink')}\n")


def test_every_file_names_the_same_version():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    cited = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    changes = (ROOT / "CHANGELOG.md").read_text()
    (number, date), *_ = re.findall(r"^## (\d[\d.]*) - ([\d-]+)$", changes, re.MULTILINE)
    assert project["version"] == cited["version"] == number
    assert cited["date-released"] == date
