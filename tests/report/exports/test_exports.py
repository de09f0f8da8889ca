"""A study's figures in the formats of others."""

import json

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from huggingface_hub.repocard_data import model_index_to_eval_results

from tests.study.planted import planted_results, planted_study
from weaklink.errors import WeaklinkError
from weaklink.report.exports.cyclonedx import to_bom
from weaklink.report.exports.model_card import model_card_section
from weaklink.report.exports.model_index import dataset_id, model_index
from weaklink.report.exports.subject import subject

STUDY = planted_study()
FOUND = planted_results()
DOWN = subject(STUDY, FOUND, "down")


def test_a_chain_is_its_last_measured_model():
    assert subject(STUDY, FOUND, "C1") == DOWN
    assert [link.upstream for link in DOWN.ancestry] == ["up", "base"]
    with pytest.raises(WeaklinkError, match=r"did not measure 'gone'.*up, down, alone, C1"):
        subject(STUDY, FOUND, "gone")


def test_the_bill_of_materials_is_valid_and_holds_the_figures():
    made = to_bom(DOWN, FOUND)
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(made) is None
    model = json.loads(made)["metadata"]["component"]
    metrics = model["modelCard"]["quantitativeAnalysis"]["performanceMetrics"]
    union = next(m for m in metrics if m["slice"] == "union of all attacks")
    assert union["value"] == f"{DOWN.worst.robust_accuracy.value:.4f}"
    (up,) = model["pedigree"]["ancestors"]
    assert up["name"] == "up"
    assert {p["name"]: p["value"] for p in up["properties"]}["weaklink:lineage:quote"]
    assert up["pedigree"]["ancestors"][0]["name"] == "base"
    assert to_bom(DOWN, FOUND) == made


def test_model_index_reads_back_as_the_hub_reads_it():
    name, entries = model_index_to_eval_results(
        yaml.safe_load(model_index(DOWN, STUDY, FOUND))["model-index"]
    )
    assert name == "down"
    found = {(e.dataset_name, e.metric_name): e.metric_value for e in entries}
    assert found["d1", "asr_all under random"] == 0.625
    assert len(entries) == 12
    assert dataset_id("sst2") == "stanfordnlp/sst2"


def test_a_model_card_section_says_what_was_inherited():
    section = model_card_section(DOWN, FOUND)
    assert section.startswith("## Adversarial robustness\n")
    assert "Fine-tuned from up: asr\\_all changed by +31.2" in section
    assert "| pwws | d1 | 2 of 4 " in section
