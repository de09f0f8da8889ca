from weaklink.campaigns.prepare.chain_trust import Stated, check_chain


def checks(upstream, downstream):
    return [warning.check for warning in check_chain([upstream, downstream])]


def stated(labels=("negative", "positive"), languages=("en",), name="m"):
    return Stated(name, labels, languages)


def test_models_that_agree_raise_no_warning():
    assert checks(stated(), stated(("POSITIVE", "NEGATIVE"))) == []
    assert checks(stated(), stated(("LABEL_0", "LABEL_1"))) == []
    assert check_chain([stated()]) == ()


def test_other_labels_are_said():
    assert checks(stated(), stated(("negative", "neutral", "positive"))) == ["chain-label-space"]
    assert checks(stated(), stated(("hate", "no hate"))) == ["chain-label-space"]


def test_other_languages_are_said():
    assert checks(stated(), stated(languages=("ja",))) == ["chain-language"]
    assert checks(stated(), stated(languages=())) == []
    assert checks(stated(), stated(languages=("multilingual",))) == []
    assert checks(stated(languages=("en", "ms")), stated(languages=("ms",))) == []


def test_each_pair_of_a_long_chain_is_looked_at():
    chain = [stated(), stated(languages=("ja",)), stated(languages=("zh",))]
    assert len(check_chain(chain)) == 2
