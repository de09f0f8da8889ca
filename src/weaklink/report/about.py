"""What a report is about, so that one about something else is not written over."""

from __future__ import annotations

from weaklink.cache import digest_of_parts
from weaklink.report.page.bounded import bounded_name
from weaklink.store.studies import Study


def about(study: Study) -> str:
    """Return a digest of the names of models and data sets; samples and attacks may change."""
    record = study.record
    names = [record.name, *(one.name for one in record.models)]
    datasets = (one.dataset for one in record.campaigns)
    return digest_of_parts([*map(bounded_name, names), "on", *map(bounded_name, datasets)])
