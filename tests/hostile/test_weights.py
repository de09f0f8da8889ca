"""Headers and ranges of weights that say anything: told, or compared, never a defect."""

import json
import random
import struct
from contextlib import suppress

import pytest
from safetensors.numpy import save

from tests.lineage.weights.synthetic_weights import start, tuned, weights
from weaklink.errors import WeaklinkError
from weaklink.lineage.weights.sources import MemoryReader, Weights
from weaklink.lineage.weights.verify import verify

from . import ROUNDS

BASE = start(1)
WHOLE = save(tuned(BASE, 1))
LENGTH = struct.unpack("<Q", WHOLE[:8])[0]
VALUES = [
    0, -1, 1, True, 7.5, float("inf"), float("nan"), 10**18, 2**63, 10**400, "F32", "\ud800", None,
    [], {}, [0], [0, 0], [10**18, 0], [0, 10**18], [1] * 5_000, [[1]], "\x1b[31m",
]  # fmt: skip


class Unsized(MemoryReader):
    """A server that tells no sizes, and sends less than it is asked for."""

    def files(self):
        return {"model.safetensors": None}

    def read(self, file, start, end):
        return self.data[start : min(end, 9_000)]


def changed(change):
    """Return the weights with another header, and a length that fits it."""
    said = json.loads(WHOLE[8 : 8 + LENGTH])
    change(said)
    header = json.dumps(said).encode()
    return struct.pack("<Q", len(header)) + header + WHOLE[8 + LENGTH :]


def compared(reader):
    """Open weights and compare them, in either place."""
    with suppress(WeaklinkError):
        opened, base = Weights("a/x", reader).open(), weights(BASE, "a/base")
        with suppress(WeaklinkError):
            verify(opened, [base])
        verify(base, [opened])


@pytest.mark.parametrize("value", VALUES, ids=lambda value: repr(value)[:20])
@pytest.mark.parametrize("field", ["shape", "data_offsets", "dtype"])
def test_any_value_in_a_header_is_told_or_compared(value, field):
    for name in ("bert.embeddings.word_embeddings.weight", "classifier.weight"):
        compared(MemoryReader(changed(lambda said, name=name: said[name].update({field: value}))))


def test_a_server_that_sends_less_than_it_is_asked_for_is_told():
    opened = Weights("a/x", Unsized(WHOLE)).open()
    with pytest.raises(WeaklinkError, match="ends before"):
        verify(opened, [weights(BASE, "a/base")])


def test_any_header_is_told_or_compared():
    """Fuzzing: fields are exchanged for others, and bytes for others, by a fixed seed."""
    draw = random.Random(5)
    for _ in range(40 * ROUNDS):

        def change(said):
            for _ in range(draw.choice([1, 3])):
                entry = said[draw.choice([*said])]
                field = draw.choice([*entry, "x"])
                part = entry.get(field)
                if isinstance(part, list) and part and draw.randrange(3):
                    part[draw.randrange(len(part))] = draw.choice(VALUES)
                else:
                    entry[field] = draw.choice(VALUES)

        data = bytearray(changed(change))
        if not draw.randrange(3):
            data[draw.randrange(2_000)] = draw.randrange(256)
        compared(draw.choice([MemoryReader, Unsized])(bytes(data)))
