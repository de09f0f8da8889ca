"""The options of ``weaklink audit``, made from the fields of its specification.

The specification is slow to import, so the options are made on first use of the command.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_type_hints

import typer
from annotated_types import Ge, Lt
from rich.markup import escape
from typer.core import TyperCommand

from weaklink.cli.bounds import read_bounds
from weaklink.cli.options import (
    BOUNDS,
    GATE,
    MaxPerplexityRatio,
    MaxWordsChanged,
    MinSimilarity,
    Model,
)
from weaklink.cli.options import Set as Assignments
from weaklink.cli.parameters import read_parameters
from weaklink.errors import WeaklinkError

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

    from weaklink.campaigns import Specification

_PANELS = ("General", "Data", "Attacks", "Output", GATE, "Models", "Remote models", BOUNDS)
_BOUNDS = {
    "min_similarity": MinSimilarity,
    "max_perplexity_ratio": MaxPerplexityRatio,
    "max_words_changed": MaxWordsChanged,
}
_USAGE: type[Exception] = typer.BadParameter.__bases__[0]
"""The usage error of the click that typer is built on."""
_UPSTREAM = Annotated[
    str | None,
    typer.Option(
        help="The model that it was fine-tuned from. auto: find it in model cards on the Hub."
    ),
]


class FromSpecification(TyperCommand):
    """A command that runs a function of a specification and further options.

    ``module`` and ``function`` name the function.
    """

    module = "weaklink.cli.commands.audit"
    function = "run_command"

    @cached_property
    def _real(self) -> Any:  # noqa: ANN401 - typer's own copy of click
        from importlib import import_module

        return _command(getattr(import_module(self.module), self.function))

    @property
    def params(self) -> list[Any]:
        """The options, as click has them."""
        return self._real.params  # type: ignore[no-any-return]

    @params.setter
    def params(self, _: list[Any]) -> None:
        """Typer sets those of a function without any."""

    def invoke(self, context: Any) -> Any:  # noqa: ANN401 - typer's own copy of click
        """Do what the command does."""
        return self._real.invoke(context)


def parse_command(words: Sequence[str]) -> Specification:
    """Return the specification that the words of a ``weaklink audit`` command ask for.

    Raises:
        WeaklinkError: They are no such command, or an option or its value is not allowed.
    """
    if list(words[:2]) != ["weaklink", "audit"]:
        raise WeaklinkError(
            "This is not an audit command.", "Give words that begin with `weaklink audit`."
        )
    try:
        parsed: Specification = _parser().main(list(words[2:]), standalone_mode=False)
    except _USAGE as error:
        raise WeaklinkError(f"{error}.", "See `weaklink audit --help`.") from error
    return parsed


@cache
def _parser() -> Any:  # noqa: ANN401 - typer's own copy of click
    return _command(_itself)


def _itself(spec: Specification) -> Specification:
    return spec


def _command(function: Callable[..., Any]) -> Any:  # noqa: ANN401 - typer's own copy of click
    """Return a click command that makes the first argument of a function from its options."""
    _, *own = inspect.signature(function).parameters.values()
    hints = get_type_hints(function, globalns=_names(function), include_extras=True)
    own = [parameter.replace(annotation=hints[parameter.name]) for parameter in own]

    def command(**values: Any) -> Any:  # noqa: ANN401 - whatever the function returns
        rest = {parameter.name: values.pop(parameter.name) for parameter in own}
        return function(_specification(**values), **rest)

    parameters = sorted([*_parameters(), *own], key=_panel)
    command.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    app = typer.Typer(add_completion=False)
    app.command()(command)
    return typer.main.get_command(app)


def _names(function: Callable[..., Any]) -> dict[str, Any]:
    """Return what the annotations of a function may name."""
    from weaklink.campaigns import Specification

    return {**function.__globals__, "Specification": Specification}


def _specification(downstream: str, upstream: str | None, **values: Any) -> Specification:  # noqa: ANN401
    """Return the specification that options ask for; None is a default."""
    from weaklink.campaigns import Specification

    bounds = {name: values.pop(name) for name in _BOUNDS}
    assigned = values.pop("set_")
    given = {name: _number(name, value) for name, value in values.items() if value is not None}
    given["parameters"] = read_parameters(given.get("parameters"), assigned or ())
    return Specification.of_audit(downstream, upstream, bounds=read_bounds(**bounds), **given)


def _number(name: str, value: Any) -> Any:  # noqa: ANN401 - of any option
    """Return the number that was given where a word may stand, too."""
    return int(value) if name in _words() and value.isdecimal() else value


@cache
def _words() -> frozenset[str]:
    """Return the fields where a word may stand in the place of a number."""
    from weaklink.campaigns import Specification

    return frozenset(
        name for name, field in Specification.model_fields.items() if _extra(field).get("words")
    )


def _extra(field: FieldInfo) -> dict[str, Any]:
    return field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}


def _parameters() -> Iterator[inspect.Parameter]:
    """Yield the options of a specification."""
    from weaklink.campaigns import Specification

    yield inspect.Parameter("downstream", inspect.Parameter.KEYWORD_ONLY, annotation=Model)
    yield _parameter("upstream", _UPSTREAM, None)
    for name, field in Specification.model_fields.items():
        if not _extra(field):
            continue
        if name == "parameters":
            yield _parameter("set_", Assignments, None)
            yield _parameter(name, Annotated[Path | None, _option(name, field)], None)
        else:
            kind, default = _plain(field)
            yield _parameter(name, Annotated[kind, _option(name, field)], default)
    for name, kind in _BOUNDS.items():
        yield _parameter(name, kind, None)


def _parameter(name: str, kind: Any, default: Any) -> inspect.Parameter:  # noqa: ANN401
    keyword = inspect.Parameter.KEYWORD_ONLY
    return inspect.Parameter(name, keyword, default=default, annotation=kind)


def _plain(field: FieldInfo) -> tuple[Any, Any]:
    """Return the type and the default of an option, whose names stand in one word."""
    extra = _extra(field)
    if isinstance(field.default, tuple) and field.default:
        return str, ",".join(field.default)
    if isinstance(field.default, tuple):
        return str | None, None
    if extra["words"]:
        return str, str(field.default)
    if not extra["shown"]:
        return str | None, None
    named = isinstance(field.default, str) and NoneType in get_args(field.annotation)
    return (str if named else field.annotation), field.default


def _option(name: str, field: FieldInfo) -> Any:  # noqa: ANN401 - typer's own class
    extra = _extra(field)
    least: Any = next((one.ge for one in field.metadata if isinstance(one, Ge)), None)
    bounded = any(isinstance(one, Lt) for one in field.metadata)
    bounded = bounded or bool(extra["words"])
    named = extra["flag"] or (name.replace("_", "-") if field.default is False else None)
    flag = [f"--{one}" for one in str(named or "").split()]
    return typer.Option(
        *flag,
        help=escape(field.description or ""),
        rich_help_panel=None if extra["panel"] == "General" else str(extra["panel"]),
        min=None if bounded else least,
    )


def _panel(parameter: inspect.Parameter) -> int:
    """Return the place of the panel that an option stands in."""
    metadata = getattr(parameter.annotation, "__metadata__", ())
    panels = (getattr(one, "rich_help_panel", None) for one in metadata)
    return _PANELS.index(next((panel for panel in panels if panel), "General"))
