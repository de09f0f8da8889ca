"""The rules of OpenAttack's attacks, each driven by hand; each fails under the published rule."""

import random
from dataclasses import replace

import numpy as np
import pytest

from weaklink.attacks import Decode, Paraphrase, Score, Similarity, Tag
from weaklink.attacks.openattack.bugs import NEAR, draw_bugs
from weaklink.attacks.openattack.gan import openattack_gan
from weaklink.attacks.openattack.hotflip import openattack_hotflip
from weaklink.attacks.openattack.pwws import openattack_pwws
from weaklink.attacks.openattack.scpn import TEMPLATES, openattack_scpn
from weaklink.attacks.openattack.substitutes import others, substitutes
from weaklink.attacks.openattack.textbugger import openattack_textbugger
from weaklink.attacks.openattack.textfooler import (
    compared_tokens,
    openattack_textfooler,
    tagged_tokens,
)
from weaklink.attacks.openattack.tokens import LEFT_ALONE, spaced, tokenise, without
from weaklink.generators.scpn import templates
from weaklink.testing import ToyLexicon, ToyTagger, ToyVictim, drive, toy_answers, toy_context
from weaklink.text import Words

NOTHING = dict.fromkeys("abcdefghijklmnopqrstuvwxyz.,", 0.0)


SALIENT = {"good": 1.0, "film": 0.5, "bad": 0.4, "reel": -3.0, "unk": 0.0}
SIMILAR = {"good": 1.0, "fine": 0.2, "nice": -2.0, "grim": -3.0, "film": 0.0, "unk": 0.0}
SYNONYMS = {"good": ["fine", "nice", "grim"]}


def run(attack, text, weights, lexicon=None, *, tags=None, answers=(), seed=0, **parameters):
    """Return the result and the texts that the victim was asked about, batch by batch."""
    victim = ToyVictim(NOTHING | weights)
    context = toy_context(
        text, victim, attack.parameters(**parameters), lexicon=ToyLexicon(lexicon or {}), seed=seed
    )
    toy = toy_answers(victim, ToyTagger(tags or {})) | dict(answers)
    result, asked = drive(attack.run(Words.split(text), context), toy)
    return result, [ask.texts for ask in asked if isinstance(ask, Score)], asked


class TestTokens:
    def test_marks_are_tokens_and_capitals_go(self):
        words = Words.split("It isn't (quite) well-made!")
        assert str(tokenise(words)) == "it isn ' t ( quite ) well - made !"
        assert str(tokenise(words, lower=False)).startswith("It isn ' t")

    def test_what_the_victim_does_not_read_is_not_split(self):
        text = "A fine film. Read no further, OK?"
        words = Words.split(text, until=len("A fine film."))
        assert tokenise(words).words == ("a", "fine", "film", ".")
        assert str(tokenise(words)) == "a fine film . read no further, ok?"
        assert without(tokenise(words), 1) == "a film . read no further, ok?"

    def test_be_and_have_are_left_alone_and_really_is_not(self):
        assert {"be", "have", "not"} <= LEFT_ALONE
        assert "really" not in LEFT_ALONE


class TestSubstitutes:
    def context(self, lexicon):
        victim = ToyVictim()
        return toy_context("film", victim, openattack_pwws.parameters(), lexicon=lexicon)

    def test_a_phrase_gives_its_first_word_in_lower_case(self):
        context = self.context(ToyLexicon({"film": ["movie", "motion_picture", "Movie", "film"]}))
        assert substitutes("film", "NOUN", context) == ["movie", "motion"]

    def test_a_word_is_a_substitute_of_itself_by_way_of_capitals(self):
        context = self.context(ToyLexicon({"hollywood": ["Hollywood", "film_industry"]}))
        assert substitutes("hollywood", "NOUN", context) == ["hollywood", "film"]
        assert others("hollywood", "NOUN", context) == ["film"]

    def test_forms_of_be_and_other_parts_of_speech_have_none(self):
        context = self.context(ToyLexicon({"is": ["exists"], "of": ["from"]}))
        assert substitutes("is", "VERB", context) == []
        assert substitutes("of", "X", context) == []


