"""GAN's rules."""

from weaklink.attacks.rules.rule import Rule

CODE = "https://github.com/zhengliz/natural-adversary"
RULES = (
    Rule(
        "Search",
        "hybrid shrinking (Algorithm 2), or iterative (Algorithm 1)",
        "hybrid or a faster one for text, hybrid or iterative for images",
        "{search}",
    ),
    Rule(
        "Points in a round (N)",
        "not told for text",
        "100 for text, 20 in the faster search, 5,000 for images",
        "{samples}",
    ),
    Rule(
        "First phase, no winner",
        "the outer half of the range",
        "the outer half; for text the range grows by 0.5 too",
        "the outer half",
    ),
    Rule("First phase, a winner", "from half its distance to it", "the same", "the same"),
    Rule(
        "Second phase, a winner",
        "the step below is next",
        "the step below is next (h = l)",
        "the step below is next",
    ),
    Rule("Rounds without a winner that end it (B)", "a budget", "5", "{rounds}"),
    Rule(
        "Width of a shell (Δr)",
        "not told",
        "0.005 for text, 0.01 for images",
        "{step}",
        "distances are those of another space",
    ),
    Rule(
        "Farthest distance (r)",
        "not told",
        "1 for text, 10 for images",
        "{radius}",
        "farther neighbours keep less than 0.8 of the similarity on average",
    ),
    Rule(
        "Unperturbed reconstruction",
        "never drawn",
        "never drawn",
        "never counts, wherever it is decoded",
        "its flip shows a poor reconstruction, not a weak victim",
    ),
    Rule(
        "Texts",
        "single sentences of up to 10 words",
        "the same",
        "passages of up to {max_words} words, the most important first",
        "real texts are longer",
    ),
    Rule(
        "A text that was asked about before",
        "asked again",
        "asked again",
        "not asked again",
        "saves queries; the text found is the same",
    ),
    Rule(
        "Generator",
        "ARAE with an inverter, trained on SNLI",
        "the same",
        "the latent space of the campaign",
        "theirs is in no package",
    ),
)
