"""``weaklink outcomes``: what a store holds, on the terminal or as a file."""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import (
    BOUNDS,
    MaxPerplexityRatio,
    MaxWordsChanged,
    MinSimilarity,
    StoreArgument,
)
from weaklink.errors import WeaklinkError, instead
from weaklink.text.pairs import ALONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from weaklink.measures import Bounds
    from weaklink.store import Campaign, Outcome, Status, Store

_SHOWN = 20
"""Outcomes in the table when no limit is given."""
_BATCH = 1000
"""Outcomes that are judged at once."""


class Judged(NamedTuple):
    """An outcome, whether its text is within the bounds, and the measures by which it is not."""

    outcome: Outcome
    valid: bool | None
    beyond: tuple[str, ...]


def outcomes(
    store: StoreArgument,
    *,
    campaign: Annotated[
        int | None, typer.Option(help="Only those of the run with this id; see `weaklink runs`.")
    ] = None,
    model: Annotated[str | None, typer.Option(help="Only attempts against this victim.")] = None,
    attack: Annotated[str | None, typer.Option(help="Only attempts by this attack.")] = None,
    status: Annotated[
        str | None,
        typer.Option(help="Only this status: succeeded, failed, skipped, exhausted or error."),
    ] = None,
    valid: Annotated[
        bool | None,
        typer.Option(
            "--valid/--invalid",
            help="Only successes with texts within the bounds, or only those beyond them.",
            rich_help_panel=BOUNDS,
        ),
    ] = None,
    min_similarity: MinSimilarity = None,
    max_perplexity_ratio: MaxPerplexityRatio = None,
    max_words_changed: MaxWordsChanged = None,
    limit: Annotated[
        int | None,
        typer.Option(
            min=0, help=f"Most outcomes to show (default: {_SHOWN} in the table, else all)."
        ),
    ] = None,
    export: Annotated[
        Path | None,
        typer.Option(help="Write the outcomes to this .parquet or .jsonl file instead."),
    ] = None,
    json: Annotated[bool, typer.Option(help="Print one JSON object a line instead.")] = False,
) -> None:
    """List the outcomes in a store, or export them."""
    from weaklink import store as stores
    from weaklink.document import now
    from weaklink.store.outcome_document import outcome_document
    from weaklink.store.studies import choose_campaign

    bounds = read_bounds(
        min_similarity=min_similarity,
        max_perplexity_ratio=max_perplexity_ratio,
        max_words_changed=max_words_changed,
    )
    with stores.open_store(store, create=False) as opened:
        known = None if campaign is None else choose_campaign(opened, store, campaign)
        chosen = None if known is None else known.campaign
        _require_names(opened, chosen, model, attack)
        rows = opened.outcomes(chosen, model=model, attack=attack, status=_status(status))
        found = _judged(rows, bounds)
        if valid is not None:
            found = (one for one in found if one.valid is valid)
        if export is not None:
            frame = stores.to_frame(one.outcome for one in islice(found, limit))
            stores.export(frame, export)
            Console().print(f"Wrote {frame.height} outcomes to {export}.", markup=False)
        elif json:
            created = now()
            for one in islice(found, limit):
                line = outcome_document(one.outcome, created).to_json(indent=None)
                typer.echo(line, nl=False)
        else:
            _show(found, _SHOWN if limit is None else limit)


def _require_names(
    store: Store, campaign: Campaign | None, model: str | None, attack: str | None
) -> None:
    """Refuse a victim or an attack that the campaign, or the whole store, does not have."""
    campaigns = [one.campaign for one in store.campaigns()] if campaign is None else [campaign]
    victims = {one.name for each in campaigns for one in each.victims}
    attacks = {one.name for each in campaigns for one in each.attacks}
    if campaign is None:
        victims |= store.names("victim")
        attacks |= store.names("attack")
    for what, name, known in (("model", model, victims), ("attack", attack, attacks)):
        if name is not None and name not in known:
            remedy = instead(name, sorted(known))
            raise WeaklinkError(f"The store has no {what} named {name!r}.", remedy)


def _judged(found: Iterator[Outcome], bounds: Bounds) -> Iterator[Judged]:
    """Yield the outcomes with what the bounds make of them."""
    from weaklink.measures.quality import breaches, valid
    from weaklink.store import to_frame

    named = breaches(bounds)
    wanted = (valid(bounds).alias("valid"), *(one.alias(name) for name, one in named.items()))
    while batch := list(islice(found, _BATCH)):
        rows = to_frame(batch).select(*wanted).iter_rows(named=True)
        for outcome, row in zip(batch, rows, strict=True):
            beyond = () if row["valid"] is None else tuple(n for n in named if row[n])
            yield Judged(outcome, row["valid"], beyond)


def _status(name: str | None) -> Status | None:
    from weaklink.store import Status

    if name is None:
        return None
    try:
        return Status(name)
    except ValueError:
        raise WeaklinkError(f"{name!r} is not a status.", instead(name, Status)) from None


def _show(found: Iterator[Judged], limit: int) -> None:
    table = _table(islice(found, limit))
    hidden = sum(1 for _ in found)
    console = Console()
    if table.row_count:
        console.print(table)
    if hidden:
        console.print(f"{hidden} more outcomes; use --limit to show them.")
    elif not table.row_count:
        console.print("No outcomes match.")


def _table(found: Iterable[Judged]) -> Table:
    table = Table(show_lines=True)
    table.add_column("attempt", overflow="fold", ratio=2)
    table.add_column("text", overflow="fold", ratio=3)
    for one in found:
        table.add_row(_attempt(one), _text(one.outcome) + _beside(one.outcome))
    return table


def _beside(outcome: Outcome) -> Text:
    """Return the segment of a pair that was not attacked, on a line of its own."""
    from weaklink.text import visible

    if outcome.beside == ALONE:
        return Text("")
    which = "second" if outcome.text_before is None else "first"
    return Text(f"\n{which} segment: {visible(outcome.beside.other)}", style="dim")


def _attempt(judged: Judged) -> Text:
    from weaklink.text import visible

    outcome = judged.outcome
    labels = [outcome.original_label, outcome.adversarial_label]
    lines = (
        f"{outcome.attack}, {outcome.key.sample_id}, repetition {outcome.key.repetition + 1}",
        f"{outcome.status}, {outcome.queries} queries",
        " → ".join(label for label in labels if label is not None),
        _quality(judged),
        outcome.victim,
    )
    return Text("\n".join(visible(line) for line in lines if line))


def _quality(judged: Judged) -> str:
    """Return the measures of the adversarial text, and those that are out of bounds."""
    if judged.valid is None:
        return ""
    ratio, similarity = judged.outcome.perplexity_ratio, judged.outcome.similarity
    measured = (
        None if similarity is None else f"similarity {similarity:.2f}",
        None if ratio is None else f"perplexity {ratio:.2f} times the original",
    )
    verdict = f"out of bounds: {', '.join(judged.beyond)}" if judged.beyond else "valid"
    return "; ".join([*filter(None, measured), verdict])


def _text(outcome: Outcome) -> Text:
    """Return the changes, or the error, or the text that no attack changed."""
    from weaklink.cli.changes import mark_changes
    from weaklink.text import visible

    if outcome.adversarial_text is not None:
        return mark_changes(outcome.original_text, outcome.adversarial_text)
    if outcome.error is not None:
        return Text(visible(outcome.error.strip().rpartition("\n")[2]), style="red")
    return Text(visible(outcome.original_text))
