"""What a finished run depended on."""

import pytest

from weaklink import attacks
from weaklink.campaigns.finished import inputs_of
from weaklink.campaigns.specification import Specification


@pytest.mark.parametrize("name", ["pwws.py", "openattack/pwws.py", "rules/new/deep.py"])
def test_an_edited_attack_is_another_input_wherever_it_lives(name, tmp_path, monkeypatch):
    edited = tmp_path / name
    edited.parent.mkdir(parents=True, exist_ok=True)
    edited.write_text("old = 1\n")
    monkeypatch.setattr(attacks, "__file__", str(tmp_path / "__init__.py"))
    spec = Specification.of_audit("toys:f", None, data="rotten_tomatoes")
    before = inputs_of(spec, (), {})
    assert inputs_of(spec, (), {}) == before
    edited.write_text("old = 2, and longer\n")
    after = inputs_of(spec, (), {})
    assert {key for key in before if before[key] != after[key]} == {"attacks"}
