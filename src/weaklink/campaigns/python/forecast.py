"""What to expect of an audit before it asks the model anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from os import PathLike, fspath
from typing import Unpack

from weaklink.attacks.registry import select
from weaklink.campaigns.python.errors import in_python
from weaklink.campaigns.python.sources import runs_in
from weaklink.campaigns.specification import AUTO, AuditOptions, Specification
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient
from weaklink.lineage.catalogue import same
from weaklink.lineage.tracing import follow
from weaklink.measures.runs.forecast import Forecast, MeasuredRun, PlannedAudit, forecast_audit
from weaklink.validation import listed

_RETRIES = 2


def forecast(
    model: str,
    upstream: str = AUTO,
    *,
    learn_from: str | PathLike[str] | Sequence[str | PathLike[str]],
    **options: Unpack[AuditOptions],
) -> Forecast:
    """Say what attack success rates to expect of a model, without asking or loading it.

    Its ancestor's stored outcomes are shifted as links shifted that were measured, with a 95 %
    prediction interval for each attack.

    Args:
        model: A Hub id, or a local folder with a README.md that says what it was made from.
        upstream: The ancestor, as it is named in the stores. ``auto``: the nearest one with stored
            outcomes, by model cards.
        learn_from: A store of audits or a folder of a study, or several, with the ancestor's
            outcomes and with measured links.
        options: Those of the audit. ``data``, ``attacks``, ``source``, ``target`` and
            ``max_queries`` choose what is forecast; the others change nothing.

    Raises:
        WeaklinkError: A source cannot be read, or no ancestor has stored outcomes.
    """
    with in_python():
        spec = Specification.of_audit(model, upstream, **options)
        return forecast_of(spec, [fspath(source) for source in listed(learn_from)])


def forecast_of(
    spec: Specification, sources: Sequence[str], client: HubClient | None = None
) -> Forecast:
    """Do what ``forecast`` does, for a specification.

    Args:
        spec: The audit. Without an upstream it is as with ``auto``.
        sources: Stores and folders of studies.
        client: Asks the Hub; by default one that gives up soon.

    Raises:
        WeaklinkError: As ``forecast``, or it is not an audit.
    """
    if spec.link is None:
        raise WeaklinkError("Only an audit can be forecast.", "Name one model and one data set.")
    runs = [MeasuredRun(found.study, found.figures()) for found in runs_in(sources)]
    measured = {name: name for run in runs for name in run.results.models}
    passed = list[str]()
    for ancestor in _ancestors(spec, client):
        stored = next((name for name in measured if same(name, ancestor)), None)
        if stored is not None:
            asked = PlannedAudit(
                model=spec.link.downstream,
                upstream=stored,
                attacks=[attack.name for attack in select(spec.attacks)],
                dataset=spec.data[0],
                source=spec.source,
                target=spec.target,
                max_queries=spec.max_queries,
            )
            return forecast_audit(runs, asked, passed)
        passed.append(ancestor)
    none_known = "no upstream of it is known"
    why = f"{', '.join(passed)}: no stored outcomes" if passed else none_known
    raise WeaklinkError(
        f"Nothing can be forecast of {spec.link.downstream}: {why}.",
        f"Name an upstream with --upstream that was audited: {', '.join(measured) or 'none'}.",
    )


def _ancestors(spec: Specification, client: HubClient | None) -> Iterator[str]:
    """Yield ancestors, the nearest first; the Hub is asked for one only when it is its turn."""
    assert spec.link is not None  # noqa: S101  the caller has checked it
    if spec.link.upstream not in {None, AUTO}:
        yield str(spec.link.upstream)
        return
    for step in follow(spec.link.downstream, client or HubClient(retries=_RETRIES)):
        if step.evidence is not None and step.evidence.upstream is not None:
            yield step.evidence.upstream
