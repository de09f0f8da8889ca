"""Read the figures of a campaign from JSON, whichever version wrote it."""

from __future__ import annotations

import json
from os import PathLike
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from weaklink.errors import WeaklinkError
from weaklink.measures.results import Results
from weaklink.measures.saved import version_0
from weaklink.measures.saved.version_1 import from_version_1
from weaklink.measures.saved.version_2 import from_version_2
from weaklink.validation import fault

_STEPS = {1: from_version_1, 2: from_version_2}
"""What makes the next version of results from each older one."""
_KIND: str = Results.model_fields["kind"].default
_VERSION: int = Results.model_fields["schema_version"].default
_AGAIN = "Make the file again with `weaklink report STORE --json FILE`."
_WHAT = (
    "Give the file that --json of `weaklink audit` or `weaklink report` wrote, or the results.json "
    "of a study."
)


def read_results(path: str | PathLike[str]) -> Results:
    """Return the figures of a campaign from its JSON.

    Files of older versions are read too, those of 0.1.0 included. Their names become those of
    today: ``transfer_rate`` is ``sample_transfer``, ``asr_elsewhere`` is ``elsewhere``. Of what
    they did not write, a figure is None and a collection is empty; verdicts of 0.1.0 alone are
    worked out from the figures in the file.

    Args:
        path: What ``--json`` of ``weaklink audit`` or ``weaklink report`` wrote, or the
            ``results.json`` of a study.

    Raises:
        WeaklinkError: The file cannot be read, is something else or broken, or a later version
            of weaklink wrote it.
    """
    found = _parse(Path(path))
    try:
        return Results.model_validate(_present(found, path))
    except ValidationError as error:
        wrong = fault(error, Results)
    except (KeyError, TypeError, AttributeError):
        wrong = "a field that its version wrote is missing or has another type"
    raise WeaklinkError(f"{path} does not hold whole results: {wrong}.", _AGAIN)


def _parse(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_bytes())
    except OSError as error:
        raise WeaklinkError(f"{path} cannot be read: {error.strerror or error}.", _WHAT) from error
    except ValueError as error:
        raise WeaklinkError(f"{path} is not JSON: {error}.", _AGAIN) from error
    if not isinstance(found, dict):
        raise WeaklinkError(f"{path} does not hold results.", _WHAT)
    return found


def _present(found: dict[str, Any], path: str | PathLike[str]) -> dict[str, Any]:
    """Return the fields of ``Results`` in its present version."""
    if "schema_version" not in found:
        if version_0.is_audit(found):
            return _newest(version_0.from_audit(found), 1)
        if version_0.is_study(found):
            return _newest(version_0.from_study(found), 1)
    if found.get("kind") != _KIND:
        held = f"a document of kind {found['kind']!r}" if "kind" in found else "something else"
        raise WeaklinkError(f"{path} does not hold results, but {held}.", _WHAT)
    version = found.get("schema_version")
    if isinstance(version, int) and version > _VERSION:
        raise WeaklinkError(
            f"{path} holds results of schema version {version}; this weaklink reads up to "
            f"{_VERSION}.",
            "Update weaklink: pip install --upgrade weaklink",
        )
    return _newest(found, version) if version in _STEPS else found


def _newest(found: dict[str, Any], version: int) -> dict[str, Any]:
    for older in range(version, _VERSION):
        found = _STEPS[older](found)
    return found
