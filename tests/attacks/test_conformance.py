import pytest

from weaklink.attacks import Context, Parameters, Score, Steps, attack
from weaklink.attacks.registry import installed
from weaklink.testing import check_attack
from weaklink.text import Words


@pytest.mark.parametrize("name", sorted(installed()))
def test_every_installed_attack_conforms(name):
    check_attack(installed()[name])


def make(run, **kwargs):
    return attack(name="made", paper="None", parameters=Parameters, **kwargs)(run)


def test_a_false_success_does_not_conform():
    def liar(words: Words, context: Context[Parameters]) -> Steps[str | None]:
        """Claim that the original text wins."""
        yield Score((str(words),))
        return str(words)

    with pytest.raises(AssertionError, match="does not reach the goal"):
        check_attack(make(liar))


def test_an_attack_with_state_does_not_conform():
    calls = []

    def moody(words: Words, context: Context[Parameters]) -> Steps[str | None]:
        """Ask something else each time."""
        calls.append(1)
        yield Score((f"{words} {len(calls)}",))

    with pytest.raises(AssertionError, match="differs when repeated"):
        check_attack(make(moody))
