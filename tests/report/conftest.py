"""A browser for all tests that look at pages."""

import shutil

import pytest
from benchmarks.chromium import Chromium


@pytest.fixture(scope="session")
def browser():
    """Chromium on a phone's screen; tests that need it are skipped where it is not installed."""
    if shutil.which("chromium") is None:
        pytest.skip("chromium is not installed")
    with Chromium(375, 812) as opened:
        yield opened
