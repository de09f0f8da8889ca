"""Who is answered by `weaklink view`, and with what."""

import re
from contextlib import ExitStack

import httpx
import pytest

from weaklink.cli.viewer.admission import TOKEN_VARIABLE
from weaklink.cli.viewer.serving import Served, serve
from weaklink.errors import WeaklinkError

from .viewer_server import serving

CHOSEN = "as long as it must be; ü"


class Noted:
    """Notes what is asked, and raises a problem where it has one."""

    def __init__(self, problem=None):
        self.problem, self.asked = problem, []

    def answer(self, path, query):
        if self.problem:
            raise self.problem
        self.asked.append((path, query))
        return Served(b"{}", "application/json") if path == "/made" else None


@pytest.fixture
def served():
    """Return a function that serves a folder until the test ends, and returns its address."""
    with ExitStack() as servers:
        yield lambda folder, made, **where: servers.enter_context(serving(folder, made, **where))


def test_a_page_is_served_to_this_machine_alone(served, tmp_path):
    (tmp_path / "index.html").write_text("front")
    made = Noted()
    address = served(tmp_path, made)
    assert httpx.get(address).text == "front"
    assert made.asked == [("/", "")]
    assert httpx.get(address, headers={"Host": "evil.example"}).status_code == 400
    assert httpx.head(address + "made", headers={"Host": "evil.example"}).status_code == 400
    assert httpx.get(address + "missing").status_code == 404
    assert httpx.get(address + "?model=m").text == "front"
    assert httpx.get(address + "made?model=m").json() == {}
    assert httpx.head(address + "made").headers["content-length"] == "2"
    assert made.asked[2:4] == [("/", "model=m"), ("/made", "model=m")]


def test_runs_that_cannot_be_read_are_told_in_the_browser(served, tmp_path):
    problem = WeaklinkError("There is no store at <b>x</b>.", "Check the path.")
    answer = httpx.get(served(tmp_path, Noted(problem)))
    assert answer.status_code == 500
    assert answer.headers["content-type"].startswith("text/plain")
    assert "There is no store at <b>x</b>. Check the path." in answer.text


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
def test_nothing_is_changed(served, tmp_path, method):
    made = Noted()
    assert httpx.request(method, served(tmp_path, made)).status_code == 405
    assert made.asked == []


def test_files_elsewhere_are_not_served(served, tmp_path):
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "site").mkdir()
    (tmp_path / "site" / "link").symlink_to(tmp_path / "secret")
    address = served(tmp_path / "site", Noted())
    for path in (
        "%2e%2e/secret",
        "..%2fsecret",
        "x/%2e%2e/%2e%2e/secret",
        "link",
        "%00",
        "x" * 999,
    ):
        assert httpx.get(address + path).status_code == 404


def test_beyond_this_machine_a_browser_gets_a_cookie_for_its_token(served, tmp_path, capfd, caplog):
    (tmp_path / "index.html").write_text("front")
    made = Noted()
    shown = served(tmp_path, made, host="0.0.0.0")  # noqa: S104
    port, token = re.fullmatch(r"http://[^/]+:(\d+)/\?token=([\w-]{43})", shown).groups()
    with httpx.Client(base_url=f"http://127.0.0.1:{port}") as browser:
        for path in ("/", "/?token=", f"/?token={token[:-1]}", "/made", f"/?Token={token}"):
            assert browser.get(path).status_code == 401
        wrong = {"Cookie": f"weaklink-view-{port}={token}"}
        assert browser.head("/", headers=wrong).status_code == 401
        assert made.asked == []
        answer = browser.get(f"/?model=m&token={token}")
        assert (answer.status_code, answer.headers["location"]) == (303, "/?model=m")
        cookie = answer.headers["set-cookie"]
        assert token not in cookie
        assert {"HttpOnly", "SameSite=strict"} <= set(cookie.split("; "))
        assert browser.get("/").text == "front"
        assert browser.get("/", headers={"Host": "evil.example"}).text == "front"
        assert browser.post("/").status_code == 405
        elsewhere = browser.get(f"http://127.0.0.1:{port}//evil.example/?token={token}")
        assert elsewhere.headers["location"] == "/evil.example/"
        problem = made.problem = RuntimeError("a defect")
        assert browser.get(f"/?token={token}", follow_redirects=True).status_code == 500
    while str(problem) not in caplog.text:
        pass  # it is logged after it is answered
    assert token not in "".join([caplog.text, *capfd.readouterr()])


def test_a_chosen_token_is_asked_for_here_too_and_is_not_printed(served, tmp_path, monkeypatch):
    monkeypatch.setenv(TOKEN_VARIABLE, CHOSEN)
    (tmp_path / "index.html").write_text("front")
    shown = served(tmp_path, Noted())
    assert shown.endswith(f"/?token=${TOKEN_VARIABLE}")
    place = shown.partition("?")[0]
    assert httpx.get(place).status_code == 401
    with httpx.Client(follow_redirects=True) as browser:
        assert browser.get(place, params={"token": CHOSEN}).text == "front"
    over = {"X-Forwarded-Proto": "https"}
    secure = httpx.get(place, params={"token": CHOSEN}, headers=over).headers["set-cookie"]
    assert "Secure" in secure


@pytest.mark.parametrize("token", ["", "fifteen letters"])
def test_a_token_that_can_be_guessed_is_refused(tmp_path, monkeypatch, token):
    monkeypatch.setenv(TOKEN_VARIABLE, token)
    with pytest.raises(WeaklinkError, match="shorter than 16"):
        serve(tmp_path, Noted(), print)


def test_a_host_that_is_unknown_and_a_port_that_is_taken_are_told(served, tmp_path):
    with pytest.raises(WeaklinkError, match="There is no host 'no host'"):
        serve(tmp_path, Noted(), print, host="no host")
    taken = int(served(tmp_path, Noted()).rstrip("/").rpartition(":")[2])
    with pytest.raises(WeaklinkError, match=f"Port {taken} of 127.0.0.1 cannot be used"):
        serve(tmp_path, Noted(), print, port=taken)
