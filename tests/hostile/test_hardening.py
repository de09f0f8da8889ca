"""What hardened models say of themselves, and settings of defences: all is told or followed."""

import contextlib
import json
import random
import sys

import pytest

from tests.hostile.test_plans import VALUES
from weaklink.errors import WeaklinkError
from weaklink.training.hardening.defence import installed_defences
from weaklink.training.hardening.saved import (
    FILE_NAME,
    HardeningCard,
    read_hardening,
    write_hardening,
)

from . import ROUNDS

CARD = HardeningCard(
    defence="freelb", paper="Zhu et al. 2020", base="owner/base", data="reviews", samples=90,
    adversarial=3, made=0, attacks=("pwws",), learnt_on=None, settings={"ascents": 2, "rate": 0.1},
    accuracy=0.9, held_out=10,
)  # fmt: skip
DEEP = sys.getrecursionlimit() * 2


def read(folder, text):
    (folder / FILE_NAME).write_bytes(text)
    try:
        return read_hardening(folder)
    except WeaklinkError:
        return None


def test_bytes_of_a_card_are_exchanged(tmp_path):
    """Fuzzing: bytes are exchanged or lost, by a fixed seed."""
    write_hardening(tmp_path, CARD)
    whole, draw = (tmp_path / FILE_NAME).read_bytes(), random.Random(26)
    assert read(tmp_path, whole) == CARD
    found = set()
    for _ in range(200 * ROUNDS):
        data = bytearray(whole)
        for _ in range(draw.choice([1, 1, 4])):
            spot = draw.randrange(len(data))
            data[spot : spot + draw.choice([0, 1, 1, 9])] = bytes([draw.randrange(256)])
        found.add(read(tmp_path, bytes(data)) is None)
    assert found == {True, False}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"null",
        b"[]",
        b"\xff",
        b"[" * DEEP,
        b'{"a":' * DEEP,
        b"9" * 6_000,
        b'"\\ud800"',
        b"NaN",
    ],
    ids=lambda text: repr(text[:20]),
)
def test_what_is_no_card_is_told(text, tmp_path):
    assert read(tmp_path, text) is None


@pytest.mark.parametrize("name", HardeningCard.model_fields)
def test_any_value_of_any_field_is_told_or_read(name, tmp_path):
    for value in (None, True, -1, 2**80, 1e400, "", "\ud800", "x" * 9_000, [], {}, [[]], {"a": []}):
        text = json.dumps(CARD.model_dump(mode="json") | {name: value})
        read(tmp_path, text.encode(errors="surrogatepass"))


@pytest.mark.parametrize("defence", installed_defences())
def test_any_value_of_any_setting_is_told_or_followed(defence):
    found = installed_defences()[defence]
    for name in (*found.settings.model_fields, "none"):
        for value in VALUES:
            for read_it in (found.configured, found.settings_of):
                given = value if read_it == found.configured else str(value)
                with contextlib.suppress(WeaklinkError):
                    read_it({name: given})
