"""From the arguments of a Python call to a specification and the objects that it names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from weaklink.attacks import Attack
from weaklink.campaigns.prepare.call_arguments import CallArguments
from weaklink.campaigns.python.models import Model, named
from weaklink.campaigns.specification import Specification
from weaklink.data.columns import PairColumns
from weaklink.data.frames import is_frame, split_of_frame
from weaklink.data.splits import Split
from weaklink.errors import WeaklinkError
from weaklink.victims import Victim

FRAME = "data frame"
"""What a data frame is called, as it has no name."""


class Call(NamedTuple):
    """An audit as Python asks for it."""

    spec: Specification
    given: CallArguments


def read_call(downstream: Model, upstream: Model | None, options: Mapping[str, Any]) -> Call:
    """Return the specification of an audit, in which objects stand by their names.

    Args:
        downstream: A model.
        upstream: What it was fine-tuned from.
        options: As those of ``weaklink.audit``.

    Raises:
        WeaklinkError: An object is none of what can be given, or an option is not allowed.
    """
    used, victims = set[str](), dict[str, Callable[[], Victim]]()
    names, timeout = [], options.get("function_timeout")
    for model in (downstream, upstream):
        name, make = (None, None) if model is None else named(model, used, timeout)
        names.append(name)
        if name is not None and make is not None:
            victims[name] = make
    values = dict(options)
    attacks = _attacks(values)
    data = _data(values)
    spec = Specification.of_audit(str(names[0]), names[1], **values)
    return Call(spec, CallArguments(victims=victims, attacks=attacks, data=data))


def _attacks(values: dict[str, Any]) -> dict[str, Attack[Any]]:
    """Take the attacks that are objects, and leave their names."""
    wanted = values.get("attacks")
    if isinstance(wanted, Attack):
        wanted = [wanted]
    if wanted is None or isinstance(wanted, str) or not isinstance(wanted, Iterable):
        return {}
    wanted = list(wanted)
    found = {one.name: one for one in wanted if isinstance(one, Attack)}
    for one in wanted:
        if not isinstance(one, str | Attack):
            raise WeaklinkError(
                f"{one!r:.200} is not an attack.",
                "Give names, or functions that weaklink.attacks.attack decorates.",
            )
    values["attacks"] = tuple(one if isinstance(one, str) else one.name for one in wanted)
    return found


def _data(values: dict[str, Any]) -> dict[str, Split]:
    """Take the data if it is a frame, and leave a name."""
    data = values.get("data")
    if not is_frame(data):
        return {}
    columns = {name: values.get(name) for name in ("text_column", "label_column")}
    other = values.get("pair_column")
    pair = None if other is None else PairColumns(other, values.get("attack_segment"))
    values["data"] = FRAME
    return {FRAME: split_of_frame(data, FRAME, **columns, pair=pair)}
