"""Each kind of remote victim, asked by its real client at a server on loopback."""

import numpy as np
import pytest

from tests.victims.conformance import check_victim
from weaklink.errors import WeaklinkError
from weaklink.victims.remote.llm import NO_LABEL

from .conftest import KEY
from .servers import INFO, TOY, Server, hub, llm, rows, tei

TEXTS = ["a good film", "a bad plot", "nothing"]
MAPPING = """
url = "{address}/classify"
labels = ["negative", "positive"]
{more}
[headers]
Authorization = "Bearer $OPENAI_API_KEY"
[request]
inputs = "{{text}}"
[response]
{response}
"""


def mapped(tmp_path, server, response, more="", request="{text}"):
    text = MAPPING.format(address=server.address, more=more, response=response)
    (tmp_path / "map.toml").write_text(text.replace("{text}", request))
    return f"http:{tmp_path / 'map.toml'}"


def test_tei_conforms_and_is_asked_in_batches(load):
    with Server(tei) as server:
        victim = load(f"tei:{server.address}")
        check_victim(victim)
        np.testing.assert_allclose(victim.forward(TEXTS), TOY.forward(TEXTS), atol=1e-9)
        assert victim.labels == TOY.labels
        assert not victim.labels_only
        before = server.requests
        victim.forward([f"text {i}" for i in range(9)])
        assert server.requests - before == 3
        assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
        assert max(server.texts.values()) == 1


def test_the_hub_is_asked_by_its_own_client(load):
    with Server(hub) as server:
        victim = load("hf:owner/toy", base_url=server.address)
        check_victim(victim)
        np.testing.assert_allclose(victim.forward(TEXTS), TOY.forward(TEXTS), atol=1e-9)
        assert victim.labels == TOY.labels
        assert KEY not in str(server.headers)
        assert max(server.texts.values()) == 1


def test_an_llm_gives_probabilities_where_its_endpoint_does(load):
    with Server(llm()) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        check_victim(victim)
        assert victim.labels == (*TOY.labels, NO_LABEL)
        np.testing.assert_allclose(victim.forward(TEXTS)[:, :2], TOY.forward(TEXTS), atol=1e-6)
        assert not victim.labels_only
        assert server.headers[-1]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("refused", [False, True])
def test_an_llm_gives_a_label_alone_otherwise(load, refused):
    answer = llm(probabilities=False)

    def reply(path, body):
        if refused and "logprobs" in body:
            return 400, {}, {"error": {"message": "logprobs are not supported"}}
        return answer(path, body)

    with Server(reply) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        assert victim.labels_only
        assert victim.forward(TEXTS[:2]).tolist() == [[0, 1, 0], [1, 0, 0]]
        check_victim(victim)


@pytest.mark.parametrize(
    ("content", "row"),
    [
        ("I cannot answer that.", [0, 0, 1]),
        ("It is negative, not positive", [0, 0, 1]),
        ("**NEGATIVE**", [1, 0, 0]),
        (None, [0, 0, 1]),
    ],
)
def test_an_answer_that_names_no_label_or_two_has_a_label_of_its_own(load, content, row):
    def reply(_, body):
        status, headers, said = llm(probabilities=False)(_, body)
        said["choices"][0]["message"]["content"] = content
        return status, headers, said

    with Server(reply) as server:
        assert load("llm:toy@" + server.address + "/v1").forward(["x"]).tolist() == [row]
        assert KEY not in str(server.headers)


def test_a_filter_that_withholds_an_answer_is_an_answer(load):
    def reply(path, body):
        if "bad" in str(body):
            return 400, {}, {"error": {"code": "content_filter", "message": "no"}}
        return llm(probabilities=False)(path, body)

    with Server(reply) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1")
        assert victim.forward(["a bad film"]).tolist() == [[0, 0, 1]]


def test_an_address_in_a_name_gets_only_the_key_of_its_host(load, monkeypatch):
    with Server(llm()) as server:
        port = server.address.rpartition(":")[2]
        monkeypatch.setenv(f"OPENAI_API_KEY_127_0_0_1_{port}", "its-own")
        load(f"llm:toy@{server.address}/v1", base_url="http://127.0.0.1:1/v1").forward(["x"])
        assert {one["authorization"] for one in server.headers} == {"Bearer its-own"}


@pytest.mark.parametrize(
    "response",
    ['scores = "[0]"', 'scores = "[0][*].{label: label, score: score}"'],
)
def test_a_mapping_reads_scores_anywhere(load, tmp_path, response):
    with Server(hub) as server:
        victim = load(mapped(tmp_path, server, response))
        check_victim(victim)
        np.testing.assert_allclose(victim.forward(TEXTS), TOY.forward(TEXTS), atol=1e-9)
        assert server.headers[-1]["authorization"] == f"Bearer {KEY}"
        assert KEY not in str(victim.details) + str(victim.fingerprint)


