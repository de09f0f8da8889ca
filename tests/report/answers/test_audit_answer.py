import pytest

from tests.report.planted import DOWNSTREAM, UPSTREAM, figures_of, planted_audit, planted_campaign
from weaklink.measures import Estimate, parse_bound
from weaklink.measures.goals import evasion
from weaklink.measures.results import GoalResult
from weaklink.measures.runs.baseline import Baseline
from weaklink.measures.runs.compare import ComparedRun, compare_runs
from weaklink.report.answers.answer import answer
from weaklink.report.answers.study_answer import study_answer
from weaklink.report.audited import audited
from weaklink.report.exports.junit import to_junit
from weaklink.report.exports.sarif import to_sarif
from weaklink.report.exports.step_summary import step_summary
from weaklink.report.summary import markdown, terminal_tables
from weaklink.report.tables.all_tables import all_tables
from weaklink.report.tables.latex import to_latex
from weaklink.report.tables.robustness_tables import scenarios_table

STUDY = planted_audit()


@pytest.fixture(scope="module")
def found():
    return figures_of(STUDY)


def with_attack(found, name, **figures):
    """Return the figures with others for one attack on the downstream."""
    scenarios = tuple(
        entry.model_copy(update=figures)
        if (entry.model, entry.attack) == (DOWNSTREAM, name)
        else entry
        for entry in found.scenarios
    )
    return found.model_copy(update={"scenarios": scenarios})


def with_link(found, **figures):
    """Return the figures with others for all attacks along the link."""
    (link,) = found.links
    changed = link.model_copy(update={"all": link.all.model_copy(update=figures)})
    return found.model_copy(update={"links": (changed,)})


def with_worst(found, **figures):
    """Return the figures with others for the downstream's worst case."""
    worst = tuple(
        one.model_copy(update=figures) if one.model == DOWNSTREAM else one for one in found.worst
    )
    return found.model_copy(update={"worst": worst})


def rate(value, n=100):
    return Estimate(value=value, low=max(0, value - 0.05), high=value + 0.05, n=n)


def strongest(found):
    """Return the sentences about the strongest attack."""
    return answer(STUDY, found)[-2]


@pytest.mark.parametrize(
    ("left", "said"),
    [
        (rate(0.1), f"Do not ship {DOWNSTREAM} where people may try to fool it"),
        (rate(0.44), f"Do not ship {DOWNSTREAM}"),
        (rate(0.46), f"Whether {DOWNSTREAM} withstands"),
        (rate(0.54), f"Whether {DOWNSTREAM} withstands"),
        (rate(0.56), f"{DOWNSTREAM} withstands these attacks"),
    ],
)
def test_the_first_sentence_says_whether_to_ship_it_by_the_interval(found, left, said):
    first, *_ = answer(STUDY, with_worst(found, robust_accuracy=left))
    assert first.startswith(said)
    assert f"right on {100 * left.value:.1f} % of 100 samples" in first
    assert first.endswith("and the bound is 50.0 %.")


def test_what_the_verdict_means_is_said_after_it(found):
    _, second, *_ = answer(STUDY, with_worst(found, accuracy=rate(0.9)))
    assert "any of 4 attacks may succeed" in second
    assert "it is right on 90.0 % [85.0, 95.0], n = 100." in second


def test_a_rate_of_few_samples_is_a_count(found):
    left = Estimate(value=0.25, low=0.05, high=0.7, n=4)
    first, *_ = answer(STUDY, with_worst(found, robust_accuracy=left))
    assert "right on 1 of 4, between 5.0 % and 70.0 %" in first


def test_what_the_upstream_hands_down_stands_beside_all_other_samples(found):
    _, _, _, transfer, *_ = answer(
        STUDY, with_link(found, sample_transfer=rate(0.91), elsewhere=rate(0.11))
    )
    assert transfer.startswith(
        "Of the samples that fool the upstream, 91.0 % [86.0, 96.0] fool it too; of the others, "
        "11.0 % [6.0, 16.0] do."
    )


def test_the_strongest_attack_is_the_one_with_the_highest_asr_correct(found):
    high = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    first = strongest(with_attack(found, "hotflip", asr_correct=high))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "97.0 % [90.0, 99.0], n = 88" in first
    assert "asr_correct" in first


def test_the_strongest_attack_within_bounds_may_be_another(found):
    strong = Estimate(value=0.97, low=0.9, high=0.99, n=88)
    spoiling = with_attack(found, "hotflip", asr_correct=strong, asr_valid=rate(0.01))
    first = strongest(with_attack(spoiling, "pwws", asr_valid=rate(0.9)))
    assert f"strongest attack on {DOWNSTREAM} is hotflip" in first
    assert "within bounds count, pwws succeeds most often: on 90.0 % [85.0, 95.0], n = 100" in first
    assert "(asr_valid)" in first


def test_no_text_within_bounds_is_said_plainly(found):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        found = with_attack(found, attack, asr_valid=rate(0))
    first = strongest(found)
    assert "No attack succeeds with a text within bounds" in first


def test_an_attack_on_the_upstream_is_not_the_answer(found):
    high = Estimate(value=1.0, low=0.96, high=1.0, n=88)
    attacks = tuple(
        entry.model_copy(update={"asr_correct": high}) if entry.model == UPSTREAM else entry
        for entry in found.scenarios
    )
    said = strongest(found.model_copy(update={"attacks": attacks}))
    assert "100.0 %" not in said


