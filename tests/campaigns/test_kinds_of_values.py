"""In whatever a user gives, no boolean is a number, no number a boolean, and no text either."""

import typing
from types import UnionType

import numpy as np
import pytest
from pydantic import Field, ValidationError

from weaklink.attacks.registry import installed, parse_assignments
from weaklink.campaigns.specification import Specification, read_specification
from weaklink.errors import WeaklinkError
from weaklink.hub.listing import ModelQuery
from weaklink.measures import Bounds
from weaklink.training.hardening.defence import installed_defences
from weaklink.validation import GivenValues
from weaklink.victims.remote.mapped import Mapping as ServerMapping

STRANGE = {bool: (1, 0, 1.0, "true", "no"), int: (True, False, "5", b"5"), float: (True, "0.5")}


def models_within(annotation):
    if isinstance(annotation, type) and issubclass(annotation, GivenValues):
        yield annotation
        for field in annotation.model_fields.values():
            yield from models_within(field.annotation)
    for inner in typing.get_args(annotation):
        yield from models_within(inner)


def scalars(annotation):
    """Return the classes that a field's value may have."""
    if typing.get_origin(annotation) in {typing.Union, UnionType, typing.Annotated}:
        return {kind for one in typing.get_args(annotation) for kind in scalars(one)}
    return {annotation}


ASKED = (Specification, Bounds, ModelQuery, ServerMapping)
PLUGINS = [a.parameters for a in installed().values()]
PLUGINS += [d.settings for d in installed_defences().values()]
FIELDS = {
    f"{model.__name__}.{name}": (model, name, kind)
    for asked in (*ASKED, *PLUGINS)
    for model in models_within(asked)
    for name, field in model.model_fields.items()
    for kind in STRANGE.keys() & scalars(field.annotation)
}


def refused(model, name, value):
    with pytest.raises(ValidationError) as caught:
        model.model_validate({name: value})
    return any(one["loc"][:1] == (name,) for one in caught.value.errors())


@pytest.mark.parametrize(("model", "name", "kind"), FIELDS.values(), ids=FIELDS)
def test_no_field_takes_a_value_of_another_kind(model, name, kind):
    assert all(refused(model, name, value) for value in STRANGE[kind])


def test_every_kind_of_setting_is_looked_at():
    holders = {name.partition(".")[0] for name in FIELDS}
    assert {"Specification", "Hardened", "Guard", "Criteria", "Bounds", "ModelQuery"} <= holders
    assert {"Mapping", "TextFoolerParameters", "FreeLBSettings"} <= holders


class Nested(GivenValues):
    numbers: tuple[int, ...] = ()
    shares: dict[str, float] = Field(default_factory=dict)


@pytest.mark.parametrize("value", [{"numbers": [1, True]}, {"shares": {"a": 1.0, "b": "0.5"}}])
def test_lists_and_tables_are_looked_into(value):
    with pytest.raises(ValidationError, match="it should be a number"):
        Nested.model_validate(value)


def test_numbers_of_numpy_are_numbers():
    spec = Specification.of_audit("m", samples=np.int64(5), max_cost=np.float32(2), unseen=np.True_)
    assert (spec.samples, spec.max_cost, spec.unseen) == (5, 2.0, True)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("samples = true", "samples = True is not allowed: it should be a number"),
        ("unseen = 1", "unseen = 1 is not allowed: it should be true or false"),
        ('seed = "0"', "seed = '0' is not allowed: it should be a number"),
        (
            "executor = {cpus = true}",
            r"executor\.cpus = True is not allowed: it should be a number",
        ),
        (
            "parameters = {textfooler = {window = true}}",
            r"textfooler\.window = True is not allowed",
        ),
        (r'selection = {snapshot = "\u0000", lineage = "x"}', r"selection\.snapshot = .* U\+0000"),
        (r'attacks = ["pwws", "a\u0000"]', r"attacks = .* has the character U\+0000"),
        ("bounds = {min_similarity = false}", r"bounds\.min_similarity = False is not allowed"),
    ],
)
def test_a_file_says_which_value_is_of_another_kind(line, message, tmp_path):
    path = tmp_path / "x.toml"
    path.write_text(f'name = "x"\ndata = "imdb"\nmodels = ["m"]\n{line}\n')
    with pytest.raises(WeaklinkError, match=message):
        read_specification(str(path))


def test_words_of_a_command_line_stand_for_values():
    window, defence = parse_assignments(["textfooler.window=3"]), installed_defences()["freelb"]
    assert window == {"textfooler": {"window": 3}}
    assert defence.settings_of({"ascents": "2"}) == {"ascents": 2}
    for wrong in ("textfooler.window=wide", "textfooler.window=true", "textfooler.widow=3"):
        with pytest.raises(WeaklinkError, match=r"textfooler\.\w+ = '\w+' is not allowed"):
            parse_assignments([wrong])
    with pytest.raises(WeaklinkError, match="freelb knows"):
        defence.settings_of({"ascents": "many"})
