import pytest

from tests.hub.fake_hub import FakeHub, model
from weaklink.campaigns import Specification, find_upstream
from weaklink.campaigns.python.forecast import forecast_of
from weaklink.errors import WeaklinkError
from weaklink.hub.client import HubClient, Pace

BARE = {"config": {"architectures": ["BertForMaskedLM"], "model_type": "bert"}}


@pytest.fixture
def settle(monkeypatch):
    models = [
        model(1, "me/down", b"---\nbase_model: me/bare\n---\n"),
        model(2, "me/bare", b"---\nbase_model: me/up\n---\n", **BARE),
        model(3, "me/up", b"---\nbase_model: me/root\n---\n"),
        model(4, "me/root", b"# Root", **BARE),
    ]
    with FakeHub(models) as hub:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", hub.address)
        client = HubClient(retries=1, pace=Pace(sleep=lambda _: None))
        yield lambda find=find_upstream, **options: find(
            Specification.of_audit(**options), client=client
        )


def test_auto_is_the_nearest_ancestor_with_a_head(settle):
    found = settle(downstream="me/down", upstream="auto")
    assert found.spec.link.upstream == "me/up"
    assert [step.model for step in found.chain] == ["me/down", "me/bare", "me/up", "me/root"]


def test_without_such_an_ancestor_the_model_is_audited_alone(settle):
    found = settle(downstream="me/up", upstream="auto")
    assert found.spec.link == ("me/up", None)
    assert len(found.chain) == 2


def test_a_named_upstream_is_left_as_it_is(settle):
    found = settle(downstream="no/where", upstream="me/up")
    assert (found.spec.link.upstream, found.chain) == ("me/up", ())


def test_a_model_that_is_nowhere_is_said(settle):
    with pytest.raises(WeaklinkError, match="the Hub has no information about it"):
        settle(downstream="no/where", upstream="auto")


def test_a_forecast_looks_at_all_ancestors_for_stored_outcomes(settle):
    def find(spec, client):
        return forecast_of(spec, [], client)

    with pytest.raises(WeaklinkError, match="me/bare, me/up, me/root: no stored outcomes"):
        settle(find, downstream="me/down", upstream="auto")
    with pytest.raises(WeaklinkError, match="no upstream of it is known"):
        settle(find, downstream="me/root")
