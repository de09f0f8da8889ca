"""An audit by an installed wheel, far from this repository. Run by ``make release``."""

from pathlib import Path

import polars as pl

import weaklink
from weaklink.testing import ToyVictim

data = pl.DataFrame(
    {
        "text": ["a good film with a good plot", "a bad film with a bad plot"] * 3,
        "label": ["positive", "negative"] * 3,
    }
).with_row_index("row")
data = data.with_columns(pl.col("text") + " " + pl.col("row").cast(pl.String)).drop("row")


def classify(texts: list[str]) -> object:
    """Return what a victim of two words says."""
    return ToyVictim({"good": 2.0, "bad": -2.0}).forward(texts)


classify.labels = ("negative", "positive")
result = weaklink.audit(
    classify,
    data=data,
    attacks=["textbugger"],
    samples=6,
    references="none",
    language_model="none",
    store="audit.db",
)
if "site-packages" not in str(Path(weaklink.__file__)):
    raise SystemExit(f"{weaklink.__file__} is not from the wheel.")
if result.results.scenarios[0].asr_all.n != 6:
    raise SystemExit("Not all samples were attacked.")
print(f"weaklink {weaklink.__version__} audits from its wheel.")
