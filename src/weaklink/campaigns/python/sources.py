"""Every run of stores and studies."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from weaklink.campaigns.figures import figures_of, kept_figures_of
from weaklink.measures import Options, Results
from weaklink.measures.options import stated_bounds
from weaklink.store import open_store
from weaklink.store.databases import is_address
from weaklink.store.runs import asked_for
from weaklink.store.studies import Study, read_study, study_of_audit


class FoundRun(NamedTuple):
    """A run, and where it is.

    Attributes:
        source: The store or the folder of the study.
        campaign: Its id in the store; None of a study.
        study: The run.
    """

    source: str
    campaign: int | None
    study: Study

    def figures(self) -> Results:
        """Return its figures."""
        return figures_of(self.study, self._options())

    def kept_figures(self) -> Results | None:
        """Return its figures if its store has them for all outcomes so far."""
        return kept_figures_of(self.study, self._options())

    def _options(self) -> Options:
        return Options(stated_bounds(self.study.record))


def runs_in(sources: Sequence[str]) -> Iterator[FoundRun]:
    """Yield every run of stores (files or addresses) and folders of studies, each source once.

    Raises:
        WeaklinkError: A source is neither, or cannot be read.
    """
    places = {
        source if is_address(source) else Path(source).resolve(): source for source in sources
    }
    for source in places.values():
        for campaign in _campaigns(source):
            is_study = Path(source).is_dir()
            study = read_study(Path(source)) if is_study else study_of_audit(source, campaign)
            yield FoundRun(source, campaign, study)


def _campaigns(source: str) -> list[int | None]:
    """Return the runs of a store by their ids, of a run on several data sets the first.

    A study is one run.
    """
    if Path(source).is_dir():
        return [None]
    found = dict[str | int, int | None]()
    with open_store(source, create=False) as store:
        for one, record in asked_for(store):
            found.setdefault(record.digest if record else one.id, one.id)
    return [*found.values()]
