"""The sentences that tell of descent, as a table.

A sentence comes with every model that it names replaced by a slot, so that a rule reads ``fine-tuned
version of <M>`` whatever the model's name and markup. ``<M>`` is a model, ``<S>`` the card's own,
``<g>`` a few words in between, none of which is a model. All repetitions are bounded and sentences are
short, so matching is linear in practice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from weaklink.lineage.evidence import EvidenceKind, Relation

SLOT = "\ue000{}\ue001"
OWN = "\ue002"
_MODEL = "\ue000(\\d+)\ue001"
_WORD = r"[^\s\ue000-\ue002;:]+"


@dataclass(frozen=True, slots=True)
class Rule:
    """One way to tell of descent.

    Attributes:
        name: Its name, for the method of an edge.
        pattern: A regular expression over a sentence with slots.
        confidence: How far to trust it.
        kind: The kind of evidence that it gives.
        relation: What it says was done to the upstream.
    """

    name: str
    pattern: str
    confidence: float
    kind: EvidenceKind = "prose"
    relation: Relation = "finetune"


_TUNED = (
    r"(?:(?:fine|further|domain|re|post|pre)?[- ]?(?:tuned?|tuning|trained|adapted)|fined?[- ]?tu(?:r?n)\w*"
    r"|adapted|retrained|specialised|specialized|optimi[sz]ed)"
)
_FINE = r"(?:fined?|instruction|prompt)[- ]?tur?n(?:ed?|ing)"
_VERSION = r"(?:version|checkpoint|variant|model|instance|copy|variation|adaptation)s?"
_FROM = r"(?:of|from|on top of|upon|based (?:up)?on|starting (?:from|with)|over|out of|using|with)"
_BASE = (
    r"(?:base|underlying|backbone|original|source|parent|foundation|pre-?train(?:ed|ing)?|starting|initial"
    r"|upstream|seed|core|main|root|language|transformers?)"
)
_NOUN = r"(?:language model|lm|model|checkpoint|weights?|encoder|transformer|network|backbone|bert)"

RULES: tuple[Rule, ...] = (
    Rule("trainer", r"^(?:this model|<S>) is a fine-?tuned version of <M>", 0.99, "framework"),
    Rule("adapterhub", r"\badapters?\b<g> (?:for|of) (?:the )?<M>", 0.98, "framework", "adapter"),
    Rule("textattack", r"^this <M> model was fine-?tuned for .*textattack", 0.99, "framework"),
    Rule("setfit", r"setfit model uses <M> as the sentence transformer", 0.99, "framework"),
    Rule("sbert", r"(?:transformers|encoder) model fine-?tuned from <M>", 0.99, "framework"),
    Rule("unsloth", r"^fine-?tuned from model\W*<M>", 0.99, "framework"),
    Rule(
        "converted",
        r"converted to (?:mlx|gguf|onnx|openvino|ctranslate2|coreml|exl2)\b<g> (?:from|of) <M>",
        0.98,
        "framework",
        "quantized",
    ),
    Rule(
        "quantized",
        r"\b(?:quanti[sz]ed|int8|gptq|awq|gguf|4-bit|8-bit)\b<g> (?:of|from|for) <M>",
        0.96,
        relation="quantized",
    ),
    Rule("merge", r"\bmerged? (?:of|from|between|using)<g> <M>", 0.9, relation="merge"),
    Rule("base_is", rf"\b{_BASE} {_NOUN}s?\b<l> (?:is|was|are|:|=|-|–|→)? ?<a><M>", 0.95),
    Rule("version_of", rf"\b{_TUNED}(?: \w+)?[ -]{_VERSION} {_FROM}<g> <M>", 0.97),
    Rule("pruned", rf"\b(?:pruned|sparse|compressed|trimmed)\b<l> {_VERSION} of<g> <M>", 0.96),
    Rule("tuned_from", rf"\b{_TUNED}(?: \w+)? (?:from|starting (?:from|with)|on top of|upon|out of|based (?:up)?on)<g> <M>", 0.97),
    Rule("tuned", rf"\b{_FINE}(?: of| the| a| an| our| pre-?trained| existing| base| version)*<l> <M>", 0.95),
    Rule("tuned_model", rf"<M>(?: base)?(?: {_NOUN})?(?:,? (?:which|that|and))?(?: (?:is|was|has been|were|then|we))* (?:\w+ )?(?:{_FINE}|further trained|re-?trained|adapted)\b", 0.94),
    Rule("trained_model", rf"<M>(?: {_NOUN})?,? (?:further |then )?trained (?:for|on|to|with|using|over)\b", 0.88),
    Rule("was_trained", rf"^(?:the |this |a )?<M>(?: {_NOUN})? was trained (?:for|on|to|with|using|over)\b", 0.8),
    Rule("initialized", r"\b(?:initiali[sz]ed|warm-?started|bootstrapped|resumed|continued)\b<g> (?:from|with|of|using|by|on) <a><g> ?<M>", 0.95),
    Rule("weights_from", r"\b(?:weights|parameters|checkpoints?)\b<l> (?:loaded |taken |initiali[sz]ed |come )?(?:are )?(?:from|of)<g> <M>", 0.9),
    Rule("start_from", r"\b(?:start(?:ed|ing|s)?|continu\w+)\b<l> (?:from|with|off)<g> <M>", 0.92),
    Rule("built_on", r"\b(?:based|built|building|builds|trained|developed|created|made|constructed|relies|finetuned|fine-tuned)(?: up)?(?: ?on)(?: top of)?<g> <M>", 0.92),
    Rule("originally", r"\b(?:is|was|were) originally<g> <M>", 0.93),
    Rule("takes", r"\b(?:takes?|took|taking)<l> <M>.{1,40}\btun", 0.93),
    Rule("copy", r"\b(?:fork|copy|clone|duplicate|re-?upload|mirror|re-?host)\b<l> of<g> <M>", 0.97, relation="copy"),
    Rule("uses", r"\b(?:model|classifier|detector|system|we|it|encoder)s? (?:uses?|used|utili[sz]es|leverages?|employs|employed)<l> <M>", 0.86),
    Rule("using", r"\b(?:using|used|utili[sz]ing|leveraging|via|with)(?: a| the| an)? (?:pre-?trained|base|original|fine-?tuned)<g> <M>", 0.88),
    Rule("trained_using", r"\b(?:trained|created|built|developed) (?:using|with|from|on)<l> <M> (?:model|checkpoint|as|transformer|base|pre-?trained)", 0.88),
    Rule("as_base", r"<M>(?: \w+)? as (?:a |an |the |our |its )?(?:\w+ )?(?:base|backbone|starting point|initiali[sz]ation|pre-?trained|encoder|foundation|underlying)", 0.93),
    Rule("is_trained", r"^(?:<S>|this(?: model)?|here|it) (?:is|was) (?:a |an |the )?(?:\w+ )?<M>(?: \w+){0,3} ?(?:for|trained|tuned|with|model)", 0.9),
    Rule("distilled_version", r"\bdistill?(?:ed|ation)? (?:\w+ )?(?:version|variant|model) of<g> <M>", 0.85, relation="distill"),
    Rule("key_value", rf"^(?:[-*•] ?)?(?:{_BASE} )*(?:{_NOUN}s?|model type|architecture|base_?lm_?model|base|fine-?tuned from(?: model)?|model_name_or_path|lm|initial(?:i[sz]ed|i[sz]ation)?(?: from)?)(?: used| name| id| \(optional\))? ?(?:\[\w+\])? ?[:=|] ?<M>", 0.94, "key_value"),
    Rule("original", r"\b(?:original|base|source|parent)\b<l> model ?:? <M>", 0.94, "key_value"),
    Rule("other_language", r"(?:basado en|basada en|a partir (?:de|del)|ajustad[oa] (?:de|sobre)|afinad[oa]|basée? sur|base sur|base de|affin\w+|finetuné\w*|basiert auf|feinabgestimmt\w*|auf basis|basato su|baseado em|на основе|дообуч\w+|基于|基於|微调|ベース|ファインチューニング|파인튜닝|기반)<g> <M>", 0.9),
    Rule("other_language_after", r"<M>\S{0,3}(?: \S+)? ?(?:をベース|をファイン|ベース|微调|를 파인|을 파인|를 기반|을 기반|기반|fine-?tuning|finetuned)", 0.88),
)

_NOT_BEFORE = re.compile(
    r"(?:tokeni[sz]\w*|teachers?|than|compar\w+|outperform\w*|unlike|similar\w* to|instead of|versus"
    r"|baselines?|vs\.?|inspired by|same as|differ\w*|recommend\w*|annotat\w+|translat\w+|labell?ed|"
    r"generated|evaluat\w+|alternativ\w+|better|speed-?up|faster|embeddings?|vocab\w*|reward\w*|rewards from)"
    r"(?: [^\s\ue000-\ue002]+){0,4} ?$",
    re.IGNORECASE,
)
_NOT_AFTER = re.compile(
    r"^\W{0,2}(?:'s )?(?:fast )?(?:tokeni[sz]\w*|architecture|topology|vocab\w*|paper|dataset|corpus|teacher"
    r"|as (?:a |the |its |our )?teacher|authors|repo\w*|script|library|-?style|-?like|notebook|training script"
    r"|,? (?:and |or )?\ue000\d+\ue001,? (?:and |or )?\ue000\d+\ue001)",
    re.IGNORECASE,
)


@cache
def _compiled() -> tuple[tuple[Rule, re.Pattern[str]], ...]:
    return tuple((rule, _compile(rule.pattern)) for rule in RULES)


def _compile(pattern: str) -> re.Pattern[str]:
    pattern = pattern.replace("<M>", _MODEL).replace("<S>", OWN)
    pattern = pattern.replace("<g>", rf"(?: {_WORD}){{0,6}}").replace("<l>", rf"(?: {_WORD}){{0,2}}")
    return re.compile(pattern.replace("<a>", r"(?:an? |the |our )?"), re.IGNORECASE)


def matches(sentence: str) -> Iterator[tuple[Rule, int]]:
    """Yield each rule that the sentence obeys, with the number of the slot it points at."""
    for rule, pattern in _compiled():
        for match in pattern.finditer(sentence):
            if credible(sentence, int(match[1])):
                yield rule, int(match[1])


def credible(sentence: str, slot: int) -> bool:
    """Tell whether a slot stands in the sentence, and not as teacher, tokenizer, rival or the like."""
    before, found, after = sentence.partition(SLOT.format(slot))
    return (
        bool(found) and not _NOT_BEFORE.search(before[-80:]) and not _NOT_AFTER.search(after[:40])
    )
