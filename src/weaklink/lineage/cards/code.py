"""Code that says what a model was trained from: training commands, settings, adapters."""

from __future__ import annotations

import re
from collections.abc import Iterator

from weaklink.lineage.cards.mentions import Finder
from weaklink.lineage.evidence import Evidence, Relation

MAX_CODE = 20_000

_NAME = r"[\"']?([A-Za-z0-9][\w.-]{0,95}(?:/[A-Za-z0-9][\w.-]{0,95})?)[\"']?"
_SETTING = re.compile(
    r"(?:--?|\b)(?:base_lm_model|base_model(?:_name)?|model_name_or_path|pretrained_model\w*"
    r"|model_name|model_type_or_path|bert_model|backbone|lm_model|model_checkpoint|model_path)"
    rf"[\"']?[ \t]{{0,4}}[=: \t][ \t]{{0,4}}{_NAME}(?![\w/(.\[])",
    re.IGNORECASE,
)
_LOADED = re.compile(
    r"\b(\w{0,60})\.from_pretrained\(\s{0,20}(?:pretrained_model_name_or_path\s?=\s?)?"
    rf"{_NAME}\s{{0,20}}[,)]"
)
_TRAINS = re.compile(
    r"--do_train|\bTrainingArguments\b|\bTrainer\(|\.train\(|\.fit\(|run_\w+\.py|\btrain(?:er|ing)?_"
    r"|n_epochs|num_train_epochs|learning_rate"
)
_ADAPTER = re.compile(r"\bload_adapter\(|\bPeftModel\b")
_WRAPPER = re.compile(r"(?:Classification|Transformer|NLI|LanguageModeling|QuestionAnswering)Model")
_CALLED = re.compile(r"\b(\w{1,60})\(\s{0,20}[\"']\w{1,20}[\"']\s?,\s{0,20}" + _NAME + r"\s?[,)]")
_NOT_A_MODEL = re.compile(r"tokenizer|config|processor|extractor|dataset", re.IGNORECASE)


def read_code(code: str, finder: Finder) -> Iterator[Evidence]:
    """Yield what a block of code tells about the model's upstream."""
    code = code[:MAX_CODE]
    trains, adapts = bool(_TRAINS.search(code)), bool(_ADAPTER.search(code))
    for match in _SETTING.finditer(code):
        yield from _evidence(finder, match[1], "setting", 0.87 if trains else 0.7, match[0])
    for match in _LOADED.finditer(code):
        if _NOT_A_MODEL.search(match[1]):
            continue
        if adapts:
            yield from _evidence(finder, match[2], "adapts", 0.96, match[0], "adapter")
        elif trains:
            yield from _evidence(finder, match[2], "loads_and_trains", 0.9, match[0])
    for match in _CALLED.finditer(code):
        if trains and _WRAPPER.fullmatch(match[1]):
            yield from _evidence(finder, match[2], "wraps_and_trains", 0.9, match[0])


def _evidence(
    finder: Finder,
    written: str,
    rule: str,
    confidence: float,
    quote: str,
    relation: Relation = "finetune",
) -> Iterator[Evidence]:
    mentions = finder.find(written)
    if len(mentions) == 1 and mentions[0].model:
        mention = mentions[0]
        method = f"{rule}/{mention.how}"
        yield Evidence(mention.model, relation, "code", method, confidence, " ".join(quote.split()))
