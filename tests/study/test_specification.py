import json

import pytest

from weaklink.attacks.registry import select
from weaklink.campaigns.presets import preset_text, presets
from weaklink.campaigns.specification import Specification, read_specification
from weaklink.errors import WeaklinkError

LEAST = 'name = "x"\ndata = ["sst2"]\nmodels = ["a"]\n'


@pytest.fixture
def read(tmp_path):
    def read(text):
        path = tmp_path / "study.toml"
        path.write_text(text)
        return read_specification(str(path))

    return read


@pytest.mark.parametrize("name", [*presets(), "template"])
def test_every_preset_is_a_specification(name, read):
    assert read(preset_text(name)).description


def test_the_template_names_every_key(read):
    text = preset_text("template")
    assert {name for name in Specification.model_fields if name not in text} == set()


def test_a_byte_order_mark_is_no_part_of_the_text(read):
    assert read(f"\ufeff{LEAST}").name == "x"


def test_the_papers_study_has_its_chains_and_models():
    spec = read_specification("qin2024")
    assert len(spec.chains) == 10
    assert {len(chain.models) for chain in spec.chains} == {2}
    assert len({model for chain in spec.chains for model in chain.models}) == 18
    assert len(spec.models) == 2
    assert (len(spec.data), spec.samples, spec.sampling, spec.repetitions) == (4, 100, "first", 3)
    assert len(select(spec.attacks)) == 12


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LEAST + 'precision = "int8"', ("precision = 'int8'", "'float32' or 'bf16'")),
        (LEAST + 'executor = "slurm"', ("executor.kind = 'slurm'", "'local' or 'ray'")),
        (LEAST + "[executor]\ngpus = 1.5", ("executor.gpus = 1.5", "a whole number")),
        (LEAST + 'store = "x.db"', ("store", "its own folder")),
        (LEAST + "sample = 3", ("sample = 3", "samples")),
        (LEAST + "samples = 0", ("samples = 0", "greater than or equal to 1")),
        (LEAST + '[[chains]]\nmodels = ["a"]', ("chains.0.models", "at least 2")),
        (LEAST + '[[chains]]\nmodel = ["a"]', ("chains.0.model", "models")),
        (LEAST + '[selection]\nsnapshot = "s"', ("selection.lineage is missing",)),
        ('name = "x"\ndata = ["sst2"]', ("nothing to measure",)),
        ('data = ["sst2"]', ("name is missing",)),
        ("name = ", ("not valid TOML",)),
        (LEAST + 2 * '[[finetuned]]\nname = "m"\nbase = "b"\ndata = "sst2"\n', ("two models",)),
    ],
)
def test_an_error_names_the_key_and_what_is_allowed(read, text, said):
    with pytest.raises(WeaklinkError) as error:
        read(text)
    assert all(part in error.value.problem for part in said)


def test_neither_a_file_nor_a_preset(tmp_path):
    with pytest.raises(WeaklinkError, match="qin2024"):
        read_specification(str(tmp_path / "nothing.toml"))


def test_equal_specifications_have_one_digest_whatever_the_order_of_keys(read):
    one = read(LEAST + "seed = 1\n[labels.a]\nx = 'positive'\ny = 'negative'")
    other = read("seed = 1\n" + LEAST + "[labels.a]\ny = 'negative'\nx = 'positive'")
    assert one.canonical() == other.canonical()
    assert one.digest == other.digest != read(LEAST).digest
    assert Specification.model_validate(json.loads(one.canonical())) == one


def test_quick_asks_for_less_and_trains_less():
    spec = read_specification("demo")
    quick = spec.quick()
    assert quick.samples < spec.samples
    assert all(
        few.samples < many.samples
        for few, many in zip(quick.finetuned, spec.finetuned, strict=True)
    )
