"""A Hub's records and answers: one bad record costs itself alone, and nothing lasts for ever."""

import contextlib
import gzip
import json
import random
import socket
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from tests.hub.conftest import FakeTime
from tests.hub.fake_hub import FakeHub, model
from weaklink.errors import WeaklinkError
from weaklink.hub import Snapshot, listing
from weaklink.hub.client import HubClient, Pace, Unreachable, stated_wait
from weaklink.hub.collect import collect
from weaklink.hub.imports import import_records
from weaklink.hub.listing import ModelQuery
from weaklink.hub.record import row_of

from . import ROUNDS

LONE = "a\ud800b"
JUNK = (
    None, True, -1, 2**80, 1e400, float("nan"), "", LONE, "\0", "x" * 3_000, "9" * 6_000, [], {},
    [[]],
    [LONE, 7, None], {LONE: LONE}, {"models": [LONE, {"id": LONE}]}, "[" * 99_999, '{"a": [',
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "0000-00-00", "2024-05-01T10:00:00Z",
)  # fmt: skip
FIELDS = (
    "sha", "createdAt", "lastModified", "downloads", "downloadsAllTime", "likes", "tags",
    "siblings",
    "pipeline_tag", "library_name", "config", "cardData", "baseModels", "gated", "card_text",
)  # fmt: skip


@pytest.fixture
def serve(monkeypatch):
    """Let the client's Hub be a server."""

    def to(address):
        monkeypatch.setattr("huggingface_hub.constants.ENDPOINT", address)

    return to


def imported(records, tmp_path, name):
    file = tmp_path / f"{name}.jsonl"
    file.write_text("\n".join(json.dumps({"id": "a/b"} | record) for record in records))
    return import_records([file], tmp_path / name)


@pytest.mark.parametrize("field", FIELDS)
def test_a_lone_surrogate_costs_no_collection(field, serve, tmp_path):
    values = {field: [LONE] if field == "tags" else LONE}
    with FakeHub([model(2, "ann/bad", b"# Bad", **values), model(1, "ann/good", b"# Good")]) as hub:
        serve(hub.address)
        snapshot = collect(ModelQuery(task=None), tmp_path, client=FakeTime().client())
    assert snapshot.models.collect()["id"].to_list() == ["ann/bad", "ann/good"]
    assert imported([values], tmp_path, "imported").manifest.models == 1


def test_any_value_in_any_field_is_a_row(tmp_path):
    """Fuzzing: records with random values, by a fixed seed."""
    random_ = random.Random(26)
    records = [
        {"id": f"a/{i}"}
        | {random_.choice(FIELDS): random_.choice(JUNK) for _ in range(random_.randint(1, 4))}
        for i in range(600 * ROUNDS)
    ]
    snapshot = imported(records, tmp_path, "out")
    assert snapshot.manifest.models == len(records)
    assert len(snapshot.models.collect()) == len(records)


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_the_first_and_the_last_day_are_no_dates(day):
    assert row_of({"id": "a/b", "createdAt": day})["created"] is None


@pytest.mark.parametrize(
    "headers",
    [
        {"retry-after": "1" + "0" * 12},
        {"retry-after": "1" + "0" * 6_000},
        {"retry-after": "²"},
        {"retry-after": "Fri, 31 Dec 9999 23:59:59 GMT"},
        {"retry-after": "Fri, 31 Dec 0000 23:59:59 GMT"},
        {"ratelimit": f'"api";r=0;t={10**30}'},
        {"ratelimit": f'"api";r=0;t={"9" * 6_000}'},
        {"ratelimit": f'"api";r={"9" * 6_000};t=1'},
    ],
)
def test_no_server_makes_a_client_wait_for_years(headers):
    time_ = FakeTime()
    pace = Pace(clock=lambda: time_.now, sleep=time_.sleep)
    pace.heed(headers)
    pace.hold(stated_wait(429, headers) or 0)
    pace.wait()
    assert time_.now <= 900


