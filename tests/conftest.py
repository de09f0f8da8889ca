"""Shared test set-up."""

import os
import shutil
from functools import partial
from pathlib import Path

import pytest
from benchmarks.pages.chromium import Chromium
from hypothesis import settings

from weaklink.cache import CACHE_VARIABLE, make_folder
from weaklink.lexicons.counter_fitted import COUNTER_FITTED_VARIABLE, counter_fitted_folder
from weaklink.lexicons.glove import GLOVE_VARIABLE
from weaklink.progress import Silent

settings.register_profile("weaklink", deadline=None, derandomize=True, max_examples=50)
settings.load_profile("weaklink")


def pytest_addoption(parser):
    parser.addoption(
        "--update-goldens", action="store_true", help="write the golden files anew, for review"
    )


@pytest.fixture(scope="session", autouse=True)
def cache(tmp_path_factory):
    """Keep the user's cache folder out of the tests; all workers of one run share another."""
    root = tmp_path_factory.getbasetemp()
    folder = (root.parent if "PYTEST_XDIST_WORKER" in os.environ else root) / "cache"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(CACHE_VARIABLE, str(folder))
        patch.delenv(GLOVE_VARIABLE, raising=False)
        patch.delenv(COUNTER_FITTED_VARIABLE, raising=False)
        yield folder


@pytest.fixture(scope="session")
def counter_fitted(cache):
    """Counter-fitted vectors of a small vocabulary, where the whole ones would be."""
    from weaklink.lexicons.counter_fitted_build import build

    return make_folder(counter_fitted_folder(), partial(build, progress=Silent(), size=5000))


@pytest.fixture
def undrawn(monkeypatch):
    """Leave charts empty: they take long to draw, and every figure is in the tables too."""
    import vl_convert

    from weaklink.report import svg

    empty = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>'
    monkeypatch.setattr(vl_convert, "vegalite_to_svg", lambda *_, **__: empty)
    monkeypatch.setattr(svg, "kept_drawing", lambda _, __, draw: draw())
    monkeypatch.setattr(vl_convert, "svg_to_png", lambda *_, **__: b"")
    monkeypatch.setattr(vl_convert, "svg_to_pdf", lambda *_, **__: b"")


@pytest.fixture
def golden(request):
    """Return a function that compares a text with a golden file, beside the test or at a path."""

    def compare(name, text):
        path = Path(request.path).parent / "goldens" / name
        if request.config.getoption("--update-goldens"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.exists(), f"{path} is missing: run pytest --update-goldens"
        assert text == path.read_text(encoding="utf-8")

    return compare


@pytest.fixture(scope="session")
def browser():
    """Chromium on a phone's screen; tests that need it are skipped where it is not installed."""
    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed")
    with Chromium(375, 812) as opened:
        yield opened
