"""SCPN's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/miyyer/scpn"
RULES = (
    Rule("Templates", "the 10 most frequent", "10", "the same 10"),
    Rule(
        "Divergent paraphrases",
        "left out by n-gram overlap and paraphrase similarity",
        "not in the code",
        "left out below a cosine of {min_similarity} with the whole text",
        "one measure for all attacks here",
    ),
    Rule(
        "A paraphrase counts",
        "if the prediction changes from the right label",
        "not in the code",
        "if the prediction changes; the most similar one wins",
        "asr_correct counts as the paper does",
    ),
    Rule(
        "Texts",
        "single sentences",
        "single sentences",
        "passages of up to {max_words} words, the most important first",
        "real texts are longer, and networks are trained on short sentences",
    ),
    Rule(
        "A passage without a flip",
        "",
        "",
        "keeps the paraphrase of least confidence if it lowers it",
        "changes add up in long texts",
    ),
    Rule(
        "Paraphraser",
        "SCPN, trained on 50 million back-translated pairs",
        "the same",
        "the campaign's, by default a small SCPN trained on sentences alone",
        "theirs is in no package",
    ),
)
