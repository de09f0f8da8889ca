"""A server on loopback that speaks the OpenAI protocol, and misbehaves as it is told."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeLlm:
    """Answers in order from ``script``, then with ``default``; counts requests.

    An answer is what ``answer`` and ``failure`` return, or a function of the request to that.
    """

    def __init__(self, default):
        self.default, self.script, self.requests = default, [], []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def close(self):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(fake):  # noqa: N805 - the handler's own self is another
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                with fake._lock:
                    fake.requests.append((self.path, body))
                    reply = (fake.script or [fake.default]).pop(0)
                status, headers, answer = reply(body) if callable(reply) else reply
                if answer == "slow":
                    time.sleep(0.5)
                sent = json.dumps(answer).encode()
                try:
                    self.send_response(status)
                    for name, value in {**headers, "Content-Length": len(sent)}.items():
                        self.send_header(name, str(value))
                    self.end_headers()
                    self.wfile.write(sent)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_):
                pass

        return Handler


def answer(content, tokens=(100, 10), **message):
    """Return a well-formed completion with this content."""
    body = {
        "id": "1", "object": "chat.completion", "created": 1, "model": "fake",
        "choices": [
            {
                "index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": content, **message},
            }
        ],
        "usage": {
            "prompt_tokens": tokens[0], "completion_tokens": tokens[1],
            "total_tokens": sum(tokens),
        },
    }  # fmt: skip
    return 200, {"Content-Type": "application/json"}, body


def failure(status, **headers):
    """Return a refusal of the endpoint."""
    return status, {"Content-Type": "application/json", **headers}, {"error": {"message": "no"}}
