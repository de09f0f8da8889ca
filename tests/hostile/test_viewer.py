"""Whatever a browser asks for, the viewer answers with a page or a refusal, never with a defect."""

import random
import socket
from urllib.parse import urlsplit

import httpx
import pytest

from tests.report.site.test_served_outcomes import run, served  # noqa: F401 - fixtures

from . import ROUNDS

LONG = "x" * 20_000
PATHS = [
    "/%00", "/runs/%00.html", "/runs/planted.html%00", "/%ff%fe", "/runs/%ed%a0%80/outcomes",
    "//evil.example/%2f..", "/..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/etc/passwd",
    "/runs/..%5c..%5cetc", "/" + "a/" * 5_000, f"/{LONG}", f"/runs/{LONG}.html",
    f"/runs/{LONG}/outcomes", "/runs//outcomes", "/runs/.html", "/progress.html/", "/index.html/x",
    "/runs/planted.html/outcomes", "/?" + LONG, "/%c0%ae%c0%ae/",
    "/runs/" + "%f0%9f%91%a9" * 300 + ".html",
]  # fmt: skip
QUERIES = [
    "first=" + "9" * 5_000, "first=" + "9" * 100, "first=-1", "first=%d9%a3", "first=1e9",
    "number=" + "9" * 5_000, "number=" + "9" * 19, "number=" + "9" * 40, "number=%00", "number=",
    "number=%c2%b2", f"text={LONG}", "text=%00", "text=%ed%a0%80", "text=(((((", "by=rowid",
    "by=sample&down=" + LONG, "model=%ff", "link=%00+%E2%86%92+", "link=" + "%E2%86%92" * 900,
    "falls=1e400", "correct=&valid=", "status=succeeded" + "&status=failed" * 900, "&&&;=;=", "%",
    "kind=replay&kind=%00", "similarity=nan", "text=" + "%CC%81" * 900, "first=0" * 3,
]  # fmt: skip


@pytest.fixture(scope="module")
def place(served):  # noqa: F811 - the fixture
    """The host, and what a page of outcomes asks for."""
    address, _ = served
    page = httpx.get(f"{address}runs/planted.html").text
    source = page.partition('data-source="')[2].partition('"')[0]
    return urlsplit(address), f"/runs/{source.replace('&amp;', '&')}"


def say(place, sent):
    """Send bytes; return the status of the answer, or 0 where there is none."""
    with socket.create_connection((place.hostname, place.port), timeout=20) as connection:
        connection.sendall(sent)
        answer = connection.recv(99)
    return int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def get(place, path, host=None, method="GET"):
    host = place.netloc if host is None else host
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n"
    return say(place, head.encode())


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path[:30])
def test_any_path_is_a_page_or_none(path, place):
    assert get(place[0], path) in {200, 303, 307, 400, 404, 410, 414, 431}


@pytest.mark.parametrize("query", QUERIES, ids=lambda query: query[:30])
def test_any_query_finds_outcomes_or_none(query, place):
    where, source = place
    assert get(where, f"{source}&{query}") in {200, 400, 404}


@pytest.mark.parametrize(
    "method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "x", "HEAD"]
)
def test_nothing_can_be_changed(method, place):
    assert get(place[0], "/", method=method) in ({200} if method == "HEAD" else {400, 405})


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "[::1", "", "localhost@evil.example", "\x00", "ü"],
)
def test_another_hosts_name_is_refused(host, place):
    where, _ = place
    assert get(where, "/", host=host) in {0, 400}


def test_any_bytes_are_refused_or_answered(place):
    """Fuzzing: bytes of a request are exchanged or lost, by a fixed seed."""
    where, source = place
    draw, whole = (
        random.Random(4),
        f"GET {source}&first=1&text=a HTTP/1.1\r\nHost: {where.netloc}\r\n\r\n",
    )
    for _ in range(100 * ROUNDS):
        sent = bytearray(whole.encode())
        for _ in range(draw.choice([1, 1, 4])):
            spot = draw.randrange(len(sent))
            if draw.randrange(4):
                sent[spot] = draw.randrange(256)
            else:
                del sent[spot : spot + draw.choice([1, 9])]
        assert say(where, bytes(sent) + b"\r\n\r\n") < 500, bytes(sent)
    assert get(where, "/") == 200
