"""The documentation as a site: no broken link, and nothing asked of another host."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import weaklink

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="(https?://[^"]+)"')
HARMLESS = re.compile(r'rel="canonical"')


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    out = tmp_path_factory.mktemp("site")
    built = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", out],
        cwd=ROOT, env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert built.returncode == 0, built.stderr
    return out


def test_pages_load_nothing_from_another_host(site):
    loaded = {
        found[1]
        for page in site.rglob("*.html")
        for found in LOADED.finditer(page.read_text("utf-8"))
        if not HARMLESS.search(found[0])
    }
    assert loaded == set()


def test_the_reference_has_every_public_name(site):
    page = (site / "reference" / "python.html").read_text("utf-8")
    missing = {name for name in weaklink.__all__ if f'id="weaklink.{name}"' not in page}
    assert missing == {"__version__"}
