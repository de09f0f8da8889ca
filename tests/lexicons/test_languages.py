"""Languages: told from texts, and what lexicons know of them."""

import nltk
import numpy as np
import pytest

from weaklink.attacks import Lexicon
from weaklink.lexicons.entities import EntityTable
from weaklink.lexicons.languages.coverage import coverage_of
from weaklink.lexicons.languages.detect import language_of
from weaklink.lexicons.languages.word_vectors import alphabet_of
from weaklink.lexicons.vectors import Vectors
from weaklink.lexicons.wordnet import load_wordnet
from weaklink.lexicons.wordnet_reader import open_wordnet

SPANISH = (
    "La película es muy buena y los actores están bien, pero el final no me gustó nada porque "
    "dura demasiado. Mis amigos la vieron ayer en el cine con sus hijos y salieron contentos."
)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("A film that is in the end worth it, and that I was happy to see on the screen.", "en"),
        ("good film", "en"),
        ("GR8 m8 xyzzy", "en"),
        (SPANISH, "es"),
        ("这部电影非常好看，演员也很好", "zh"),
        ("這部電影非常好看", "zh"),
        ("この映画は本当に面白かった", "ja"),
        ("이 영화는 정말 재미있다", "ko"),
        ("यह फ़िल्म बहुत अच्छी है", "hi"),
        ("هذا الفيلم رائع جدا", "ar"),
        ("הסרט הזה טוב מאוד", "he"),
        ("Этот фильм очень хороший", "ru"),
        ("Αυτή η ταινία είναι πολύ καλή", "el"),
        ("ภาพยนตร์เรื่องนี้สนุกมาก", "th"),
    ],
)
def test_the_language_of_texts(text, language):
    assert language_of([text]) == language
    assert language_of([text] * 3) == language


def test_a_few_foreign_texts_make_no_other_language():
    assert language_of(["It is the end of the film and it was good."] * 20 + ["这部电影"]) == "en"


@pytest.fixture
def omw_folder(tmp_path, monkeypatch):
    """Where nltk's downloader lays Open Multilingual Wordnet."""
    folder = tmp_path / "corpora" / "omw-1.4"
    folder.mkdir(parents=True)
    tmp_path.chmod(0o700)
    monkeypatch.setattr(nltk.data, "path", [str(tmp_path), *nltk.data.path])
    return folder


@pytest.fixture
def omw(omw_folder):
    """Open Multilingual Wordnet with a few words of Spanish."""
    english = open_wordnet()
    (fall,) = english.synset("rise.v.01").lemmas()[0].antonyms()
    names = {
        "película": "film.n.01", "filme": "film.n.01", "cinta de vídeo": "film.n.01",
        "bueno": "good.a.01", "grato": "pleasant.a.01", "agradable": "pleasant.a.01",
        "subir": "rise.v.01", "bajar": fall.synset().name(),
    }  # fmt: skip
    lines = ["# Multilingual Central Repository\tspa\thttp://adimen.si.ehu.es/\tCC BY 3.0"]
    for word, name in names.items():
        synset = english.synset(name)
        pos = {"s": "a"}.get(synset.pos(), synset.pos())
        lines.append(f"{synset.offset():08d}-{pos}\tspa:lemma\t{word}")
    (omw_folder / "mcr").mkdir()
    (omw_folder / "mcr" / "wn-data-spa.tab").write_text("\n".join(lines) + "\n", "utf-8")


@pytest.mark.usefixtures("omw")
def test_open_multilingual_wordnet_gives_synonyms_and_opposites():
    spanish = load_wordnet("es")
    assert spanish.synonyms("Película", "NOUN") == ("filme",)
    assert spanish.lemma_names("filme", "NOUN") == ("película", "filme", "cinta_de_vídeo")
    assert spanish.synonyms("grato", "ADJ") == ("agradable",)
    assert spanish.synonyms("film", "NOUN") == spanish.synonyms("grato", "VERB") == ()
    assert spanish.opposed("subir", "bajar")
    assert not spanish.opposed("subir", "película")
    assert spanish.digest != load_wordnet().digest
    covers = coverage_of("wordnet").covers
    assert (covers("en"), covers("es"), covers("fr"), covers("hi")) == (True, True, False, False)


@pytest.mark.parametrize(
    ("language", "folder", "rows", "asked", "synonyms"),
    [
        ("ar", "arb/wn-data-arb.tab",
         "arb:lemma\tفِلْم\narb:lemma:root\tفلم\narb:lemma\tشَرِيط\narb:lemma:brokenplural\tأفلام",
         ("فلم", "فِلْم", "فـلم"), ("شريط",)),
        ("he", "heb/wn-data-heb.tab", "heb:lemma\tסֶרֶט\nheb:lemma\tקוֹלְנוֹעַ", ("סרט", "סֶרֶט"),
         ("קולנוע",)),
        ("da", "dan/wn-data-dan.tab", "lemma\tfilm\nlemma\tspillefilm", ("film", "Film"),
         ("spillefilm",)),
        ("it", "ita/wn-data-ita.tab", "ita:lemma\tpelli\u0301cola\nita:lemma\tfilm",
         ("pellícola", "pelli\u0301cola"), ("film",)),
        ("zh", "cow/wn-data-cmn.tab", "cmn:lemma\t影片\ncmn:lemma\t故事片", ("影片",), ("故事片",)),
    ],
)  # fmt: skip
def test_words_are_found_as_texts_spell_them(omw_folder, language, folder, rows, asked, synonyms):
    """Dictionaries of Arabic and Hebrew write vowels, which texts leave out."""
    english = open_wordnet()
    synset = f"{english.synset('film.n.01').offset():08d}-n\t"
    path = omw_folder / folder
    path.parent.mkdir()
    lines = [
        "# A WordNet\txxx\thttp://example.org/\tCC BY 3.0",
        *(synset + r for r in rows.split("\n")),
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    found = load_wordnet.__wrapped__(language)
    for word in asked:
        assert found.synonyms(word, "NOUN") == synonyms


def test_without_words_of_a_language_wordnet_knows_none():
    hindi = load_wordnet("hi")
    assert hindi.synonyms("फ़िल्म", "NOUN") == ()
    assert not hindi.opposed("good", "bad")


def test_vectors_of_a_language_are_the_users_file(tmp_path, monkeypatch):
    path = tmp_path / "cc.ru.vec"
    path.write_text("3 2\nфильм 1 0.5 \nФильм 0 1 \nкино 1 0.25 \n", "utf-8")
    lexicon = Lexicon(lambda: EntityTable({}), language="ru")
    assert len(lexicon.glove) == 0
    assert lexicon.glove.digest == "none"
    assert not coverage_of("glove").covers("ru")
    monkeypatch.setenv("WEAKLINK_VECTORS_RU", str(path))
    lexicon = Lexicon(lambda: EntityTable({}), language="ru")
    assert lexicon.counter_fitted.words == ("фильм", "кино")
    assert [near.word for near in lexicon.counter_fitted.neighbours("фильм", 5)] == ["кино"]
    assert coverage_of("counter-fitted").covers("ru")
    assert set(lexicon.alphabet) == set("фильмкно")


def test_an_alphabet_is_that_of_frequent_words():
    vectors = Vectors(("aab", "b2", "c-c"), np.zeros((3, 1), np.float32), "")
    assert alphabet_of(vectors) == "abc"


def test_what_is_not_a_lexicon_covers_any_language():
    assert coverage_of("encoder") is None
