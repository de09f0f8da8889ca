"""Campaigns on texts in other languages than English."""

from dataclasses import replace

import pytest

from tests.engine.work import toy_models
from weaklink.attacks.registry import find, why_left_out
from weaklink.campaigns import Specification, attack_text
from weaklink.campaigns.prepare.attacks import configured_attacks
from weaklink.campaigns.prepare.call_arguments import CallArguments
from weaklink.campaigns.prepare.data import load_samples, prepare_data
from weaklink.campaigns.prepare.failures import Failures
from weaklink.campaigns.prepare.languages import reads
from weaklink.campaigns.run import run
from weaklink.errors import WeaklinkError
from weaklink.lexicons.languages.detect import stated_language
from weaklink.progress import Silent
from weaklink.store import open_store
from weaklink.testing import ToyVictim

CHINESE = ("这部电影非常好看", "演员很差，故事也不好", "我来到北京看电影", "服务太差了")
ALL = ("textfooler", "pwws", "textbugger", "hotflip", "scpn", "gan", "openattack-textbugger")


@pytest.fixture
def drawn(tmp_path):
    def drawn(texts, **options):
        path = tmp_path / "texts.csv"
        path.write_text("text,label\n" + "\n".join(f'"{t}",{i % 2}' for i, t in enumerate(texts)))
        store = tmp_path / "audit.db"
        spec = Specification.of_audit("toy", data=str(path), samples="all", store=store, **options)
        attacks = configured_attacks(spec)
        (found,) = load_samples(spec, attacks, [], Failures(strict=True), Silent()).values()
        return spec, found

    return drawn


def names(samples):
    return [one.attack.name for one in samples.attacks]


def test_attacks_that_lack_a_lexicon_are_left_out_with_a_reason(drawn):
    _, found = drawn(CHINESE, attacks=ALL)
    assert names(found) == ["textbugger"]
    assert found.dataset.language == "zh"
    told = "\n".join(found.dataset.notices)
    for name in set(ALL) - {"textbugger"}:
        assert f"{name} is left out: the texts are in another language than English (zh)" in told
    assert "python -m nltk.downloader omw-1.4" in told
    assert "by WEAKLINK_VECTORS_ZH" in told
    assert "textbugger does without vectors of synonyms and WordNet" in told
    assert "which learnt English" in told
    assert "Fluency is not measured" in told


def test_english_is_attacked_by_all_and_nothing_is_said(drawn):
    spec, found = drawn(["A fine film.", "It was dull."], attacks=ALL)
    assert names(found) == list(spec.attacks)
    assert (found.dataset.language, found.dataset.notices) == ("en", ())


def test_a_stated_language_is_not_told_from_the_texts(drawn):
    _, found = drawn(["bagus sekali", "tidak baik"], attacks=("textbugger", "pwws"), language="ms")
    assert (names(found), found.dataset.language) == (["textbugger"], "ms")


def test_models_that_their_user_names_are_taken_to_know_the_language(drawn):
    _, found = drawn(
        CHINESE, attacks=("scpn", "gan"), paraphraser="llm:big", encoder="mine", language_model="my"
    )
    assert names(found) == ["scpn"]
    assert [notice.partition(" ")[0] for notice in found.dataset.notices] == ["gan"]
    assert reads("my", "zh")


def test_data_that_no_attack_covers_are_an_error(drawn):
    with pytest.raises(WeaklinkError, match=r"No attack can be made .* pwws is left out"):
        drawn(CHINESE, attacks=("pwws",))
    for text, language in ((CHINESE[0], None), ("muy buena", "es")):
        with pytest.raises(WeaklinkError, match="textfooler is left out"):
            attack_text(ToyVictim(), text, language=language)


@pytest.mark.parametrize("language", ["ES", "Spanish", "e"])
def test_a_language_that_is_no_code_is_refused(language):
    with pytest.raises(WeaklinkError, match="is not a language code"):
        attack_text(ToyVictim(), "a fine film", language=language)


def test_auto_tells_the_language_from_the_text():
    assert stated_language("auto", ["A fine film."]) == "en"


def test_outcomes_of_another_language_have_keys_of_their_own(drawn):
    spec, samples = drawn(CHINESE, attacks=("textbugger",))
    models = toy_models()
    models.encoder.digest = "toy"
    data = prepare_data(samples, spec, models, Failures(strict=True), Silent())
    ((key, attack),) = data.attacks.items()
    assert data.lexicon.language == "zh"
    lexicon = data.lexicon
    digests = {"counter-fitted": "none", "wordnet": lexicon.wordnet.digest, "encoder": "toy"}
    assert key == attack.fingerprint(digests, None, None, language="zh")
    others = {attack.fingerprint(digests, None, None, language=one) for one in ("en", "ja", "zh")}
    assert len(others) == 3


def test_keys_of_english_are_as_they_were():
    (attack,) = configured_attacks(Specification(models=("m",), attacks=("hotflip",)))
    digests = {"glove": "x"}
    assert attack.fingerprint(digests, None, None) == "d1e1e0ae785d854758c4ea8ae612ce9e"
    assert (
        attack.fingerprint(digests, None, None, language="en") == "d1e1e0ae785d854758c4ea8ae612ce9e"
    )


@pytest.mark.parametrize("language", ["en", "zh"])
def test_an_attack_that_uses_nothing_covers_any_language(language):
    assert why_left_out(replace(find("textbugger"), uses=()), language) is None


def test_what_is_left_out_has_no_outcomes_and_is_no_failure(drawn):
    spec, _ = drawn(CHINESE, attacks=("pwws", "textbugger"), references="none")
    models = toy_models()
    models.encoder.digest = models.tagger.digest = "toy"
    given = CallArguments(
        victims={"toy": lambda: ToyVictim({"电影": 2.0, "服务": 2.0, "演员": -2.0})}
    )
    with open_store(spec.store) as store:
        record = run(spec, store, Silent(), strict=True, models=models, given=given).record
        frame = store.frame(store.campaigns()[0].campaign)
    assert record.failures == ()
    assert set(frame["attack"]) == {"textbugger"}
    assert set(frame["status"]) == {"failed", "succeeded"}
    assert frame["language_model"].null_count() == len(frame) == 3 * len(CHINESE)
