"""Results as the Hub shows them, by pull requests to a Hub on loopback."""

from dataclasses import replace
from pathlib import Path
from shutil import copyfile

import pytest
import yaml
from huggingface_hub import parse_eval_result_entries

from tests.cli.conftest import cli  # noqa: F401 - a fixture
from tests.examples import a_campaign, a_study, an_outcome, figures
from tests.hub.fake_hub import FakeHub, model
from weaklink.campaigns.figures import figures_of
from weaklink.errors import WeaklinkError
from weaklink.measures import Options
from weaklink.measures.options import stated_bounds
from weaklink.report.exports.benchmark import task_results, to_eval_results, to_tasks
from weaklink.report.exports.subject import subject
from weaklink.store import open_store
from weaklink.store.studies import study_of_audit

BENCHMARK, MODEL, TOKEN = "us/robustness", "us/model", "hf_secret"
CAMPAIGN = a_campaign(victims=((MODEL, "single"),), attacks=("pwws", "gan"))
FELL = {"pwws": (True, True, False, False), "gan": (True, False, False, False)}
OUTCOMES = [
    an_outcome(i, victim=MODEL, attack=attack, success=success, correct=i < 3)
    for attack, fell in FELL.items()
    for i, success in enumerate(fell)
]
STUDY, FOUND = a_study(CAMPAIGN, OUTCOMES), figures(CAMPAIGN, OUTCOMES)
SUBJECT = subject(STUDY, FOUND, MODEL)
TASKS = task_results(SUBJECT, STUDY, FOUND)


def ids(text):
    return [task["id"] for task in yaml.safe_load(text)["tasks"]]


def test_each_attack_is_a_task_and_so_are_all_together():
    values = {one.id.rpartition("_")[0]: one.value.value for one in TASKS}
    assert values == {"reviews_pwws": 0.25, "reviews_gan": 0.5, "reviews_any": 0.25}
    assert "any of pwws, gan on reviews" in TASKS[-1].notes


def test_results_name_tasks_that_the_benchmark_has():
    entries = parse_eval_result_entries(yaml.safe_load(to_eval_results(BENCHMARK, TASKS, FOUND)))
    assert [one.task_id for one in entries] == ids(to_tasks(BENCHMARK, TASKS))
    assert {one.dataset_id for one in entries} == {BENCHMARK}
    assert [one.value for one in entries] == [25.0, 50.0, 25.0]


@pytest.mark.parametrize("change", [{"sample_ids": ("a", "b")}, {"fingerprint": "#other"}])
def test_a_task_on_other_samples_has_another_name(change):
    data = CAMPAIGN.data.model_copy(update=change)
    other = replace(STUDY, campaigns={1: CAMPAIGN.model_copy(update={"data": data})})
    assert not {one.id for one in task_results(SUBJECT, other, FOUND)} & {one.id for one in TASKS}


def test_a_run_that_did_not_end_is_not_published():
    found = figures(CAMPAIGN, OUTCOMES[:-1])
    with pytest.raises(WeaklinkError, match="1 outcomes of us/model on reviews are missing"):
        task_results(subject(STUDY, found, MODEL), STUDY, found)


def test_what_stands_in_the_files_stays():
    before = yaml.safe_dump(
        {"name": "Ours", "description": "x", "evaluation_framework": "weaklink",
         "tasks": [{"id": "old", "config": "c"}, {"id": TASKS[0].id}]}
    )  # fmt: skip
    after = yaml.safe_load(to_tasks(BENCHMARK, TASKS, before))
    assert (after["name"], after["tasks"][0]) == ("Ours", {"id": "old", "config": "c"})
    assert ids(yaml.safe_dump(after)) == ["old", *(one.id for one in TASKS)]
    assert after["tasks"][2] == {"id": TASKS[1].id, "config": "default", "split": "train"}
    old = "- dataset: {id: a/b, task_id: t}\n  value: 0.4\n"
    once = to_eval_results(BENCHMARK, TASKS, FOUND, before=old)
    assert len(yaml.safe_load(once)) == 1 + len(TASKS)
    assert to_eval_results(BENCHMARK, TASKS, FOUND, before=once) == once


