"""TextBugger's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = "not public; OpenAttack and TextAttack have versions by others"
RULES = (
    Rule(
        "Order of words, black-box",
        "sentences by confidence, their words by the drop on deletion (Algorithm 3)",
        "",
        "the same ({knowledge} by default)",
    ),
    Rule(
        "Order of words, white-box",
        "norm of the gradient at the word (Algorithm 1)",
        "",
        "norm of the gradient at all pieces of the word",
        "a word of a subword model has several pieces",
    ),
    Rule(
        "Sentences",
        "those that alone have another label are left out",
        "",
        "the same; all if no sentence alone keeps the label",
    ),
    Rule(
        "Words left alone",
        "not told",
        "",
        "the 266 stop words of TextFooler's authors; in other languages spaCy's",
        "a bug in not or if changes what the text says; OpenAttack and TextAttack leave them too",
    ),
    Rule("Insert", "a blank, in words shorter than 6", "", "the same"),
    Rule(
        "Delete",
        "a letter, neither first nor last",
        "",
        "the same; of Chinese, Japanese and Korean signs any of two",
        "their words have two signs or three",
    ),
    Rule(
        "Swap",
        "two inner neighbours, in words longer than 4",
        "",
        "the same; of Chinese, Japanese and Korean signs any two neighbours",
        "their words have two signs or three",
    ),
    Rule(
        "Sub-C",
        "a character that looks alike or is near on the keyboard",
        "",
        "the same; near are all keys that touch, in all rows, on the keyboard of the language; "
        "beyond English also letters that Unicode lists as confusable, or without a mark",
        "the paper's are for English",
    ),
    Rule("A letter", "a character", "", "a character with its marks", "in Hindi a vowel is a mark"),
    Rule(
        "Sub-W",
        "the 5 nearest words in GloVe",
        "",
        "the {neighbours} nearest in counter-fitted vectors, of a cosine of {min_word_cosine} "
        "or more, without opposites in WordNet",
        'plain GloVe puts "falls" beside "rises"',
    ),
    Rule("Bug of a word", "the one that lowers the confidence most", "", "the same"),
    Rule(
        "Similarity to the original, at least",
        "0.8 (Universal Sentence Encoder)",
        "",
        "{min_similarity} (MiniLM-L6, or another by --encoder)",
        "the paper's encoder is in no package; a cosine is not on the same scale",
    ),
)
