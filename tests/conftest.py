"""Shared test set-up."""

from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("weaklink", deadline=None, derandomize=True)
settings.load_profile("weaklink")


def pytest_addoption(parser):
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden files anew, for review"
    )


@pytest.fixture
def golden(request):
    """Return a function that compares a text with the golden file of a name beside the test."""

    def compare(name, text):
        path = Path(request.path).parent / "goldens" / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest --update-goldens"
        assert text == path.read_text(encoding="utf-8")

    return compare
