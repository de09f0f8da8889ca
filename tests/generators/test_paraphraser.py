"""The packaged network as a paraphraser."""

import pytest
import torch

from weaklink.generators.scpn.paraphraser import MOST_TOKENS, load_network_paraphraser
from weaklink.generators.scpn.parsing import parse
from weaklink.generators.scpn.templates import TEMPLATES
from weaklink.generators.tokens import tokenise

SENTENCES = ("I never liked the plot of Zorblax.", "a gorgeous , witty movie .")
REQUESTS = [(sentence, template) for sentence in SENTENCES for template in TEMPLATES]


@pytest.fixture(scope="module")
def paraphraser():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("weaklink.generators.networks.built_folder", lambda _: _Nowhere())
        yield load_network_paraphraser("cpu")
    torch.set_num_threads(threads)


class _Nowhere:
    def is_dir(self):
        return False


@pytest.fixture(scope="module")
def answers(paraphraser):
    return paraphraser.paraphrase(REQUESTS)


def test_the_packaged_network_paraphrases_in_the_shape_asked_for(answers):
    fits = [t == found for (_, t), found in zip(REQUESTS, parse(answers), strict=True)]
    assert sum(fits[:10]) >= 6
    assert all(answers)
    assert len(set(answers)) > 12


def test_no_answer_is_a_copy_and_all_follow_the_sentence_in_spacing(answers):
    for (sentence, _), answer in zip(REQUESTS, answers, strict=True):
        assert tokenise(answer) != tokenise(sentence)
        assert "<" not in answer
    assert all(answer[0].isupper() for answer in answers[:10])
    assert all(answer.endswith((" .", " ?")) for answer in answers[10:] if answer[-1] in ".?")
    assert any("Zorblax" in answer for answer in answers[:10])


def test_answers_do_not_depend_on_what_else_is_asked(paraphraser, answers):
    assert paraphraser.paraphrase(REQUESTS[::-1]) == answers[::-1]
    assert [paraphraser.paraphrase([request])[0] for request in REQUESTS[5:12]] == answers[5:12]
    assert paraphraser.paraphrase([REQUESTS[0]] * 2) == [answers[0]] * 2


@pytest.mark.parametrize(
    "request_",
    [
        ("", TEMPLATES[0]),
        ("!!! ...", TEMPLATES[0]),
        ("film", TEMPLATES[0]),
        ("word " * (MOST_TOKENS + 1), TEMPLATES[0]),
        ("The film is good.", ""),
    ],
)
def test_where_there_can_be_no_paraphrase_there_is_none(paraphraser, request_):
    assert paraphraser.paraphrase([request_]) == [""]
    assert paraphraser.paraphrase([]) == []


@pytest.mark.parametrize(
    "request_", [("so , what ?", TEMPLATES[7]), ("Good film!", "(XX (YY) (.))"), ("a b", "(S)")]
)
def test_odd_sentences_and_templates_do_no_harm(paraphraser, request_):
    assert isinstance(paraphraser.paraphrase([request_])[0], str)