@pytest.mark.parametrize(
    "before", ["[", "a", "- 1", "{}", "tasks: 3\nevaluation_framework: weaklink"]
)
def test_files_that_cannot_be_read_are_not_replaced(before):
    with pytest.raises(WeaklinkError, match="cannot be read"):
        to_tasks(BENCHMARK, TASKS, before)
    if before != "{}":
        with pytest.raises(WeaklinkError, match="cannot be read"):
            to_eval_results(BENCHMARK, TASKS, FOUND, before=before)


def test_a_benchmark_of_another_framework_is_left_alone():
    other = "name: x\ndescription: y\nevaluation_framework: inspect-ai\ntasks: [{id: a}]\n"
    with pytest.raises(WeaklinkError, match="benchmark of 'inspect-ai' already"):
        to_tasks(BENCHMARK, TASKS, other)


@pytest.fixture
def hub(monkeypatch, tmp_path):
    (tmp_path / "data").mkdir()
    models = [
        model(1, MODEL, b"# A model"),
        model(2, f"datasets/{BENCHMARK}", b"# Data", folder=tmp_path / "data"),
    ]
    with FakeHub(models, token=TOKEN) as server:
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", server.address)
        monkeypatch.delenv("HF_TOKEN", raising=False)
        yield server


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    """Return a store that keeps the figures, too."""
    path = tmp_path_factory.mktemp("audited") / "audit.db"
    with open_store(path) as store:
        store.add_campaign(CAMPAIGN)
        store.put_all(OUTCOMES)
    study = study_of_audit(path)
    figures_of(study, Options(stated_bounds(study.record)))
    return path


@pytest.fixture
def publish(cli, hub, stored):  # noqa: F811 - the fixture
    copyfile(stored, "audit.db")
    return lambda *more: cli("publish", "audit.db", "--benchmark", BENCHMARK, *more)


def test_a_dry_run_prints_both_files_and_asks_nobody(publish, hub):
    told = publish("--out", "written")
    assert told.status == 0, told.err
    assert f"eval.yaml of the dataset {BENCHMARK}" in told.out
    assert f".eval_results/us_robustness.yaml of the model {MODEL}" in told.out
    assert "Nothing was sent." in told.out
    assert ids(Path("written/eval.yaml").read_text()) == [one.id for one in TASKS]
    assert Path("written/.eval_results/us_robustness.yaml").is_file()
    assert not hub.requests


def test_pull_requests_are_opened_with_the_token_of_the_environment(publish, hub, monkeypatch):
    assert "HF_TOKEN is not set" in publish("--open").err
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    told = publish("--open", "--report", "https://example.org/report.html")
    assert told.status == 0, told.err
    assert f"Opened {hub.address}/{MODEL}/discussions/2" in told.out
    tasks, entries = hub.pull_requests
    assert (tasks.repository, entries.repository) == (f"datasets/{BENCHMARK}", MODEL)
    assert ids(tasks.files["eval.yaml"]) == [one.id for one in TASKS]
    sent = yaml.safe_load(entries.files[".eval_results/us_robustness.yaml"])
    assert sent[0]["source"]["url"] == "https://example.org/report.html"
    assert TASKS[0].id in entries.description


def test_a_benchmark_that_has_the_tasks_gets_no_pull_request(publish, hub, monkeypatch, tmp_path):
    (tmp_path / "data" / "eval.yaml").write_text(to_tasks(BENCHMARK, TASKS))
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert f"eval.yaml of {BENCHMARK} says so already." in publish("--open").out
    assert [one.repository for one in hub.pull_requests] == [MODEL]


def test_a_refused_token_is_told_and_shown_nowhere(publish, hub, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_other")
    told = publish("--open")
    assert told.status == 1
    assert f"The Hub opened no pull request to {BENCHMARK}" in told.err
    assert "hf_other" not in told.out + told.err
    assert not hub.pull_requests


def test_a_repository_that_is_nowhere_or_no_name_is_told(publish, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", TOKEN)
    assert "no/where" in publish("--repo", "no/where", "--open").err
    assert "is not a repository on the Hub" in publish("--repo", "../x/y").err
