"""Puts the Markdown files that stand outside of ``docs/`` into the site, for ``mkdocs.yml``."""

import re
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

_ROOT = Path(__file__).parents[1]
_OUTSIDE = (
    "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md",
    *sorted(str(path.relative_to(_ROOT)) for path in _ROOT.glob("benchmarks/**/*.md")),
)  # fmt: skip
_UP = re.compile(r"\]\((?:\.\./)+(" + "|".join(map(re.escape, _OUTSIDE)) + r")")
_DOWN = re.compile(r"\]\((?:\.\./)*docs/")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the files."""
    for name in _OUTSIDE:
        files.append(File.generated(config, name, content=(_ROOT / name).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, *, page: object, **_: object) -> str:
    """Let links between both kinds of files lead to where the site has them."""
    here = page.file.src_uri  # type: ignore[attr-defined]
    up = "../" * here.count("/")
    markdown = _UP.sub(lambda found: f"]({up}{found[1]}", markdown)
    return _DOWN.sub(f"]({up}", markdown) if here in _OUTSIDE else markdown