def test_a_mapping_reads_numbers_by_position_and_objects_by_label(load, tmp_path):
    def numbers(_, body):
        row = TOY.forward([body["inputs"]])[0].tolist()
        return 200, {}, {"row": row, "by": dict(zip(TOY.labels, row, strict=True))}

    with Server(numbers) as server:
        for response in ('scores = "row"', 'scores = "by"'):
            victim = load(mapped(tmp_path, server, response))
            np.testing.assert_allclose(victim.forward(TEXTS), TOY.forward(TEXTS), atol=1e-9)


def test_a_mapping_reads_a_label_alone_and_batches(load, tmp_path):
    def labels(_, body):
        found = [TOY.labels[i] for i in TOY.forward(body["inputs"]).argmax(axis=1)]
        return 200, {}, {"all": [{"is": label} for label in found]}

    with Server(labels) as server:
        server.texts.update = lambda texts: None
        response = 'answers = "all"\nlabel = "is"'
        victim = load(mapped(tmp_path, server, response, "batch = 8", "{texts}"))
        assert victim.labels_only
        before = server.requests
        assert victim.forward([f"good {i}" for i in range(8)])[:, 1].tolist() == [1.0] * 8
        assert server.requests == before + 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("[response]\nlabel = 'x'", "[response]"), "neither scores nor label"),
        (("labels =", "#"), "labels are missing"),
        (("{text}", "text"), "neither {text} nor"),
        (('url = "http://', 'url = "http://ann:pass@'), "user name or a password"),
        (("label = 'x'", "label = '[['"), "is not a JMESPath expression"),
        (("$OPENAI_API_KEY", "$NOT_SET_AT_ALL"), "NOT_SET_AT_ALL"),
        (("[request]", "[requests]"), "request is missing"),
        (("labels =", "batch = 3\nlabels ="), "batch needs"),
        (("url =", "url"), "cannot be read"),
    ],
)
def test_a_mapping_that_cannot_be_followed_is_refused(load, tmp_path, change, said):
    with Server(hub) as server:
        name = mapped(tmp_path, server, "label = 'x'")
        path = tmp_path / "map.toml"
        path.write_text(path.read_text().replace(*change))
        with pytest.raises(WeaklinkError, match=said):
            load(name)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("hf:", "names no remote model"),
        ("http://host/classify", "names no remote model"),
        ("tei:localhost", "is not an address"),
        ("http:missing.toml", "cannot be read"),
        ("hf:owner/model@main", "newest one only"),
    ],
)
def test_a_name_that_leads_nowhere_is_refused(load, name, said):
    with pytest.raises(WeaklinkError, match=said):
        load(name)


@pytest.mark.parametrize(
    ("options", "said"),
    [({"prompt": "hello"}, "neither {text} nor"), ({"labels": ("a", "A")}, "needs two labels")],
)
def test_prompt_and_labels_must_do(load, options, said):
    with pytest.raises(WeaklinkError, match=said):
        load("llm:toy", **options)


@pytest.mark.parametrize(
    ("info", "said"),
    [({}, "serves no sequence classifier"), ([], "information is not an object")],
)
def test_a_tei_server_without_a_classifier_is_refused(load, info, said):
    with Server(lambda *_: (200, {}, info)) as server, pytest.raises(WeaklinkError, match=said):
        load(f"tei:{server.address}")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        ([[{"label": "a", "score": 0.9}, {"label": "b", "score": 0.9}]], "sum to 1.8"),
        ([[{"label": "a", "score": 1.0}]], "labels"),
        ([[{"label": "a", "score": -1.0}, {"label": "b", "score": 2.0}]], "sum to 1"),
    ],
)
def test_scores_that_are_no_classifiers_are_refused(load, answer, said):
    with (
        Server(lambda *_: (200, {}, answer)) as server,
        pytest.raises(WeaklinkError, match=said),
    ):
        load("hf:owner/toy", base_url=server.address)


def test_fingerprints_tell_models_prompts_and_labels_apart(load):
    with Server(llm()) as server, Server(tei) as other:
        base = f"{server.address}/v1"
        found = [
            load("llm:toy", base_url=base).fingerprint,
            load("llm:other", base_url=base).fingerprint,
            load("llm:toy", base_url=base, prompt="{labels}?\n\n{text}").fingerprint,
            load("llm:toy", base_url=base, labels=("positive", "negative")).fingerprint,
            load(f"tei:{other.address}").fingerprint,
        ]
        assert len(set(found)) == 5
        again = load("llm:toy", base_url=base)
        assert again.fingerprint == found[0]
    moved = lambda path, body: (200, {}, {**INFO, "model_sha": "beef"}) if path == "/info" else (  # noqa: E731
        200, {}, rows([one[0] for one in body["inputs"]])
    )  # fmt: skip
    with Server(tei) as same, Server(moved) as new:
        assert load(f"tei:{same.address}").fingerprint == found[-1]
        assert load(f"tei:{new.address}").fingerprint != found[-1]
