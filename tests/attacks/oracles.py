"""The published decision rules, written out as plainly as they can be, for tiny inputs.

They share no code with the attacks: texts are lists of words joined by blanks, constraints are
checked before the victim is asked, and nothing is lazy.
"""

import math


def textfooler(words, *, score, substitutes, tag, similar, bound):
    """Jin et al. 2020, Algorithm 1, with Eq. 2; nouns and verbs as in the authors' code."""
    original = score(words)
    label = original.index(max(original))

    def fits(one, other):
        return one == other or {one, other} == {"NOUN", "VERB"}

    def importance(i):
        without = score(words[:i] + words[i + 1 :])
        drop = original[label] - without[label]
        other = without.index(max(without))
        return drop if other == label else drop + without[other] - original[other]

    current, confidence = list(words), original[label]
    for i in sorted(range(len(words)), key=lambda i: (-importance(i), i)):
        finalists = []
        for substitute in substitutes.get(words[i], ()):
            changed = [*current[:i], substitute, *current[i + 1 :]]
            cosine = similar(current, changed)
            if fits(tag(substitute), tag(words[i])) and cosine >= bound:
                finalists.append((changed, score(changed), cosine))
        flips = [f for f in finalists if f[1].index(max(f[1])) != label]
        if flips:
            return min(flips, key=lambda f: (-f[2], " ".join(f[0])))[0]
        lower = [f for f in finalists if f[1][label] < confidence]
        if lower:
            current, scores, _ = min(lower, key=lambda f: (f[1][label], " ".join(f[0])))
            confidence = scores[label]
    return None


def pwws(words, *, score, substitutes, unknown):
    """Ren et al. 2019, Algorithm 1, with Eqs. 4 to 8."""
    original = score(words)
    label = original.index(max(original))

    def drop(i, word):
        return original[label] - score([*words[:i], word, *words[i + 1 :]])[label]

    exponentials = [math.exp(drop(i, unknown)) for i in range(len(words))]
    best = {}
    for i, word in enumerate(words):
        options = substitutes.get(word, ())
        if options:
            substitute = min(options, key=lambda option: (-drop(i, option), option))
            weight = exponentials[i] / sum(exponentials)
            best[i] = (weight * drop(i, substitute), substitute)
    current = list(words)
    for i in sorted(best, key=lambda i: (-best[i][0], i)):
        current[i] = best[i][1]
        scores = score(current)
        if scores.index(max(scores)) != label:
            return current
    return None
