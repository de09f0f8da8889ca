"""A server on loopback that speaks as much of the Hub's API as a collection asks for."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Self
from urllib.parse import parse_qs, urlencode, urlsplit

LISTING_REFUSES = {"baseModels", "childrenModelCount", "usedStorage"}


@dataclass
class FakeModel:
    """A repository.

    ``gate`` is the status that its files are refused with; ``folder`` holds those besides its card.
    """

    record: dict
    card: bytes | None = None
    gate: int | None = None
    folder: Path | None = None

    @property
    def id(self) -> str:
        return self.record["id"]


@dataclass(frozen=True)
class PullRequest:
    """A commit that a client asked to be opened for discussion."""

    repository: str
    title: str
    description: str
    files: dict[str, str]


@dataclass
class FakeHub:
    """The server.

    ``faults`` holds, for a path, the answers that come before the true one; ``vanished``, ids that
    are listed but deleted before anyone asks for a file; ``watch`` is called before each answer.
    With a ``token`` it takes commits that open pull requests, as the Hub's preupload and commit do.
    """

    models: list[FakeModel]
    renamed: dict[str, str] = field(default_factory=dict)
    vanished: set[str] = field(default_factory=set)
    page: int = 4
    faults: dict[str, list[str]] = field(default_factory=dict)
    requests: Counter[str] = field(default_factory=Counter)
    watch: Callable[[str], None] = lambda _: None
    watch_headers: Callable[[Message], None] = lambda _: None
    redirect_to: str = ""
    token: str | None = None
    pull_requests: list[PullRequest] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("H", (_Handler,), {"hub": self}))
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def card_requests(self) -> dict[str, int]:
        """Return the number of requests for each model's card, by id."""
        return {
            path[1:].partition("/resolve/")[0]: count
            for path, count in self.requests.items()
            if "/resolve/" in path
        }

    def find(self, model_id: str) -> FakeModel | None:
        return next((model for model in self.models if model.id == model_id), None)

    def serves(self, model_id: str) -> FakeModel | None:
        return None if model_id in self.vanished else self.find(model_id)


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        url = urlsplit(self.path)
        query = parse_qs(url.query)
        key = url.path + (f"?{query['cursor'][0]}" if "cursor" in query else "")
        self.hub.requests[key] += 1
        self.hub.watch(key)
        self.hub.watch_headers(self.headers)
        faults = self.hub.faults.get(key, [])
        fault = faults.pop(0) if faults else None
        if fault and fault != "truncated":
            return self._fault(fault)
        self._truncate = fault == "truncated"
        if url.path == "/api/models":
            return self._listing(query)
        if url.path.startswith("/api/models/"):
            return self._info(url.path.removeprefix("/api/models/"))
        model_id, _, rest = url.path[1:].partition("/resolve/")
        return self._file(model_id, rest)

    def do_POST(self) -> None:
        url = urlsplit(self.path)
        self.hub.requests[url.path] += 1
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind, repository, step = re.fullmatch(
            r"/api/(model|dataset)s/([^/]+/[^/]+)/(preupload|commit)/main", url.path
        ).groups()
        where = repository if kind == "model" else f"datasets/{repository}"
        if self.headers["Authorization"] != f"Bearer {self.hub.token}":
            return self._send(403, b'{"error": "this token may not write here"}')
        if self.hub.serves(where) is None:
            return self._send(404, b"", **{"X-Error-Code": "RepoNotFound"})
        if parse_qs(url.query) != {"create_pr": ["1"]}:
            return self._send(403, b'{"error": "only pull requests are taken"}')
        return self._send(200, json.dumps(getattr(self, f"_{step}")(where, body)).encode())

    def _preupload(self, where: str, body: bytes) -> dict:
        there = {path: _content(self.hub.find(where), path) for path in _paths(body)}
        return {
            "files": [
                {"path": path, "uploadMode": "regular", "shouldIgnore": False, "oid": _blob(text)}
                for path, text in there.items()
            ]
        }

    def _commit(self, where: str, body: bytes) -> dict:
        header, *files = (json.loads(line) for line in body.splitlines())
        written = {
            one["value"]["path"]: base64.b64decode(one["value"]["content"]).decode()
            for one in files
        }
        said = header["value"]
        self.hub.pull_requests.append(
            PullRequest(where, said["summary"], said["description"], written)
        )
        opened = f"{self.hub.address}/{where}/discussions/{len(self.hub.pull_requests)}"
        return {
            "commitUrl": f"{self.hub.address}/{where}/commit/{'a' * 40}",
            "commitOid": "a" * 40,
            "pullRequestUrl": opened,
        }

    def _fault(self, fault: str) -> None:
        headers = {
            "429": {
                "RateLimit": '"api";r=0;t=42',
                "RateLimit-Policy": '"fixed window";q=500;w=300',
            },
            "503": {"Retry-After": "7"},
            "401": {"X-Error-Message": "Invalid credentials in Authorization header"},
            "302": {"Location": self.hub.redirect_to},
        }.get(fault, {})
        self._send(int(fault), b"busy", **headers)

    def _listing(self, query: dict[str, list[str]]) -> None:
        expand = set(query.get("expand", []))
        if expand & LISTING_REFUSES or (expand and {"full", "cardData"} & set(query)):
            return self._send(400, b'{"error": "bad expand"}')
        start = int(query.get("cursor", ["0"])[0])
        size = min(self.hub.page, int(query.get("limit", [self.hub.page])[0]))
        task = query.get("pipeline_tag", [None])[0]
        models = [m for m in self.hub.models if task in {None, m.record.get("pipeline_tag")}]
        shown = [
            {k: v for k, v in model.record.items() if k == "id" or k in expand}
            for model in models[start : start + size]
        ]
        headers = {}
        if start + size < len(models):
            following = urlencode(query | {"cursor": start + size}, doseq=True)
            headers["Link"] = f'<{self.hub.address}/api/models?{following}>; rel="next"'
        return self._send(200, json.dumps(shown).encode(), **headers)

    def _info(self, path: str) -> None:
        path, _, tree = path.partition("/tree/")
        model_id = path.partition("/revision/")[0]
        if model_id in self.hub.renamed:
            return self._send(307, b"", Location=f"/api/models/{self.hub.renamed[model_id]}")
        model = self.hub.serves(model_id)
        if model is None:
            return self._send(401, b"", **{"X-Error-Code": "RepoNotFound"})
        shown = _tree(model) if tree else model.record
        return self._send(200, json.dumps(shown).encode())

    def _file(self, model_id: str, rest: str) -> None:
        if model_id in self.hub.renamed:
            return self._send(307, b"", Location=f"/{self.hub.renamed[model_id]}/resolve/{rest}")
        model = self.hub.serves(model_id)
        if model is None:
            return self._send(404, b"", **{"X-Error-Code": "RepoNotFound"})
        if model.gate:
            return self._send(model.gate, b"", **{"X-Error-Code": "GatedRepo"})
        content = _content(model, rest.partition("/")[2])
        commit = {"X-Repo-Commit": model.record["sha"]}
        if content is None:
            return self._send(404, b"", **{"X-Error-Code": "EntryNotFound"}, **commit)
        etag = hashlib.sha1(content).hexdigest()  # noqa: S324 - as git names it
        asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        if not asked:
            return self._send(200, content, ETag=f'"{etag}"', **commit)
        part = content[int(asked[1]) : int(asked[2]) + 1]
        return self._send(206, part, ETag=f'"{etag}"', **commit)

    def _send(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command == "HEAD":
            return
        if getattr(self, "_truncate", False):
            body, self.close_connection = body[: len(body) // 2], True
        try:
            self.wfile.write(body)
        except OSError:  # the client has read enough
            self.close_connection = True


def _tree(model: FakeModel) -> list[dict]:
    return [
        {"type": "file", "path": file.name, "size": file.stat().st_size, "oid": "0" * 40}
        for file in sorted(model.folder.iterdir() if model.folder else ())
    ]


def _paths(body: bytes) -> list[str]:
    return [file["path"] for file in json.loads(body)["files"]]


def _blob(content: bytes | None) -> str | None:
    """Return the digest by which git names a file."""
    if content is None:
        return None
    return hashlib.sha1(f"blob {len(content)}\0".encode() + content).hexdigest()  # noqa: S324


def _content(model: FakeModel, name: str) -> bytes | None:
    if name == "README.md":
        return model.card
    file = model.folder / name if model.folder else None
    return file.read_bytes() if file and file.is_file() else None


def model(number: int, model_id: str, card: bytes | None, **values: object) -> FakeModel:
    """Return a model created on the given day of May 2024, newest models having high numbers."""
    gate, folder = values.pop("gate", None), values.pop("folder", None)
    names = ["README.md"] if card is not None or gate else []
    names += sorted(file.name for file in folder.iterdir()) if folder else []
    record = {
        "id": model_id,
        "sha": f"{number:040x}",
        "createdAt": f"2024-05-{number:02}T10:00:00.000Z",
        "lastModified": f"2024-06-{number:02}T10:00:00.000Z",
        "downloads": number * 10,
        "downloadsAllTime": number * 100,
        "likes": number,
        "tags": ["transformers", "license:mit", "en"],
        "pipeline_tag": "text-classification",
        "library_name": "transformers",
        "config": {"architectures": ["BertForSequenceClassification"], "model_type": "bert"},
        "gated": False,
        "siblings": [{"rfilename": name} for name in names],
    }
    return FakeModel(record | values, card, gate, folder)


def small_hub() -> FakeHub:
    """Return a Hub with everything that a collection must survive."""
    models = [
        model(19, "ann/fine", b"---\nbase_model: base/one\n---\n# Fine",
              cardData={"base_model": "base/one", "license": "apache-2.0", "language": False},
              tags=["base_model:base/one", "base_model:finetune:base/one", "dataset:sst2"]),
        model(18, "ann/no-card", None),
        model(17, "bob/gated-401", None, gate=401, gated="manual"),
        model(16, "bob/gated-403", None, gate=403, gated="auto"),
        model(15, "bob/huge", b"x" * 20_000_000),
        model(14, "cat/broken-yaml", b"---\nlanguage: [en\n: :\n---\ntext"),
        model(13, "cat/latin-1", "modèle entraîné".encode("latin-1")),
        model(12, "old/name", b"# Moved"),
        model(11, "dan/deleted", b"gone"),
        model(10, "dan/odd", b"odd", tags=None, config="?", downloads=None, createdAt="yesterday",
              siblings=None),
        model(9, "../../etc/passwd", b"trick"),
        model(8, "eve/other-task", b"other", pipeline_tag="fill-mask"),
        model(7, "eve/plain", b"# Plain"),
        model(6, "gpt2", b"# A canonical id"),
    ]  # fmt: skip
    hidden = model(1, "new/name", b"# Moved", pipeline_tag="moved")
    return FakeHub([*models, hidden], renamed={"old/name": "new/name"}, vanished={"dan/deleted"})
