"""Pairs of texts, sent by the real clients to servers on loopback."""

import json

import numpy as np
import pytest
import torch
from transformers import pipeline

from tests.victims.tiny import save_tiny
from weaklink.campaigns.specification import Specification
from weaklink.errors import WeaklinkError
from weaklink.text.pairs import Beside, segments
from weaklink.victims.pairs import check_reads
from weaklink.victims.remote.trust import check_remote

from .servers import TOY, Server, hub, llm, rows, tei

FIRST, SECOND = "a good film", "a bad plot"
PAIR = Beside(before=FIRST).whole(SECOND)
PROMPT = "Is it {labels}?\n\nFirst text: {first}\n\nSecond text: {second}"
MAPPING = """
url = "{address}/classify"
labels = ["negative", "positive"]
{more}
[response]
answers = "@"
scores = "@"
"""
EACH = 'batch = 4\n[each]\ntext = "{first}"\ntext_pair = "{second}"\n'


def mapped(tmp_path, server, more, name="map.toml"):
    (tmp_path / name).write_text(MAPPING.format(address=server.address, more=more))
    return f"http:{tmp_path / name}"


def toolkit(classify):
    """Answer as huggingface-inference-toolkit does: with what the pipeline returns."""

    def reply(_, body):
        try:
            return 200, {}, classify(body["inputs"], **body["parameters"])
        except (ValueError, TypeError) as error:
            return 400, {}, {"error": str(error)}

    return reply


@pytest.fixture(scope="module")
def classify(tmp_path_factory):
    """A pipeline, which knows no other words than the tiny model's."""
    folder = save_tiny(tmp_path_factory.mktemp("model"), "bert")
    return pipeline("text-classification", folder, dtype=torch.float32)


def test_an_endpoint_of_the_hubs_own_toolkit_reads_texts_and_pairs(load, classify):
    with Server(toolkit(classify)) as server:
        victim = load(f"hf:owner/model@{server.address}")
        texts = [FIRST, PAIR, Beside(after=SECOND).whole(FIRST), Beside(after="the film").whole("")]
        found = victim.forward(texts)
    for text, row in zip(texts, found, strict=True):
        asked = dict(zip(("text", "text_pair"), segments(text), strict=False))
        scores = {one["label"]: one["score"] for one in classify(asked, top_k=None)}
        np.testing.assert_allclose(row, [scores[label] for label in victim.labels], atol=1e-6)
    assert np.abs(found[0] - found[1]).max() > 1e-4
    np.testing.assert_array_equal(found[1], found[2])


def test_a_server_that_follows_the_hubs_protocol_alone_refuses_pairs(load):
    def documented(_, body):
        if not isinstance(body["inputs"], str):
            return 422, {}, {"error": "inputs: a string is expected"}
        return hub(_, body)

    with Server(documented) as server:
        victim = load(f"hf:owner/toy@{server.address}")
        np.testing.assert_allclose(victim.forward([FIRST]), TOY.forward([FIRST]), atol=1e-9)
        with pytest.raises(WeaklinkError, match="no place for a second") as caught:
            victim.forward([PAIR])
        assert "a string is expected" in str(caught.value)


def test_a_server_that_has_answered_a_pair_may_refuse_another_one(load):
    def reply(_, body):
        long = "very long" in json.dumps(body)
        return (422, {}, {"error": "too long"}) if long else hub(_, body)

    with Server(reply) as server:
        victim = load(f"hf:owner/toy@{server.address}")
        victim.forward([PAIR])
        with pytest.raises(WeaklinkError, match=r"gave no answer for a text .*too long"):
            victim.forward([Beside(before="very long").whole("x")])


def test_tei_is_given_pairs(load):
    with Server(tei) as server:
        victim = load(f"tei:{server.address}")
        assert victim.reads_pairs
        found = victim.forward([PAIR, FIRST])
        np.testing.assert_allclose(found, TOY.forward([f"{FIRST} {SECOND}", FIRST]))
        assert f'[["{FIRST}", "{SECOND}"], ["{FIRST}"]]' in server.bodies[-1]
        assert victim.visible(PAIR) == len(SECOND)


def test_a_prompt_asks_an_llm_about_pairs(load):
    with Server(llm()) as server:
        victim = load("llm:toy", base_url=f"{server.address}/v1", prompt=PROMPT)
        tricky = Beside(before="good {second} {labels}").whole("{first} film")
        found = victim.forward([PAIR, tricky])[:, :2]
        texts = [f"{FIRST} {SECOND}", "good {second} {labels} {first} film"]
        np.testing.assert_allclose(found, TOY.forward(texts), atol=1e-6)


def test_the_default_prompt_is_one_of_pairs_where_the_data_is():
    options = {"text_column": "premise", "pair_column": "hypothesis"}
    of_pairs = Specification.of_audit("llm:toy", **options).remote().prompt
    assert all(hole in of_pairs for hole in ("{labels}", "{first}", "{second}"))
    own = Specification.of_audit("llm:toy", llm_prompt="{first} {second}", **options)
    assert own.remote().prompt == "{first} {second}"
    assert "{text}" in Specification.of_audit("llm:toy").remote().prompt


