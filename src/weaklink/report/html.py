"""Pages that run no script but their own and ask the network for nothing."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from weaklink.report.page.column_meanings import explained, meaning_of
from weaklink.text import unbroken, visible
from weaklink.version import __version__

_PRINTED = "print.css"
_COMMAND = re.compile(r"`(weaklink [a-zA-Z -]+)`")
_PAPER = re.compile(
    r"https://((?:arxiv\.org|aclanthology\.org|doi\.org|openreview\.net|dl\.acm\.org)/[\w./-]*\w)"
)
_OPTION = re.compile(r"(?<=[ (])--[a-z][a-z-]*(?: [a-z._]+=[A-Z]+)?")
"""Of letters alone, as a sentence holds names from outside, too."""


@cache
def environment(**filters: Callable[..., Any]) -> Environment:
    """Return what renders the templates: every value is made visible and escaped.

    Args:
        filters: What templates may call, by name.
    """
    made = Environment(
        loader=PackageLoader("weaklink.report"),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "cited": cited,
        "explained": explained,
        "meaning": meaning_of,
        "prose": prose,
        "unbroken": unbroken,
    }
    made.filters |= filters
    return made


def _finalize(value: Any) -> Any:  # noqa: ANN401  a template may print anything
    return value if isinstance(value, Markup) else visible(str(value))


def render_page(
    templates: Environment,
    name: str,
    *,
    styles: Iterable[str],
    scripts: Iterable[str],
    asks: bool = False,
    **values: Any,  # noqa: ANN401  a template may print anything
) -> str:
    """Render a template that extends ``base.html``.

    Args:
        templates: From ``environment``.
        name: The template's file.
        styles: Packaged style sheets; later ones win. What all pages print alike comes last.
        scripts: Packaged scripts, run in this order.
        asks: Whether its scripts ask the host that served it.
        values: What the template prints.
    """
    style = Markup().join(source(templates, file) for file in (*styles, _PRINTED))
    script = Markup().join(source(templates, file) for file in scripts)
    return templates.get_template(name).render(
        policy=policy(style, script, asks=asks),
        style=style,
        script=script,
        version=__version__,
        **values,
    )


def prose(sentence: str) -> Markup:
    """Return a sentence with its figures in one line, and with our commands and options as code.

    >>> print(prose("Run `weaklink plan` with --samples <n>."))
    Run <code>weaklink plan</code> with <code class="option">--samples</code> &lt;n&gt;.
    """
    escaped = str(escape(visible(unbroken(sentence))))
    marked = _COMMAND.sub(r"<code>\1</code>", escaped)
    return Markup(_OPTION.sub(r'<code class="option">\g<0></code>', marked))  # noqa: S704  escaped


def cited(paper: str) -> Markup:
    """Return a citation whose address leads to the paper; only well-known hosts are linked.

    >>> print(cited("Jin 2020, https://arxiv.org/abs/1907"))
    Jin 2020, <a href="https://arxiv.org/abs/1907" rel="noreferrer">arxiv.org/abs/1907</a>
    >>> print(cited("https://example.org/<b>"))
    https://example.org/&lt;b&gt;
    """
    escaped = str(escape(visible(paper)))
    link = r'<a href="https://\1" rel="noreferrer">\1</a>'
    return Markup(_PAPER.sub(link, escaped))  # noqa: S704  escaped


def source(templates: Environment, name: str) -> Markup:
    """Return a packaged style sheet or script as it is."""
    assert templates.loader is not None  # noqa: S101  given above
    return Markup(templates.loader.get_source(templates, name)[0])  # noqa: S704  our own file


def packed(data: Any) -> Markup:  # noqa: ANN401  JSON
    """Return JSON, compressed, in characters that are safe in any place of a page."""
    written = json.dumps(data, separators=(",", ":")).encode()
    compressed = gzip.compress(written, compresslevel=6, mtime=0)
    return Markup(base64.b64encode(compressed).decode("ascii"))  # noqa: S704  base64


def policy(style: str, script: str, *, asks: bool = False) -> str:
    """Return a Content-Security-Policy under which only this style and this script count.

    Where the script ``asks``, it may ask the host that served the page, and no other.
    """
    asked = "connect-src 'self'; " if asks else ""
    return (
        f"default-src 'none'; {asked}style-src '{_digest(style)}'; "
        f"script-src '{_digest(script)}'; base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
