import numpy as np
import pytest

from weaklink.attacks import Context, Decode, Invert, Note, Parameters, Paraphrase, Steps, attack
from weaklink.engine.generating import Decodings, Inversions, Paraphrases
from weaklink.engine.recall import Recall
from weaklink.engine.scheduler import Scheduler
from weaklink.store import Status
from weaklink.testing import ToyLatentSpace, ToyParaphraser, ToyVictim
from weaklink.text import Words

from .work import blank, job, toy_models, toy_services, work


class Counting:
    """Passes on to a generator and notes what each call was given."""

    def __init__(self, inner):
        self.inner, self.calls = inner, []

    def __getattr__(self, name):
        def call(requests):
            self.calls.append(len(requests))
            return getattr(self.inner, name)(requests)

        return call


def test_requests_of_many_asks_go_together_and_equal_ones_once():
    paraphraser = Counting(ToyParaphraser())
    service = Paraphrases(lambda: paraphraser)
    asks = [Paraphrase("a b c", ("(S (NP))", "(S (NP) (VP))")), Paraphrase("a b c", ("(S (NP))",))]
    assert service(asks) == [("b c a", "c a b"), ("b c a",)]
    assert service([*asks, Paraphrase("d e", ("(S (NP))",))])[2] == ("e d",)
    assert paraphraser.calls == [2, 1]


def test_each_sentence_is_inverted_once():
    space = Counting(ToyLatentSpace())
    service = Inversions(lambda: space)
    one, other, again = service([Invert("slow good"), Invert("fine"), Invert("slow good")])
    assert one.code.tolist() == again.code.tolist() == [1, 3]
    assert other.reconstruction == "fine fine"
    assert space.calls == [2]


def test_codes_are_decoded_together_and_equal_ones_once():
    space = Counting(ToyLatentSpace())
    service = Decodings(lambda: space)
    asks = [Decode(np.array([[0.0, 3.0], [2.0, 2.0]]), "x"), Decode(np.array([[0.0, 3.0]]), "x")]
    assert service(asks) == [("dull good", "fine fine"), ("dull good",)]
    assert service(asks[1:]) == [("dull good",)]
    assert service([Decode(asks[1].codes, "another")]) == [("dull good",)]
    assert space.calls == [2, 1]


def test_decodes_are_equal_if_they_ask_for_the_same():
    codes = np.array([[0.0, 3.0]])
    assert Decode(codes, "x") == Decode(codes.copy(), "x")
    assert Decode(codes, "x") != Decode(codes, "y")
    assert Decode(codes, "x") != Decode(codes + 1, "x")


def test_what_was_used_least_recently_is_forgotten_and_asked_again():
    asked = []
    recall = Recall(lambda questions: asked.append(list(questions)) or questions, capacity=2)
    assert recall([1, 2, 1, 3]) == [1, 2, 1, 3]
    assert recall([2, 3, 1]) == [2, 3, 1]
    assert asked == [[1, 2, 3], [2]]


def test_generators_are_loaded_when_they_are_first_asked():
    def never():
        pytest.fail("loaded without need")

    models = toy_models(never, never)
    services = models.services(toy_services(ToyVictim()), ToyVictim())
    assert services[Paraphrase]([]) == []


def test_paraphrases_are_shared_by_the_victims_of_a_campaign():
    counting = Counting(ToyParaphraser())
    models = toy_models(lambda: counting)
    for victim in (ToyVictim(), ToyVictim({"slow": 1.0})):
        models.services(None, victim)[Paraphrase]([Paraphrase("a b", ("(S (NP))",))])
    assert counting.calls == [1]


def test_generators_are_asked_before_the_victim_and_in_bulk():
    kinds = list(toy_services(ToyVictim()))
    assert kinds.index(Paraphrase) < kinds.index(Decode) < len(kinds) - 1
    assert kinds[-1].__name__ == "Score"
    sizes = []
    services = toy_services(ToyVictim())
    inner = services[Paraphrase]
    services[Paraphrase] = lambda asks: sizes.append(len(asks)) or inner(asks)
    attempts = work(ToyVictim(), ["scpn"], ["good film", "slow film", "fine day"])
    list(Scheduler(services, 64).run(attempts))
    assert sizes[0] == len(attempts)


def noting(value, result):
    @attack(name="noting", paper="None", parameters=Parameters)
    def run(words: Words, context: Context[Parameters]) -> Steps[str | None]:
        """Note a figure twice, and end."""
        assert (yield Note("figure", value - 1)) is None
        yield Note("figure", value)
        return result

    return run


@pytest.mark.parametrize(
    ("result", "status"), [(None, Status.FAILED), ("awful awful", Status.SUCCEEDED)]
)
def test_notes_are_kept_with_the_outcome_and_the_last_value_stays(result, status):
    victim = ToyVictim({"good": 2.0, "awful": -2.0})
    attempt = job(noting(0.5, result), victim).attempt(blank("good", "noting"), 1)
    (outcome,) = Scheduler(toy_services(victim)).run([(blank("good", "noting"), attempt)])
    assert outcome.status is status
    assert outcome.notes == {"figure": 0.5}
    assert outcome.queries == 1


def test_notes_of_an_exhausted_attempt_are_kept():
    victim = ToyVictim({"good": 9.0})
    attempt = job("gan", victim, max_queries=2).attempt(blank("good", "gan"), 1)
    (outcome,) = Scheduler(toy_services(victim)).run([(blank("good", "gan"), attempt)])
    assert outcome.status is Status.EXHAUSTED
    assert outcome.notes["faithfulness"] > 0