@pytest.mark.parametrize(
    ("more", "sent"),
    [
        ('[request]\ninputs = [["{first}", "{second}"]]', {"inputs": [[FIRST, SECOND]]}),
        (
            'batch = 4\neach = ["{first}", "{second}"]\n[request]\ninputs = "{texts}"',
            {"inputs": [[FIRST, SECOND], [SECOND, FIRST]]},
        ),
        (
            EACH + '[request]\ninputs = "{texts}"\nparameters.top_k = 2',
            {"inputs": [{"text": FIRST, "text_pair": SECOND}, {"text": SECOND, "text_pair": FIRST}],
             "parameters": {"top_k": 2}},
        ),
    ],
)  # fmt: skip
def test_a_mapping_has_holes_for_pairs(load, tmp_path, more, sent):
    with Server(hub) as server:
        victim = load(mapped(tmp_path, server, more), concurrency=1)
        texts = [PAIR, Beside(after=FIRST).whole(SECOND)]
        found = victim.forward(texts)
        both = [f"{FIRST} {SECOND}", f"{SECOND} {FIRST}"]
        np.testing.assert_allclose(found, TOY.forward(both), atol=1e-9)
        assert json.dumps(sent) in server.bodies


def test_each_may_hold_a_single_text_and_changes_the_question(load, tmp_path):
    with Server(hub) as server:
        more = 'batch = 4\n{}[request]\ninputs = "{{texts}}"'
        plain = load(mapped(tmp_path, server, more.format("")))
        each = load(mapped(tmp_path, server, more.format('[each]\ntext = "{text}"\n')))
        np.testing.assert_allclose(each.forward([FIRST]), TOY.forward([FIRST]), atol=1e-9)
        assert '{"inputs": [{"text": "a good film"}]}' in server.bodies
        assert plain.fingerprint != each.fingerprint
        usual = load(mapped(tmp_path, server, more.format('each = "{text}"\n')))
        assert usual.fingerprint == plain.fingerprint


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ('[request]\nx = "{first}"', "has {first} and no {second}"),
        ('[request]\nx = "{first} {second} {text}"', "{text} beside {first}"),
        ('[request]\nx = "{second} {texts}"', "has {second} and no {first}"),
        ('[request]\nx = "see {texts}"', "neither {text} nor"),
        ('each = ["{first}", "{second}"]\n[request]\nx = "{text}"', "each is of no use"),
        ('[request]\n"{text}" = "x"', "neither {text} nor"),
    ],
)
def test_a_mapping_with_holes_that_do_not_fit_is_refused(load, tmp_path, more, said):
    with Server(hub) as server, pytest.raises(WeaklinkError) as caught:
        load(mapped(tmp_path, server, more))
    assert said in str(caught.value)


@pytest.mark.parametrize("prompt", ["{first}", "{text} {first} {second}", "{labels}"])
def test_a_prompt_with_holes_that_do_not_fit_is_refused(load, prompt):
    with pytest.raises(WeaklinkError, match=r"The prompt of llm:toy has .*\{"):
        load("llm:toy", base_url="http://127.0.0.1:9/v1", prompt=prompt)


def test_what_is_asked_about_the_other_kind_says_why_it_cannot_be(load, tmp_path):
    with Server(llm()) as server:
        base = f"{server.address}/v1"
        with pytest.raises(WeaklinkError, match=r"its prompt has \{text\}, and not \{first\} and"):
            check_reads(load("llm:toy", base_url=base), "snli.csv", pairs=True)
        with pytest.raises(WeaklinkError, match="llm:toy reads pairs of texts, and was given sing"):
            check_reads(load("llm:toy", base_url=base, prompt=PROMPT), "sst2", pairs=False)
        for prompt, text in ((PROMPT, FIRST), ("{labels} {text}", PAIR)):
            victim, before = load("llm:toy", base_url=base, prompt=prompt), server.requests
            with pytest.raises(WeaklinkError, match="given"):
                victim.forward([text])
            assert server.requests == before
    with Server(hub) as server:
        name = mapped(tmp_path, server, '[request]\ninputs = "{text}"')
        with pytest.raises(WeaklinkError, match=r"the request in .*map.toml has \{text\}, and not"):
            check_reads(load(name), "snli.csv", pairs=True)
        check_reads(load(name), "sst2", pairs=False)


def test_answers_are_kept_for_both_segments_in_their_order(load):
    with Server(tei) as server:
        name = f"tei:{server.address}"
        texts = [
            PAIR,
            Beside(before=FIRST).whole("another plot"),
            Beside(before="another film").whole(SECOND),
            Beside(before=SECOND).whole(FIRST),
            FIRST,
        ]
        load(name).forward(texts)
        assert server.texts.total() == 1 + len(texts)
        load(name).forward([*texts, Beside(after=SECOND).whole(FIRST)])
        assert server.texts.total() == 1 + len(texts)


@pytest.mark.parametrize(("read", "unread"), [(0, "second"), (1, "first")])
def test_a_server_that_skips_a_segment_is_warned_of(load, read, unread):
    def skips(_, body):
        (one,) = body["inputs"] if isinstance(body["inputs"], list) else [body["inputs"]]
        return 200, {}, rows([one if isinstance(one, str) else [*one.values()][read]])

    texts = [Beside(before=f"{'good ' * (i % 3)}{i}").whole(f"{'bad ' * (i % 2)}{i}")
             for i in range(12)]  # fmt: skip
    with Server(skips) as server, Server(hub) as honest:
        victim = load(f"hf:owner/toy@{server.address}")
        (warning,) = check_remote(victim, texts, {}, [])
        assert warning.check == "segment-not-read"
        assert f"Of 10 pairs, each got the same answer with another {unread}" in warning.message
        assert list(check_remote(load(f"hf:o/t@{honest.address}"), texts, {}, [])) == []
        with Server(lambda *_: (200, {}, rows(["good"]))) as constant:
            assert list(check_remote(load(f"hf:o/t@{constant.address}"), texts, {}, [])) == []
        same = [Beside(before="good").whole(f"bad {i}") for i in range(3)]
        assert list(check_remote(load(f"hf:o/t@{honest.address}"), same, {}, [])) == []
