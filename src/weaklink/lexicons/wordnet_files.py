"""WordNet's files, prepared from packages so that nltk's reader can find and read them."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from weaklink.cache import cache_folder, digest_of_parts, make_folder
from weaklink.packaged import WORDNET, spacy_model

PLACE = Path("corpora", "wordnet")
"""Where WordNet is in nltk's data."""

PARTS = ("noun", "verb", "adj", "adv")
"""Names of the parts of speech in the names of the files."""


def prepared_wordnet() -> Path:
    """Return the folder, laid out as nltk's data is, with the packaged WordNet.

    The package splits the nouns in two and lacks the lists of irregular forms; those come from
    spaCy's model, which has them from WordNet. nltk refuses links and what others may write to, so
    everything is copied and private, and prepared anew where it was copied by hard links since.

    Raises:
        WeaklinkError: A package that it is made from is not installed.
    """
    folder = nltk_data_folder()
    linked = any(path.stat().st_nlink > 1 for path in (folder / PLACE).glob("*"))
    return make_folder(folder, _prepare, again=linked)


def nltk_data_folder() -> Path:
    """Return the folder where it is prepared."""
    return cache_folder() / "nltk_data"


def digest_of_wordnet(read: Callable[[str], str]) -> str:
    """Return the digest of the files that weaklink's answers depend on.

    Args:
        read: Returns the content of the file of that name.
    """
    names = [f"{kind}.{part}" for kind in ("index", "data") for part in PARTS]
    irregular = [f"{part}.exc" for part in PARTS]
    return digest_of_parts(read(name) for name in ("index.sense", *names, *irregular))


def _prepare(folder: Path) -> None:
    source = WORDNET.require("WordNet")
    target = folder / PLACE
    target.mkdir(parents=True)
    whole = [f"{kind}.{part}" for kind in ("index", "data") for part in PARTS]
    for name in {"lexnames", "index.sense", "LICENSE.txt", *whole} - {"data.noun"}:
        shutil.copyfile(source / name, target / name)
    halves = [(source / f"data.noun{half}").read_bytes() for half in (1, 2)]
    (target / "data.noun").write_bytes(b"\n".join(halves))
    for part, forms in _irregular_forms().items():
        lines = [f"{form} {' '.join(lemmas)}\n" for form, lemmas in sorted(forms.items())]
        (target / f"{part}.exc").write_text("".join(lines), "utf-8")
    for path in folder.rglob("*"):
        path.chmod(0o700 if path.is_dir() else 0o600)


def _irregular_forms() -> dict[str, dict[str, list[str]]]:
    from spacy.lookups import Lookups

    lookups = Lookups().from_disk(spacy_model() / "lemmatizer" / "lookups")
    forms = lookups.get_table("lemma_exc")
    return {part: forms[part] for part in PARTS}
