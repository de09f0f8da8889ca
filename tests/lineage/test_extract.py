"""Evidence in cards: what is read as descent, and the known traps."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.extract import BELIEVED, believed, read_evidence
from weaklink.lineage.catalogue import Catalogue

BASE = "FacebookAI/roberta-base"
PAGE = "https://huggingface.co/roberta-base"
LINK = f"[roberta-base]({PAGE})"
LOADED = "AutoModel.from_pretrained('roberta-base')"
TYPES = {"me/spam": "roberta", "me/roberta-base-spam": "roberta", "me/bert-spam": "bert"}
IDS = ["me/otter-base", "me/roberta-base-spam", "me/lion-bert", "you/tiger-bert", *TYPES]


def read(text, downstream="me/spam"):
    return believed(read_evidence(read_card(text), downstream, Catalogue(IDS, types=TYPES)))


def upstreams(text, downstream="me/spam"):
    return [e.upstream for e in read(text, downstream)]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"This model is a fine-tuned version of {LINK} on an unknown dataset.", "framework"),
        ("This `roberta-base` model was fine-tuned for sequences using TextAttack", "framework"),
        (
            f"This SetFit model uses {LINK} as the Sentence Transformer embedding model.",
            "framework",
        ),
        (f"This is a sentence-transformers model finetuned from {LINK}.", "framework"),
        ("We fine-tuned a `roberta-base` model on spam.", "prose"),
        ("roberta-base finetuned on spam", "prose"),
        ("It was fine-tuned from the well-known RoBERTa-base checkpoint.", "prose"),
        ("Spam is a RoBERTa model (base) fine-tuned on mail.", "prose"),
        ("It was initialised with roberta-base weights.", "prose"),
        (f"Weights are loaded from [these]({PAGE}).", "prose"),
        (f"This detector is built on top of {PAGE} and works.", "prose"),
        ("It uses roberta-base as its backbone.", "prose"),
        ("We took a RoBERTa (`roberta-base`) and finetuned it.", "prose"),
        (f"Trained for two epochs from this [pretrained model]({PAGE}).", "prose"),
        (f"- Base model: {LINK}", "key_value"),
        ("**Language model:** roberta-base", "key_value"),
        ("| Setting | Value |\n|---|---|\n| Base model | roberta-base |", "key_value"),
        ("Modelo basado en roberta-base.", "prose"),
        (f"Ce modèle se base sur le modèle [x]({PAGE}).", "prose"),
        ("Das Modell basiert auf `roberta-base`.", "prose"),
        ("基于 roberta-base 微调", "prose"),
        ("在roberta-base上进行fine-tuning。", "prose"),
        (f"Based model: {LINK}", "key_value"),
        (
            f"Spam was made in mills. More on the base model is to be found in [its card]({PAGE}).",
            "prose",
        ),
        (f"Fine-tuned thin RoBERTa to the spam task (of mail) from {LINK}.", "prose"),
        ("```\nrun_glue.py --model_name_or_path roberta-base --do_train\n```", "code"),
        (f"```python\nm = {LOADED}\nTrainer(m).train()\n```", "code"),
    ],
)
def test_descent_is_read(text, kind):
    (evidence,) = read(text)
    assert (evidence.upstream, evidence.relation, evidence.kind) == (BASE, "finetune", kind)
    assert evidence.confidence >= BELIEVED
    assert evidence.tier == "text"


@pytest.mark.parametrize(
    ("text", "relation"),
    [
        ("An [adapter](https://x.y) for the `roberta-base` model that was trained.", "adapter"),
        (f"This model was converted to GGUF format from {LINK} using llama.cpp", "quantized"),
        ("A fork of roberta-base.", "copy"),
        ("An int8 quantized version of roberta-base.", "quantized"),
        ("A distilled version of roberta-base.", "distill"),
        (f"```python\nm = {LOADED}\nm.load_adapter('me/spam')\n```", "adapter"),
    ],
)
def test_what_was_done_to_the_upstream(text, relation):
    assert [(e.upstream, e.relation) for e in read(text)] == [(BASE, relation)]


@pytest.mark.parametrize(
    "text",
    [
        "This model was trained from scratch on an unknown dataset.",
        "It outperforms a fine-tuned roberta-base by far.",
        "We compare it with roberta-base fine-tuned on spam.",
        "The tokenizer is from roberta-base.",
        "It was distilled with the teacher roberta-base.",
        "Fine-tuned a new model with roberta-base as teacher.",
        "The data were translated with roberta-base.",
        "See also [roberta-base](https://huggingface.co/roberta-base).",
        "Fine-tuned on [imdb](https://huggingface.co/datasets/imdb).",
        "Models based on roberta-base, bert-base-cased, and gpt2 are welcome.",
        "For most tasks we fine-tune based on roberta-base, me/spam, or bert-base-cased.",
        "Fine-tuned on mail with compression (lion-bert).",
        "Fine-tuned on mail, and compressed as proposed in lion-bert.",
        "It was originally designed to be used with the roberta-base generator.",
        "Based on the RoBERTa architecture.",
        "A fine-tuned BERT.",
        "This model is a fine-tuned version of [outputs/checkpoint-5](/outputs/checkpoint-5) on x.",
        "This model is a fine-tuned version of [me/spam](https://huggingface.co/me/spam) on x.",
        "| Model | F1 |\n|---|---|\n| roberta-base | 0.9 |\n| this | 0.95 |",
        "```python\ntok = AutoTokenizer.from_pretrained('roberta-base')\n```",
        "```python\nm = AutoModel.from_pretrained('roberta-base')\n```",
        "```python\nm = ClassificationModel('roberta', 'you/spam', n_epochs=3)\nm.train()\n```",
        "<!-- fine-tuned version of roberta-base -->",
        "",
    ],
)
def test_traps(text):
    assert upstreams(text) == []


def test_two_models_named_in_one_sentence_the_one_tuned_counts():
    text = "bert-base-cased fine-tuned on spam, using fine-tuned roberta-base as a teacher model."
    assert upstreams(text, "me/bert-spam") == ["google-bert/bert-base-cased"]


def test_merge_has_all_its_parents():
    text = "This is a merge of you/tiger-bert and more.\n\nIt was merged from me/lion-bert too."
    assert sorted(upstreams(text)) == ["me/lion-bert", "you/tiger-bert"]


def test_another_architecture_is_not_believed():
    assert upstreams("Finetuned from roberta-base.", "me/bert-spam") == []


def test_the_row_of_the_own_model_counts():
    text = (
        "| Name | Transformer |\n|---|---|\n| `spam` | `roberta-base` |\n| `ham` | `gpt2` |\n"
        "| `eggs` | `bert-base-cased` |"
    )
    (evidence,) = read(text)
    assert (evidence.upstream, evidence.kind) == (BASE, "table")


def test_the_only_row_of_the_own_architecture_counts():
    text = (
        "| Name | Transformer |\n|---|---|\n| `a` | `gpt2` |\n| `b` | `roberta-base` |\n"
        "| `c` | `bert-base-cased` |"
    )
    assert upstreams(text) == [BASE]


def test_the_row_of_the_own_id_counts_before_rows_that_it_may_be_part_of():
    text = (
        "| Name | Student |\n|---|---|\n| me/spam_mail | `roberta-base` |\n"
        "| me/spam_old_mail | `bert-base-cased` |"
    )
    assert upstreams(text, "me/spam_old_mail") == ["google-bert/bert-base-cased"]


def test_a_link_to_another_size_than_the_own_name_is_not_believed_unless_the_words_say_so():
    page = "https://huggingface.co/you/tiger-small"
    assert upstreams(f"A [Tiger model]({page}) fine-tuned on mail.", "you/spam_medium") == []
    told = f"A [Tiger-small model]({page}) fine-tuned on mail."
    assert upstreams(told, "you/spam_medium") == ["you/tiger-small"]


def test_a_title_of_another_size_than_the_own_name_is_not_believed():
    title = "# T5-base fine-tuned on mail"
    assert upstreams(title, "me/t5-small-mail") == []
    assert upstreams(title, "me/t5-mail") == ["google-t5/t5-base"]
    assert upstreams(f"{title}\n\nT5 fine-tuned on mail.", "me/t5-small-mail") == [
        "google-t5/t5-small"
    ]
    assert upstreams("# RoBERTa-base fine-tuned on mail", "me/t5-small-mail") == [BASE]


def test_a_name_without_an_architecture_counts_where_the_own_name_goes_on_from_it():
    text = "# Otter-base fine-tuned on mail"
    assert upstreams(text, "me/otter-base-finetuned-mail") == ["me/otter-base"]
    assert upstreams(text, "you/otter-base-finetuned-mail") == []


def test_a_card_that_names_its_namesake():
    text = "# Lion\n\nlion-bert knows lions. The model was fine-tuned for roars."
    assert upstreams(text, "me/lion-bert-roars") == ["me/lion-bert"]


def test_quotes_are_from_the_card_and_cut():
    text = "We fine-tuned roberta-base " + "very " * 200 + "well."
    (evidence,) = read(text)
    assert evidence.quote in text
    assert len(evidence.quote) <= 300


PIECES = [
    "fine-tuned ", "version of ", "trained ", "from ", "model ", "the ", "based on ", "(", ")",
    ": ", "roberta-base ", LINK, "you/tiger-bert ", "| ", "\n", "```\n", "--model_name_or_path ",
    "from_pretrained('", "')", ", ", "and ", "Trainer ", "** ", "initialized ", "weights ",
    "using ", "a " * 50, "adapter ", "\ue0000\ue001", "http://", "base ",
]  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.sampled_from(PIECES), max_size=60).map("".join))
def test_no_card_makes_it_fail_and_all_evidence_is_sound(text):
    for evidence in read_evidence(read_card(text), "me/spam", Catalogue(IDS)):
        assert evidence.upstream != "me/spam"
        assert 0 < evidence.confidence <= 1
        assert len(evidence.quote) <= 400


@pytest.mark.parametrize(
    "piece",
    [
        "fine-tuned ", "a fine-tuned version of the ", "roberta-base ", "trained from ", "based ",
        "bert-", "a-", "model name or path ", "--model_name ", "roberta-base, ", "(bert ", "x/",
        "https://huggingface.co/", "e.g. ", "BERT base uncased ", "from_pretrained(", "\t", "基于",
    ],
)  # fmt: skip
@pytest.mark.parametrize("wrap", ["{}", "```\n{}\n```", "| x | base |\n|-|-|\n| {} | b |"])
def test_repetition_does_not_hang(piece, wrap):
    text = wrap.format(piece * (60_000 // len(piece)))
    assert isinstance(upstreams(text), list)
