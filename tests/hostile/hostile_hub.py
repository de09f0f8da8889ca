"""A Hub whose answers name paths; it knows no client's mind and serves anything under any name."""

import hashlib
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

COMMIT = "c0ffee" + "0" * 34
FILES = {"config.json": b"{}", "model.safetensors": b"\x02\0\0\0\0\0\0\0{}"}


@contextmanager
def hostile_hub(  # noqa: C901 - one server
    headers=None, sha=COMMIT, files=FILES, entry=None
):
    """Serve files with these headers, under this commit, each listed with this entry."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def do_HEAD(self):
            self.do_GET()

        def do_GET(self):
            path = self.path.partition("?")[0]
            if "/tree/" in path:
                return self.send(json.dumps([listed(name) for name in files]).encode())
            if path.startswith("/api/"):
                siblings = [{"rfilename": name} for name in files]
                return self.send(
                    json.dumps({"id": "o/m", "sha": sha, "siblings": siblings}).encode()
                )
            body = files.get(path.rpartition("/")[2])
            if body is None:
                return self.send(b"", 404, {"X-Error-Code": "EntryNotFound"} | (headers or {}))
            etag = hashlib.sha1(body).hexdigest()  # noqa: S324 - as git names it
            usual = {"ETag": f'"{etag}"', "X-Repo-Commit": COMMIT}
            return self.send(body, 200, usual | (headers or {}))

        def send(self, body, status=200, more=()):
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **dict(more)}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command == "GET":
                self.wfile.write(body)

    def listed(name):
        return {"type": "file", "path": name, "size": len(files[name]), "oid": "0" * 40} | (
            entry or {}
        )

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
