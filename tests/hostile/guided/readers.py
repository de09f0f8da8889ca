"""What each kind of input is read by; whatever it raises but ``WeaklinkError`` is a failure."""

import json
import tempfile
from contextlib import suppress
from pathlib import Path

from weaklink.data.files import load_file
from weaklink.errors import WeaklinkError
from weaklink.hub.record import card_text, row_of
from weaklink.lineage.cards.card import read_card
from weaklink.lineage.cards.extract import read_evidence
from weaklink.lineage.catalogue import Catalogue

CATALOGUE = Catalogue(["google-bert/bert-base-cased", "a/b-bert"], {}, {})


def read_a_card(data):
    read_evidence(read_card(data.decode(errors="replace")), "a/b-bert", CATALOGUE)


def read_a_record(data):
    try:
        record = json.loads(data)
    except (ValueError, RecursionError):
        return
    if isinstance(record, dict):
        row_of(record)
        card_text(record)


def read_data(data):
    with tempfile.TemporaryDirectory() as folder:
        for ending in ("csv", "jsonl"):
            path = Path(folder, f"x.{ending}")
            path.write_bytes(data)
            with suppress(WeaklinkError):
                load_file(str(path), text_column=None, label_column=None)


READERS = {"cards": read_a_card, "records": read_a_record, "data": read_data}