class TestHotFlip:
    def test_words_go_from_left_to_right_and_the_last_substitute_stays(self):
        lexicon = {"dull": ["flat", "slow"], "film": ["movie", "turkey"]}
        weights = {"dull": 0.0, "flat": 2.0, "slow": 2.0, "film": 1.0, "movie": 1.0, "turkey": -3}
        result, asked, _ = run(openattack_hotflip, "dull film", weights, lexicon)
        assert asked == [("flat film",), ("slow film",), ("slow movie",), ("slow turkey",)]
        assert result == "slow turkey"

    def test_stop_words_keep_their_place(self):
        result, asked, _ = run(openattack_hotflip, "not", {"not": 1.0, "no": -1}, {"not": ["no"]})
        assert (result, asked) == (None, [])


class TestPWWS:
    def test_words_are_taken_by_saliency_times_drop(self):
        lexicon = {"good": ["bad"], "film": ["reel"]}
        result, asked, _ = run(openattack_pwws, "Good film", SALIENT, lexicon)
        assert asked[0] == (
            "good film", "<UNK> film", "good <UNK>", "bad film", "good reel",
        )  # fmt: skip
        assert asked[1:] == [("good reel",)]
        assert result == "good reel"

    def test_no_synonym_has_to_have_the_tag_of_the_word(self):
        tags = {"film": "NNS", "reel": "VB"}
        result, _, asked = run(openattack_pwws, "film", SALIENT, {"film": ["reel"]}, tags=tags)
        assert result == "reel"
        assert sum(isinstance(ask, Tag) for ask in asked) == 1

    def test_a_text_that_falls_in_lower_case_counts(self):
        class Cased(ToyVictim):
            def weight(self, word):
                return 1.0 if word[0].isupper() else -1.0

        victim = Cased()
        context = toy_context("Film", victim, openattack_pwws.parameters(), lexicon=ToyLexicon())
        result, _ = drive(openattack_pwws.run(Words.split("Film"), context), toy_answers(victim))
        assert result == "film"


class TestTextBugger:
    def test_tokens_are_ranked_by_the_drop_on_deletion_and_sentences_are_not(self):
        weights = {"dull": 0.5, "warm": 3.0, "film": 1.0}
        _, asked, _ = run(openattack_textbugger, "dull film. Warm!", weights)
        assert asked[0] == (
            "film . Warm !", "dull . Warm !", "dull film Warm !", "dull film . !",
            "dull film . Warm",
        )  # fmt: skip
        changed = ["Warm", "film", "dull"]
        for texts, word in zip(asked[1:], changed, strict=False):
            assert all(word not in text.split() for text in texts[:1])

    def test_no_bound_ends_the_search(self):
        _, _, asked = run(openattack_textbugger, "good film", {"good": 9.0, "film": 9.0})
        assert not any(isinstance(ask, Similarity) for ask in asked)

    def test_the_best_bug_stays_even_if_it_makes_the_victim_surer(self):
        class Surer(ToyVictim):
            def weight(self, word):
                return {"abcde": 2.0, "zz": 1.0}.get(word, 3.0)

        victim, attack = Surer(), openattack_textbugger
        lexicon = ToyLexicon({"abcde": ["f"]})
        context = toy_context("abcde zz", victim, attack.parameters(), lexicon=lexicon)
        words, answers = Words.split("abcde zz"), toy_answers(victim)
        _, asked = drive(attack.run(words, context), answers)
        assert not asked[-1].texts[0].startswith("abcde ")

    def bugs(self, word, seed=0, lexicon=None):
        victim = ToyVictim()
        context = toy_context(
            word, victim, openattack_textbugger.parameters(), lexicon=ToyLexicon(lexicon or {})
        )
        return draw_bugs(word, replace(context, random=random.Random(seed)))

    def test_swap_exchanges_any_two_inner_letters(self):
        swapped = {self.bugs("abcdef", seed)[2] for seed in range(200)}
        assert swapped == {
            "acbdef", "adcbef", "aecdbf", "abdcef", "abedcf", "abcedf",
        }  # fmt: skip
        assert self.bugs("abcd")[2] == "abcd"

    def test_insert_and_delete_stay_inside(self):
        assert {self.bugs("abc", seed)[0] for seed in range(50)} == {"a bc", "ab c"}
        assert self.bugs("abcdef")[0] == "abcdef"
        assert {self.bugs("abcd", seed)[1] for seed in range(50)} == {"acd", "abd"}

    def test_sub_c_knows_keys_and_digits_of_lower_case_letters(self):
        assert NEAR["q"] == "was9"
        assert NEAR["g"] == "rtyfhvb69"
        assert NEAR["l"] == "opk1"
        assert NEAR["s"] == "qweadzx5"
        assert self.bugs("QQQ")[3] == "QQQ"

    def test_sub_w_is_the_first_synonym_of_any_part_of_speech(self):
        assert self.bugs("good", lexicon={"good": ["good", "well_off", "fine"]})[4] == "well"
        assert self.bugs("Good", lexicon={"Good": ["good"]})[4] == "good"

    def test_words_of_two_letters_have_no_bug(self):
        assert self.bugs("ok") == ["ok"]


