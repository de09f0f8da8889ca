"""Unicode's rules beside those of Boucher et al. 2022 and of their code."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/nickboucher/imperceptible"
RULES = (
    Rule(
        "Kinds of change",
        "invisible characters, homoglyphs, reorderings, deletions (Section IV); each is an attack",
        "the same",
        "{kinds}, the next where one fails",
        "letters spaced out evade guards, and a person reads them; they come last",
    ),
    Rule(
        "Changes in a text, at most",
        "a budget, up to 5 in the figures",
        "10 for classifiers",
        "{max_changes}, all of one kind",
        "as the code",
    ),
    Rule("Search", "differential evolution (Section V-D)", "best/1/bin of scipy", "best/1/bin"),
    Rule(
        "Population",
        "32",
        "32 times the length of the vectors",
        "{population} vectors",
        "as the paper; the code's takes up to 640 queries a generation",
    ),
    Rule("Generations after the first", "3 for classifiers", "3", "{generations}"),
    Rule(
        "A number of a vector",
        "a place, another for the character",
        "the same",
        "one change, or none",
        "half the length",
    ),
    Rule(
        "Places",
        "anywhere",
        "anywhere",
        "in words that the model reads",
        "markup and what is cut off stay",
    ),
    Rule(
        "Invisible characters",
        "zero-width space, joiner, non-joiner",
        "the same",
        "the same, those that the text has itself left out",
    ),
    Rule(
        "Homoglyphs",
        "Unicode's intentional.txt",
        "the same",
        "its 29 letters of the Latin alphabet (version 17)",
    ),
    Rule("Reorderings", "neighbours, by five marks in twelve places", "the same", "the same"),
    Rule("Deletions", "a character from ! to ~ and a backspace", "the same", "the same"),
    Rule(
        "Letters spaced out",
        "none",
        "none",
        "words in the order of the drop, {max_spaced} of them at most",
        "what took a guard from nearly all to nearly none of the injections",
    ),
    Rule(
        "What a reader sees",
        "the original, by construction",
        "none",
        "rendered; similarity, words changed and fluency are of that",
        "an encoder sees what a reader does not",
    ),
    Rule("End of the search", "a label other than the original", "the same", "the goal"),
    Rule("Targeted goal", "p(target) rises", "p(target) rises", "1 - p(target) falls"),
)
