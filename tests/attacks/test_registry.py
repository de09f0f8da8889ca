import pytest

from weaklink.attacks import registry
from weaklink.errors import WeaklinkError


def test_the_six_attacks_are_installed():
    six = {"gan", "hotflip", "pwws", "scpn", "textbugger", "textfooler"}
    assert set(registry.installed()) >= six


def test_all_means_every_installed_attack_of_no_collection():
    whole = [attack for attack in registry.installed().values() if not attack.collection]
    assert registry.select(["all"]) == whole
    assert {attack.name for attack in whole} == {
        "gan", "hotflip", "pwws", "scpn", "textbugger", "textfooler",
    }  # fmt: skip


def test_a_collection_means_its_attacks():
    kinds = ("gan", "hotflip", "pwws", "scpn", "textbugger", "textfooler")
    chosen = [attack.name for attack in registry.select(["openattack-scpn", "openattack", "gan"])]
    others = [f"openattack-{kind}" for kind in kinds if kind != "scpn"]
    assert chosen == ["openattack-scpn", *others, "gan"]
    with pytest.raises(WeaklinkError, match="Did you mean openattack"):
        registry.select(["openatack"])


def test_a_collection_stands_last():
    collected = [attack.collection for attack in registry.installed().values()]
    assert collected == sorted(collected)
    assert set(collected) == {"", "imperceptible", "openattack"}


def test_attacks_named_twice_run_once():
    assert [a.name for a in registry.select(["pwws", "hotflip", "pwws"])] == ["pwws", "hotflip"]


def test_a_misspelt_attack_names_the_nearest():
    with pytest.raises(WeaklinkError, match="Did you mean textfooler"):
        registry.select(["textfoler"])


def test_no_attack_is_refused():
    with pytest.raises(WeaklinkError, match="No attack was named"):
        registry.select([])


def test_assignments_become_parameters():
    values = registry.parse_assignments(["textfooler.min_word_cosine=0.6", "textfooler.window=0"])
    parameters = registry.configure(registry.find("textfooler"), values["textfooler"])
    assert (parameters.min_word_cosine, parameters.window) == (0.6, 0)


@pytest.mark.parametrize("assignment", ["textfooler", "textfooler.window", "window=0", ""])
def test_assignments_of_another_form_are_refused(assignment):
    with pytest.raises(WeaklinkError, match="not a parameter assignment"):
        registry.parse_assignments([assignment])


@pytest.mark.parametrize("values", [{"windw": "1"}, {"window": "-1"}, {"window": "wide"}])
def test_parameters_that_are_not_allowed_are_refused(values):
    with pytest.raises(WeaklinkError, match=r"textfooler\.wind.* is not allowed"):
        registry.configure(registry.find("textfooler"), values)


def test_every_attack_that_needs_no_gradients_says_what_it_can_do_with_labels():
    silent = [one.name for one in registry.installed().values()
              if not one.on_labels and not one.parameters().needs_gradients]  # fmt: skip
    assert silent == []