@contextmanager
def raw_server(talk):
    """Let ``talk`` answer every connection with bytes of its own."""
    open_ = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve():
            while True:
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                open_.append(connection)
                threading.Thread(target=answer, args=(connection,), daemon=True).start()

        def answer(connection):
            with contextlib.suppress(OSError), connection:
                connection.recv(1 << 16)
                talk(connection)

        threading.Thread(target=serve, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        for connection in open_:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


def drip(before):
    def talk(connection):
        connection.sendall(before)
        while True:
            connection.sendall(b"a")
            time.sleep(0.05)

    return talk


@pytest.mark.parametrize(
    "begins",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nX-Slow: ",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n\x1f\x8b\x08\x08\0\0\0\0\0\0",
    ],
    ids=["body", "headers", "compressed"],
)
def test_a_request_has_a_deadline(begins, serve):
    with raw_server(drip(begins)) as address:
        serve(address)
        client = HubClient(retries=0, deadline=0.2)
        with pytest.raises(Unreachable, match=r"0\.2 seconds"):
            client.get(f"{address}/x", limit=10**6)


def test_what_is_decompressed_is_bounded(serve):
    bomb = gzip.compress(bytes(50_000_000))
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(bomb)}\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head.encode() + bomb)) as address:
        serve(address)
        reply = HubClient(retries=0).get(f"{address}/x", limit=1000)
    assert (len(reply.body), reply.cut) == (1000, True)


@pytest.mark.parametrize("cursor", ["same", "new"])
@pytest.mark.parametrize("records", [[], [{"id": "a/b"}]], ids=["empty", "full"])
def test_a_listing_ends(cursor, records, serve, tmp_path, monkeypatch):
    monkeypatch.setattr(listing, "MOST_IDLE", 5)
    pages = iter(range(10**6))

    def talk(connection):
        body = json.dumps(records).encode()
        link = f"<{address}/api/models?p={next(pages) if cursor == 'new' else 0}>; rel=next"
        head = f"HTTP/1.1 200 OK\r\nLink: {link}\r\nConnection: close\r\n"
        connection.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    with raw_server(talk) as address:
        serve(address)
        with pytest.raises(WeaklinkError, match="no end"):
            collect(ModelQuery(cards=False), tmp_path, client=HubClient(retries=0))
        kept = (
            collect(ModelQuery(cards=False, limit=1), tmp_path, client=HubClient(retries=0))
            if records
            else None
        )
    assert kept is None or kept.manifest.models == 1


@pytest.mark.parametrize("body", [b"", b"null", b"7", b"[1]", b'{"a": 1}', b"[" * 10**5, b"\xff"])
def test_pages_that_are_no_list_of_records_are_told(body, serve, tmp_path):
    head = f"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    with raw_server(lambda connection: connection.sendall(head.encode() + body)) as address:
        serve(address)
        with contextlib.suppress(WeaklinkError):
            collect(ModelQuery(), tmp_path, client=HubClient(retries=0))


@pytest.mark.parametrize(
    "address", ["", "hub", "ftp://hub", "http://", "http://[::1", "http://a b"]
)
def test_an_endpoint_that_is_no_address_is_told_at_once(address, serve):
    serve(address)
    with pytest.raises(WeaklinkError, match="HF_ENDPOINT"):
        HubClient()


def test_a_password_reaches_no_file_and_no_message(serve, tmp_path):
    with FakeHub([model(1, "ann/good", b"# Good")]) as hub:
        serve(hub.address.replace("//", "//ann:secret@"))
        snapshot = collect(ModelQuery(task=None), tmp_path, client=FakeTime().client())
        hub.faults = {"/api/models": ["500"] * 9}
        with pytest.raises(WeaklinkError) as caught:
            collect(ModelQuery(task="gone"), tmp_path, client=FakeTime().client())
    assert snapshot.manifest.source == hub.address
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert not any(b"secret" in path.read_bytes() for path in files)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("name", ["models.parquet", "cards.parquet"])
def test_a_damaged_snapshot_is_told(name, tmp_path):
    snapshot = imported([{"likes": 1}], tmp_path, "out")
    data = bytearray((snapshot.folder / name).read_bytes())
    data[len(data) // 2] ^= 255
    (snapshot.folder / name).write_bytes(data)
    with pytest.raises(WeaklinkError, match="damaged"):
        Snapshot.open(snapshot.folder)
    assert datetime.now(UTC) > snapshot.manifest.started
