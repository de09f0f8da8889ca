"""A server on loopback that hands out one model's files as the Hub does."""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

COMMIT = "c0ffee" + "0" * 34


class FileHub:
    """Serves the files of a folder as ``repository``; ``asked`` notes method, path and range."""

    def __init__(self, folder, repository="owner/tiny"):
        self.folder, self.repository, self.asked = Path(folder), repository, []

    def __enter__(self):
        handler = type("Handler", (_Handler,), {"hub": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @property
    def address(self):
        return f"http://127.0.0.1:{self._server.server_port}"


class _Handler(BaseHTTPRequestHandler):
    hub: FileHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_HEAD(self):
        self._answer()

    def do_GET(self):
        self._answer()

    def _answer(self):
        path = self.path.partition("?")[0]
        part = " in part" if "Range" in self.headers else ""
        self.hub.asked.append(f"{self.command} {path}{part}")
        if path.startswith(f"/api/models/{self.hub.repository}"):
            return self._api(path)
        repository, _, rest = path[1:].partition("/resolve/")
        if repository != self.hub.repository:
            return self._send(404, b"", {"X-Error-Code": "RepoNotFound"})
        file = self.hub.folder / rest.partition("/")[2]
        if not file.is_file():
            return self._send(404, b"", {"X-Error-Code": "EntryNotFound", "X-Repo-Commit": COMMIT})
        data = file.read_bytes()
        etag = f'"{hashlib.sha1(data).hexdigest()}"'  # noqa: S324 - as git names it
        return self._send(200, data, {"ETag": etag, "X-Repo-Commit": COMMIT})

    def _api(self, path):
        files = sorted(self.hub.folder.iterdir())
        if "/tree/" in path:
            listed = [
                {"type": "file", "path": f.name, "size": f.stat().st_size, "oid": "0" * 40}
                for f in files
            ]
            return self._send(200, json.dumps(listed).encode())
        info = {
            "id": self.hub.repository,
            "sha": COMMIT,
            "siblings": [{"rfilename": file.name} for file in files],
        }
        return self._send(200, json.dumps(info).encode())

    def _send(self, status, body, headers=None):
        self.send_response(status)
        for key, value in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(key, value)
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(body)
