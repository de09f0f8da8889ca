"""HotFlip's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = (
    "the authors' code of the attack on characters is not public; "
    "https://github.com/AnyiRao/WordAdver is that on words"
)
RULES = (
    Rule("Edits", "flip, insertion, deletion (3.2)", "", "the same"),
    Rule("Search", "beam search over r steps (3.3)", "", "the same"),
    Rule("Beam", "10", "", "{beam}"),
    Rule(
        "Edits, at most",
        "10 % of the characters",
        "",
        "{max_edits} of the letters, at least one",
        "characters between words are never edited",
    ),
    Rule(
        "Score of an edit",
        "gradient times the step, over its norm sqrt(2 N) for N flipped characters",
        "",
        "the same norm; the step is the change in the embeddings of the word's pieces",
        "a subword model has no one-hot characters",
    ),
    Rule("Score of a path", "sum of its edits' scores", "", "the same"),
    Rule(
        "An edited word",
        "may not be in the vocabulary",
        "",
        "may not be among the {vocabulary} most frequent words of GloVe",
        "a subword model has no vocabulary of words",
    ),
    Rule(
        "Characters written",
        "the model's alphabet",
        "",
        "letters a to z, in the case of the word; in other languages those of its vectors' words",
        "a victim of pieces may not tell others apart",
    ),
    Rule(
        "End",
        "the prediction changes",
        "",
        "the prediction changes; of several texts that of least confidence",
        "the beam is scored as one batch",
    ),
    Rule("Targeted goal", "none", "", "descends the loss of the target", "an extension"),
)
