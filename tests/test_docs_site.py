"""The documentation as a site: no broken link, and nothing asked of another host."""

import importlib
import os
import re
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LOADED = re.compile(r'<(?:script|link|img|iframe)[^>]*?(?:src|href)="(https?://[^"]+)"')
PACKAGE = re.compile(r"^::: (weaklink(?:\.\w+)?)$", re.MULTILINE)
HEADS = re.compile(r"^(\|.*\|)\n\|(?:[ :-]+\|)+$", re.MULTILINE)
UNREADABLE = """axe.run(document, { resultTypes: ["violations"] }).then(({ violations }) =>
  violations.map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join()}`))"""
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


def test_the_reference_has_every_name_of_its_packages(site):
    asked = "".join(page.read_text("utf-8") for page in (ROOT / "docs" / "reference").glob("*.md"))
    pages = "".join(page.read_text("utf-8") for page in (site / "reference").glob("*.html"))
    packages = set(PACKAGE.findall(asked))
    assert {"weaklink", "weaklink.attacks", "weaklink.store", "weaklink.victims"} <= packages
    public = {
        f"{package}.{name}"
        for package in packages
        for name in getattr(importlib.import_module(package), "__all__", ())
    }
    # A function that is named as its file stands under the file's name
    shown = {name for name in public if f'id="{name}"' in pages or f'id="{name}.' in pages}
    assert public - shown == {"weaklink.__version__"}


@pytest.fixture
def page(browser, site, request):
    """Open a page in light or dark colours."""
    name, dark = request.param
    browser.dark(dark)
    browser.open((site / name).as_uri())
    browser.until("document.querySelector('main') && document.readyState === 'complete'")
    browser.evaluate((files("axe_playwright_python") / "axe.min.js").read_text("utf-8") + ";0")
    yield browser
    browser.dark(False)


@pytest.mark.parametrize(
    "page",
    [("index.html", False), ("start/guide.html", True), ("guides/scale.html", True)],
    indirect=True,
)
def test_everyone_can_read_a_page_on_a_phone(page):
    assert page.evaluate("document.documentElement.scrollWidth") == 375
    assert page.evaluate(UNREADABLE) == []


def test_every_column_of_a_table_has_a_name():
    written = [
        ROOT / "benchmarks" / "README.md",
        *ROOT.glob("*.md"),
        *(ROOT / "docs").rglob("*.md"),
    ]
    nameless = [
        f"{file.name}: {heads}"
        for file in written
        for heads in HEADS.findall(file.read_text("utf-8"))
        if any(not head.strip() for head in heads.strip("|").split("|"))
    ]
    assert nameless == []