class TestTextFooler:
    def cosines(self, **by_word):
        """Return an answer to Similarity by the first word of a window that has one."""
        return {
            Similarity: lambda ask: np.array(
                [next(by_word[w] for w in text.split() if w in by_word) for text in ask.texts]
            )
        }

    def test_the_most_similar_flip_wins(self):
        for better, other in (("nice", "grim"), ("grim", "nice")):
            answers = self.cosines(**{better: 0.3, other: 0.2})
            result, asked, _ = run(
                openattack_textfooler, "good film", SIMILAR, SYNONYMS, answers=answers
            )
            assert result == f"{better} film"
            assert asked[0][0] == "good film"

    def test_the_bound_is_a_tenth_once_a_short_text_was_seen(self):
        long = "good " + "film " * 16
        answers = self.cosines(fine=0.05, nice=0.4, grim=0.05)
        found = [
            run(
                openattack_textfooler, text, SIMILAR, SYNONYMS, answers=answers,
                short_text_seen=seen,
            )[0]
            for text in (long, "good film")
            for seen in (True, False)
        ]  # fmt: skip
        assert [one and one.split()[0] for one in found] == ["nice", None, "nice", "nice"]

    def test_without_a_flip_the_least_confidence_below_the_original_stays(self):
        weights = {"good": 1.0, "fine": 0.2, "fair": 0.1, "film": 1.0, "reel": 0.5, "unk": 0.0}
        lexicon = {"good": ["fine", "fair"], "film": ["reel"]}
        answers = self.cosines(fine=0.9, fair=0.05, reel=0.9, film=0.9)
        _, asked, _ = run(openattack_textfooler, "good film", weights, lexicon, answers=answers)
        assert asked[-1] == ("fine reel",)

    def test_noun_and_verb_may_stand_for_each_other_and_no_others(self):
        for tag, found in {"VERB": "nice film", "ADJ": None}.items():
            result, _, _ = run(
                openattack_textfooler, "good film", SIMILAR, {"good": ["nice"]},
                tags={"nice": tag}, answers=self.cosines(nice=0.9),
            )  # fmt: skip
            assert result == found

    def test_windows_of_short_texts_count_from_the_end(self):
        assert compared_tokens(40, 20) == slice(13, 28)
        assert compared_tokens(40, 3) == slice(0, 15)
        assert compared_tokens(40, 38) == slice(25, 40)
        assert compared_tokens(14, 6) == slice(0, 15)
        assert compared_tokens(14, 8) == slice(-1, 14)

    def test_the_tag_behind_a_hyphen_is_that_of_another_token(self):
        long = spaced(["w"] * 6 + ["well-off", "x", "y"] + ["z"] * 6)
        assert tagged_tokens(long, 8).words[4] == "off"
        assert tagged_tokens(spaced(["well-off", "x"]), 1).words[1] == "-"

    def test_a_flip_that_lower_case_made_ends_nothing(self):
        class Cased(ToyVictim):
            def weight(self, word):
                return {"Good": -1.0, "good": 2.0, "nice": -2.0}.get(word, -0.5)

        victim = Cased()
        attack = openattack_textfooler
        lexicon = ToyLexicon({"good": ["nice"], "film": ["reel"]})
        context = toy_context("Good film", victim, attack.parameters(), lexicon=lexicon)
        answers = toy_answers(victim) | self.cosines(nice=0.9, reel=0.9)
        result, asked = drive(attack.run(Words.split("Good film"), context), answers)
        scored = [ask.texts for ask in asked if isinstance(ask, Score)]
        assert result is None
        assert scored[1:] == [("nice film",), ("nice reel",)]


