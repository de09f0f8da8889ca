"""What a page shows of names and texts that are longer than any real one.

A page repeats a name hundreds of times, in links too. A long one is shown by its beginning, its
length and a digest, which tells it apart from others; ``results.json``, the tables beside the page
and the store have the whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from hashlib import blake2b
from typing import Any, TypeVar

from pydantic import BaseModel

from weaklink.measures.results import Results
from weaklink.store import Campaign
from weaklink.store.studies import Study

LONGEST_NAME, LONGEST_TEXT = 300, 5_000
"""Characters of a name, and of anything else, that a page shows."""
_KEPT = 200

Model = TypeVar("Model", bound=BaseModel)


def bounded(study: Study, results: Results) -> tuple[Study, Results]:
    """Return a campaign and its figures with what a page can show of names and texts.

    They are the same objects where nothing is too long.
    """
    names = {name for name in _names(study, results) if len(name) > LONGEST_NAME}
    bound = partial(bounded_model, names=names)
    record = bound(study.record)
    campaigns = {number: bound(one) for number, one in study.campaigns.items()}
    if record is not study.record or any(campaigns[n] is not study.campaigns[n] for n in campaigns):
        study = replace(study, record=record, campaigns=campaigns)
    return study, bound(results)


def bounded_model(model: Model, names: Iterable[str] = ()) -> Model:
    """Return a model whose long names and texts are cut, or itself if it has none.

    Args:
        model: What a page shows.
        names: Names that are too long, wherever they stand in it.
    """
    values = model.model_dump(round_trip=True)
    if all(len(text) <= LONGEST_NAME for text in _texts(values)):
        return model
    long = {name: bounded_name(name) for name in sorted(names, key=len, reverse=True)}
    found = _bounded(values, long)
    return model if found == values else type(model).model_validate(found)


def bounded_name(name: str) -> str:
    """Return a name, or the beginning of one that is too long for a page."""
    return name if len(name) <= LONGEST_NAME else _cut(name, _KEPT)


def bounded_text(text: str) -> str:
    """Return a text, or the beginning of one that is too long for a page."""
    return text if len(text) <= LONGEST_TEXT else _cut(text, LONGEST_TEXT)


def _cut(text: str, kept: int) -> str:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).hexdigest()
    return f"{text[:kept]}… ({len(text):,} characters, {digest})"


def _bounded(value: Any, names: Mapping[str, str]) -> Any:  # noqa: ANN401
    if isinstance(value, str):
        for name, short in names.items() if len(value) > LONGEST_NAME else ():
            value = value.replace(name, short)
        return bounded_text(value)
    if isinstance(value, Mapping):
        return {_bounded(key, names): _bounded(one, names) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return type(value)(_bounded(one, names) for one in value)
    return value


def _texts(value: Any) -> Iterator[str]:  # noqa: ANN401
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for pair in value.items():
            yield from _texts(pair)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from _texts(one)


def _names(study: Study, results: Results) -> Iterator[str]:
    yield from (study.record.name, *results.models, *results.attacks, *results.datasets)
    yield from (name for chain in study.record.chains for name in chain.models)
    yield from (model.name for model in study.record.models)
    for campaign in study.campaigns.values():
        yield from _names_of(campaign)


def _names_of(campaign: Campaign) -> Iterator[str]:
    data = campaign.data
    yield from (data.name, data.source, data.split, *data.labels, campaign.target or "")
    for victim in campaign.victims:
        yield from (victim.name, *victim.labels)
    yield from (attack.name for attack in campaign.attacks)
