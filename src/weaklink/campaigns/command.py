"""The command line that asks for an audit."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from weaklink.campaigns.specification import Specification
from weaklink.campaigns.specification.specification import ALL, NONE
from weaklink.errors import WeaklinkError
from weaklink.measures import Bounds


def command_of(spec: Specification) -> list[str]:
    """Return the words of the ``weaklink audit`` command that asks for a specification.

    What is as it is by default is left out. Secrets are not part of a specification.

    Raises:
        WeaklinkError: It is not an audit, or says what no option can.
    """
    link = spec.link
    if link is None:
        raise WeaklinkError(
            "Only an audit of one link or one model on one data set can be written as a command.",
            "Save the specification as a TOML file, and run `weaklink study run FILE`.",
        )
    plain = Specification.of_audit(link.downstream, link.upstream)
    words = [] if link.upstream is None else [f"--upstream={link.upstream}"]
    for name in Specification.model_fields:
        value = getattr(spec, name)
        if name not in {"chains", "models"} and value != getattr(plain, name):
            words += _words(name, value)
    return ["weaklink", "audit", *words, "--", link.downstream]


def reproduced(spec: Specification) -> tuple[str, ...]:
    """Return what ``command_of`` does, or nothing if no command says it."""
    try:
        return tuple(command_of(spec))
    except WeaklinkError:
        return ()


def _words(name: str, value: Any) -> Iterator[str]:  # noqa: ANN401 - of any field
    """Yield the words that give a field its value."""
    extra = Specification.model_fields[name].json_schema_extra
    flag = extra.get("flag") if isinstance(extra, dict) else None
    option = str(flag or name.replace("_", "-")).split()[0]
    if name == "parameters":
        yield from _assignments(value)
    elif isinstance(value, Bounds):
        changed = value.model_dump(exclude_defaults=True)
        yield from (f"--{key.replace('_', '-')}={limit!r}" for key, limit in changed.items())
    elif isinstance(value, bool):
        yield f"--{option}" if value else f"--no-{option}"
    elif name in {"attacks", "references", "llm_labels", "label_names"}:
        if any("," in one or one != one.strip() or not one for one in value):
            raise _unsayable(name)
        yield f"--{option}={','.join(value) or NONE}"
    elif name == "data":
        yield f"--{option}={value[0]}"
    elif value is None and name == "samples":
        yield f"--{option}={ALL}"
    elif value is None and name == "language_model":
        yield f"--{option}=none"
    elif value is None or isinstance(value, Mapping) or name in {"name", "description"}:
        raise _unsayable(name)
    else:
        yield f"--{option}={value}"


def _assignments(parameters: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for attack, values in parameters.items():
        for key, value in values.items():
            if not isinstance(value, str | int | float):
                raise _unsayable(f"parameters.{attack}.{key}")
            yield "-P"
            yield f"{attack}.{key}={value if isinstance(value, str) else json.dumps(value)}"


def _unsayable(name: str) -> WeaklinkError:
    return WeaklinkError(
        f"`weaklink audit` has no option for {name}.",
        "Set it in Python with `weaklink.audit`, or in a TOML file.",
    )