@pytest.mark.parametrize(
    ("delta", "judged", "said"),
    [
        (rate(0.14), "less robust", "It is less robust than its upstream"),
        (rate(-0.14), "more robust", "It is more robust than its upstream"),
        (rate(0.03), "undecided", "which may be chance"),
    ],
)
def test_the_chain_is_judged_over_all_attacks(found, delta, judged, said):
    _, _, chain, *_ = answer(STUDY, with_link(found, delta=delta, verdict=judged))
    assert said in chain
    assert UPSTREAM in chain
    assert f" by {100 * delta.value:+.1f} points".replace("-", "−") in chain
    assert chain.endswith("of 4.")


def test_labels_that_do_not_match_leave_asr_all_and_say_so(found):
    for attack in ("textfooler", "pwws", "textbugger", "hotflip"):
        found = with_attack(found, attack, asr_correct=None, robust_accuracy=None)
    found = with_worst(found, robust_accuracy=None)
    assert "of all attacked samples (asr_all)" in strongest(found)
    assert "cannot be told" in answer(STUDY, found)[0]


def test_a_single_model_has_no_sentence_about_a_chain(found):
    said = answer(STUDY, found.model_copy(update={"links": (), "link_scenarios": ()}))
    assert len(said) == 4
    assert "upstream" not in " ".join(said)


def test_the_last_sentence_is_what_the_figures_rest_on(found):
    *_, last = answer(STUDY, found)
    assert last == "All figures rest on 100 samples of rotten_tomatoes (train split)."


def test_no_figures_are_said_plainly(found):
    first, *_ = answer(STUDY, found.model_copy(update={"scenarios": ()}))
    assert first == "No attack has given a figure yet."


def test_an_audit_is_about_the_only_model_or_the_end_of_its_chain(found):
    assert audited(STUDY, found) == DOWNSTREAM
    campaign = planted_campaign()
    alone = planted_audit(campaign.model_copy(update={"victims": campaign.victims[:1]}))
    assert audited(alone, figures_of(alone)) == UPSTREAM


def test_a_campaign_of_several_data_sets_is_about_no_single_model(found):
    assert audited(STUDY, found.model_copy(update={"datasets": ("one", "two")})) is None


def tables_of(found):
    return [*all_tables(STUDY, found).values(), *terminal_tables(STUDY, found)]


EVASION = GoalResult(source="INJECTION", target="SAFE", kind="evasion")


def test_evasion_rates_are_called_so_wherever_they_are_shown(found):
    evaded = found.model_copy(update={"goal": EVASION})
    said = evasion(EVASION)
    assert "of the samples that the model gives INJECTION" in said
    assert said in answer(STUDY, evaded)
    assert said in study_answer(evaded)[0]
    assert said in markdown(STUDY, evaded).replace("\\_", "_")
    assert said in scenarios_table(evaded).note
    titles = " ".join(table.title for table in tables_of(evaded))
    assert "Evasion rates (every asr)" in titles
    assert "evasion rates by model" in titles
    assert "uccess rates" not in titles
    (judgement, *_) = parse_bound("pwws.asr_correct=0.5").judge(evaded)
    assert judgement.sentence.startswith(f"asr_correct (evasion) of {DOWNSTREAM} under pwws")
    assert "asr_correct=0.5 (evasion)" in to_junit([judgement], strict=False)
    assert "asr_correct (evasion) over its bound" in to_sarif([judgement], strict=False)
    assert "asr_correct=0.5 (evasion)" in step_summary(STUDY, evaded, [judgement]).replace(
        "\\_", "_"
    )
    assert "evasion" not in parse_bound("robust_accuracy=0.5", "under").judge(evaded)[0].place


def test_no_table_names_an_asr_without_saying_that_it_is_an_evasion_rate(found):
    evaded = found.model_copy(update={"goal": EVASION})
    named = [t for t in tables_of(evaded) if "asr" in " ".join(c.heading for c in t.columns)]
    assert len(named) > 5
    for table in named:
        assert "vasion" in table.title
        assert "vasion" in to_latex(table)


def test_a_comparison_and_a_notebook_say_that_their_rates_are_of_evasion(found):
    evaded = found.model_copy(update={"goal": EVASION})
    compared = compare_runs(ComparedRun(evaded), ComparedRun(evaded))
    assert evasion(EVASION) in compared.notes
    for shown in (evaded._repr_html_(), compared._repr_html_()):
        assert evasion(EVASION) in shown
    judgements, _ = Baseline(ComparedRun(evaded), 0.1).judge(STUDY, evaded)
    assert judgements[0].place.startswith("asr_all above the baseline's (evasion) of")


@pytest.mark.parametrize(("n", "told"), [(10, "5 of 10"), (100, "50.0 % of 100")])
def test_what_a_guard_keeps_is_said_of_what_it_blocks(found, n, told):
    evaded = with_worst(found, robust_accuracy=rate(0.5, n)).model_copy(update={"goal": EVASION})
    assert f"right on {told} samples that it gives INJECTION, between" in answer(STUDY, evaded)[0]


def test_success_rates_are_not_called_evasion(found):
    for table in tables_of(found):
        assert "vasion" not in f"{table.title} {table.note}"
    assert "vasion" not in " ".join(answer(STUDY, found))
    assert "(evasion)" not in parse_bound("asr_all=0.5").judge(found)[0].sentence