class TestSCPN:
    def answers(self, *paraphrases):
        return {Paraphrase: lambda ask: (*paraphrases, *[""] * (len(TEMPLATES) - len(paraphrases)))}

    def test_the_first_flip_in_openattacks_order_wins(self):
        assert TEMPLATES != templates.TEMPLATES
        assert set(TEMPLATES) == set(templates.TEMPLATES)
        weights = {"good": 1.0, "bad": -1.0, "awful": -5.0}
        answers = self.answers("Good!", "", "Bad!", "awful")
        result, asked, _ = run(openattack_scpn, "good", weights, answers=answers)
        assert asked == [("good !", "bad !", "awful")]
        assert result == "bad !"

    def test_no_bound_is_asked_for_and_no_paraphrase_fails(self):
        weights = {"good": 1.0, "bad": -1.0}
        _, _, asked = run(openattack_scpn, "good", weights, answers=self.answers("bad"))
        assert not any(isinstance(ask, Similarity) for ask in asked)
        assert run(openattack_scpn, "good", weights, answers=self.answers())[:2] == (None, [])

    def test_a_paraphrase_of_the_beginning_stands_for_the_whole_text(self):
        weights = {"good": 5.0, "bad": -1.0}
        answers = self.answers("bad")
        text = '  A "good" film. It\'s good.'
        result, _, asked = run(openattack_scpn, text, weights, answers=answers, max_tokens=6)
        assert asked[0].text == 'A "good" film.'
        assert result == "bad"


class TestGAN:
    def answers(self, sentence, seen):
        def decode(ask):
            seen.append(ask)
            return (sentence,)

        return {Decode: decode}

    def test_one_noisy_reconstruction_is_tried(self):
        seen = []
        weights = {"good": 1.0, "bad": -1.0}
        answers = self.answers("Bad film. good good good", seen)
        result, asked, _ = run(openattack_gan, "Good", weights, answers=answers)
        assert result == "bad film"
        assert asked == [("bad film",)]
        assert len(seen[0].codes) == 1

    def test_the_noise_has_3_46_times_the_length_of_the_code(self):
        codes = []
        for seed in range(400):
            run(
                openattack_gan,
                "good",
                {"good": 1.0},
                answers=self.answers("good", codes),
                seed=seed,
            )
        drawn = np.concatenate([ask.codes for ask in codes]) - 3.0
        assert drawn.shape == (400, 2)
        assert drawn.std() == pytest.approx(3.46 * 3.0, rel=0.1)
        assert drawn.mean() == pytest.approx(0.0, abs=1.5)

    def test_a_reconstruction_that_keeps_the_prediction_or_is_empty_fails(self):
        weights = {"good": 1.0}
        assert run(openattack_gan, "good", weights, answers=self.answers("good", []))[0] is None
        result, asked, _ = run(openattack_gan, "good", weights, answers=self.answers(". bad", []))
        assert (result, asked) == (None, [])

    def test_what_is_beyond_the_tokens_read_is_dropped(self):
        seen = []
        run(
            openattack_gan,
            "Good slow film",
            {"good": 9},
            answers=self.answers("x", seen),
            max_tokens=2,
        )
        assert seen[0].like == "good slow"
