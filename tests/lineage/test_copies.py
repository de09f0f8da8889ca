"""Cards that are copies of others' cards, whole or edited."""

import pytest

from weaklink.lineage.build import build
from weaklink.lineage.cards.copies import COMMON

from .lineage_snapshots import model, snapshot

OWN = "We fine-tuned roberta-base on mail that we had gathered."
REST = "\n".join(f"Line {n} of what the author has to say of spam." for n in range(6))
ORIGINAL = f"{OWN}\n\n{REST}"


def found(tmp_path, cards, downloads=()):
    names = ["roberta-base", "bert-base-cased", *cards]
    models = [model(name, downloads=dict(downloads).get(name)) for name in names]
    table = build(snapshot(tmp_path / "s", models, cards), tmp_path / "e", tiers=["text"])
    return dict(table.frame.select("downstream", "upstream").collect().rows())


@pytest.mark.parametrize(
    ("card", "edge"),
    [
        (ORIGINAL, None),
        (ORIGINAL.replace("Line 3", "Row 3"), None),
        (ORIGINAL.replace(OWN, "We fine-tuned bert-base-cased on mail."), "bert-base-cased"),
        (f"{OWN}\n\n" + REST.replace("spam", "ham"), "roberta-base"),
    ],
)
def test_evidence_copied_with_most_of_the_card_is_not_believed(tmp_path, card, edge):
    edges = found(tmp_path, {"a/copy": card, "b/first": ORIGINAL}, {"b/first": 9}.items())
    assert edges.get("b/first") == "roberta-base"
    assert edges.get("a/copy") == edge


def test_one_owner_may_copy(tmp_path):
    assert len(found(tmp_path, {"a/one": ORIGINAL, "a/two": ORIGINAL})) == 2


def test_what_many_owners_write_is_a_template(tmp_path):
    assert len(found(tmp_path, {f"o{n}/model": ORIGINAL for n in range(COMMON)})) == COMMON
