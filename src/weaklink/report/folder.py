"""All that a report is made of, written to one file or to a folder."""

from __future__ import annotations

from pathlib import Path

from weaklink.cache import digest_of_folder, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.files import write_atomically
from weaklink.measures.gate import ungated
from weaklink.measures.results import Results
from weaklink.report.about import about
from weaklink.store.studies import Study
from weaklink.version import __version__

_HEAD = 1000
"""Letters of a page that its digest stands within."""


def write_report(
    path: Path,
    study: Study,
    results: Results,
    *,
    command: str | None = None,
    served: bool = False,
) -> list[Path]:
    """Write the report of a campaign, and return where it is.

    A report that shows just this already is left as it is: its page carries a digest of all that
    it was drawn from, and is written after everything else. No page shows gates: only
    ``results.json`` is written again for other ones.

    Args:
        path: A file that ends in ``.html``, for the page alone; or a folder, for ``report.html``,
            ``results.json``, ``figures/`` and ``tables/``.
        study: What was run.
        results: Its figures.
        command: What runs the campaign again, if it is known.
        served: Whether the page asks whoever serves it for its outcomes, as `weaklink view` does.

    Raises:
        WeaklinkError: A file cannot be written; what stood there before stays.
    """
    alone = path.suffix == ".html"
    page = path if alone else path / "report.html"
    beside = [] if alone else [path / name for name in ("results.json", "figures", "tables")]
    digest = digest_of_report(study, results, command, served=served)
    whole = _shows(page, digest) and all(one.exists() for one in beside)
    if not alone:
        _make(path)
        _write_results(path / "results.json", results)
    if not whole:
        from weaklink.report.drawing import draw

        draw(
            page, study, results, command=command, digest=digest, beside=not alone,
            served=f"{page.stem}/outcomes?of={digest}" if served else None,
        )  # fmt: skip
    return [page, *beside]


def keep_report_of_another(page: Path, study: Study) -> Path | None:
    """Rename a page that is about other models or data, and return its new name; else None.

    Args:
        page: Where a report is to be written.
        study: What it will be about.
    """
    if page.suffix != ".html" or not page.is_file() or _shows(page, about(study)):
        return None
    number = 2
    while (kept := page.with_name(f"{page.stem}-{number}{page.suffix}")).exists():
        number += 1
    page.rename(kept)
    return kept


def digest_of_report(
    study: Study, results: Results, command: str | None = None, *, served: bool = False
) -> str:
    """Return the digest of all that a report is drawn from, its own code included."""
    return digest_of_parts(
        [
            __version__,
            digest_of_folder(Path(__file__).parent),
            study.record.model_dump_json(),
            ungated(results).model_dump_json(),
            command or "",
            *("served",) * served,
        ]
    )


def _make(folder: Path) -> None:
    try:
        for name in ("figures", "tables"):
            (folder / name).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WeaklinkError(
            f"{folder} cannot be created: {error.strerror or error}.", "Choose another --out."
        ) from error


def _write_results(path: Path, results: Results) -> None:
    """Write the figures, unless the file holds them already."""
    text = results.to_json()
    if not path.is_file() or path.read_bytes() != text.encode():
        write_atomically(path, text)


def _shows(page: Path, digest: str) -> bool:
    try:
        with page.open(encoding="utf-8") as file:
            return f'content="{digest}"' in file.read(_HEAD)
    except (OSError, UnicodeDecodeError):
        return False
