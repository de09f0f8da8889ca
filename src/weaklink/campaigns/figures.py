"""The figures of a campaign, which are worked out once for the same outcomes."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

import weaklink
from weaklink.cache import digest_of_folder, digest_of_parts
from weaklink.errors import WeaklinkError
from weaklink.measures.options import Options
from weaklink.measures.results import Results
from weaklink.store import open_store
from weaklink.store.databases import is_address
from weaklink.store.studies import Study
from weaklink.version import __version__


def figures_of(study: Study, options: Options | None = None) -> Results:
    """Return the figures of a campaign: those that its store keeps, or else new ones.

    A store keeps figures until an outcome is written. They are worked out again for other options,
    for another record of the campaign, and by another version of weaklink.

    Args:
        study: The campaign.
        options: How its figures are worked out.
    """
    options = options or Options()
    kept = kept_figures_of(study, options)
    if kept is not None:
        return kept
    from weaklink.measures.figures import results

    found = results(study, options)
    keep_figures(study, _key(study, options), found)
    return found


def kept_figures_of(study: Study, options: Options) -> Results | None:
    """Return the figures that the campaign's store keeps; None where they would be worked out.

    Args:
        study: The campaign.
        options: How its figures were worked out.
    """
    if study.store is None:
        return None
    with open_store(study.store, create=False) as store:
        kept = store.figures(_key(study, options))
    return None if kept is None else Results.model_validate_json(kept)


def keep_figures(study: Study, key: str, found: Results) -> None:
    """Keep the figures if the store takes them; a full or locked one only costs time later."""
    if study.store is not None and (is_address(study.store) or os.access(study.store, os.W_OK)):
        with suppress(WeaklinkError), open_store(study.store, create=False) as store:
            store.put_figures(key, found.model_dump_json())


def _key(study: Study, options: Options) -> str:
    code = digest_of_folder(Path(weaklink.__file__).parent / "measures")
    return digest_of_parts([__version__, code, study.record.model_dump_json(), repr(options)])
