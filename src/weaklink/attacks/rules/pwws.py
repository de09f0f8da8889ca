"""PWWS's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/JHL-HUST/PWWS"
RULES = (
    Rule(
        "Candidates of a word",
        "WordNet synonyms",
        "WordNet synonyms; of a phrase its first word",
        "WordNet synonyms of one word",
        'the first word of a phrase ("motion" of "motion picture") is not a synonym',
    ),
    Rule(
        "Part of speech",
        "the same, for WordNet's four",
        "the same; the Penn tags of both are equal, that of the synonym by itself",
        "as the code ({equal_tags})",
        "so that inflections agree",
    ),
    Rule(
        "Candidate of a named entity",
        "the most frequent of its kind that texts of the label do not have (3.2.1)",
        "one of the 30 most frequent, not among the label's 15, of one word; fixed lists",
        "the paper's, of one word ({named_entities})",
        "from the campaign's data, so that any data set has them",
    ),
    Rule(
        "An entity of several words",
        "not told",
        "each of its words becomes the same name",
        "replaced as a whole, once",
        "a name written twice is not a name",
    ),
    Rule(
        "Substitute of a word",
        "largest drop when it alone is replaced (Eq. 4)",
        "the same",
        "the same",
    ),
    Rule(
        "Saliency",
        "drop when the word is unknown (Eq. 6)",
        "the same",
        "drop when the victim's unknown word stands for it",
    ),
    Rule("Order", "softmax(saliency) times drop (Eq. 8)", "the same", "the same"),
    Rule("Steps that do not help", "are taken (Algorithm 1)", "are taken", "are taken"),
    Rule("Case of a substitute", "not told", "as in WordNet or the list", "that of its word"),
    Rule("Targeted goal", "none", "none", "1 - p(target) stands for p(original)", "an extension"),
)
