"""TextFooler's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/jind11/TextFooler"
RULES = (
    Rule(
        "Importance of a word",
        "drop when it is deleted (Eq. 2)",
        "drop when `<oov>` stands for it",
        "drop when it is deleted",
    ),
    Rule(
        "Words left alone",
        "stop words of NLTK and spaCy",
        "a list of 266",
        "{stop_words}: the list of the authors' code; in other languages spaCy's",
        "spaCy's has some 85 more, such as really, very, well and make",
    ),
    Rule(
        "Candidates of a word",
        "50 nearest, counter-fitted vectors of Mrkšić et al.",
        "50 nearest, the same vectors",
        "{neighbours} nearest, vectors built from GloVe and WordNet",
        "the published vectors are not in a package; WEAKLINK_COUNTER_FITTED names a file of them",
    ),
    Rule(
        "Cosine of a word and a candidate, at least",
        "0.7",
        "0.5",
        "{min_word_cosine}",
        "as the code",
    ),
    Rule(
        "Part of speech",
        "the same",
        "the same, or noun and verb",
        "the same, or noun and verb ({noun_for_verb})",
        "as the code",
    ),
    Rule(
        "Words read for the part of speech",
        "not told",
        "original text; 4 words on each side of the candidate",
        "current text; the window",
        "one window for both checks",
    ),
    Rule(
        "Similarity, at least",
        "a threshold ε, no value told",
        "1 - arccos(cosine) of 0.7, a cosine of 0.955",
        "cosine of {min_sentence_cosine}",
        "as the code, in the unit that all attacks here have",
    ),
    Rule(
        "Similarity in a text shorter than the window",
        "as in any text",
        "1 - arccos(cosine) of 0.1, a cosine of 0.622",
        "cosine of {min_short_sentence_cosine}",
        "as the code; punctuation counts as words there and not here",
    ),
    Rule(
        "Words that are compared",
        "the whole text",
        "15 around the change",
        "{window} around the change",
        "as the code",
    ),
    Rule(
        "Compared with",
        "the original text",
        "the text before this change",
        "the text before this change",
        "as the code",
    ),
    Rule(
        "Sentence encoder",
        "Universal Sentence Encoder",
        "Universal Sentence Encoder large 3",
        "MiniLM-L6, or another by --encoder",
        "the paper's is in no package; a cosine is not on the same scale",
    ),
    Rule(
        "A candidate stays without a flip",
        "if it lowers the confidence",
        "if it is below the confidence in the original",
        "if it lowers the confidence",
    ),
    Rule(
        "Order of checks",
        "meaning first, then the victim",
        "the victim first",
        "the victim first; only decisive candidates are checked",
        "the text found is the same; all candidates are counted as queries",
    ),
    Rule("Case of a candidate", "texts in lower case", "lower case", "that of its word"),
    Rule(
        "Targeted goal",
        "none",
        "none",
        "1 - p(target) stands for p(original)",
        "an extension",
    ),
)
