"""Servers on loopback that classify as the Hub, TEI and LLMs do, and misbehave as they are told."""

import json
import math
import re
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from weaklink.testing import ToyVictim

TOY = ToyVictim({"good": 2.0, "bad": -2.0})
INFO = {
    "model_id": "owner/toy", "model_sha": "c0ffee", "model_dtype": "float32",
    "model_type": {"classifier": {"id2label": {"0": "negative", "1": "positive"}}},
    "max_input_length": 512, "max_client_batch_size": 4,
}  # fmt: skip


class Server:
    """Answers each request with ``reply(path, body)``, or with what stands in ``script`` first.

    A reply is (status, headers, JSON), or bytes that are sent as they are before the line is cut.
    ``texts`` counts the texts that were answered, ``headers`` keeps the headers of each request.
    """

    def __init__(self, reply, script=(), every=None):
        self.reply, self.script, self.every = reply, list(script), every
        self.texts, self.headers, self.bodies, self.requests = Counter(), [], [], 0
        self._lock = threading.Lock()

    def __enter__(self):
        handler = type("Handler", (_Handler,), {"ours": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path, headers, body):
        with self._lock:
            self.headers.append({name.lower(): value for name, value in headers.items()})
            self.requests += 1
            self.bodies.append(json.dumps(body))
            if self.script:
                found = self.script.pop(0)
                return found(path, body) if callable(found) else found
            if self.every and self.requests % self.every == 0:
                return 503, {"Retry-After": "0"}, {"error": "try again"}
            status, more, said = self.reply(path, body)
            if status == 200 and body is not None:
                self.texts.update(texts_of(body))
            return status, more, said


class _Handler(BaseHTTPRequestHandler):
    ours: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._send(self.ours.answer(self.path, self.headers, None))

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self._send(self.ours.answer(self.path, self.headers, body))

    def _send(self, reply):
        if isinstance(reply, bytes):
            self.wfile.write(reply)
            self.close_connection = True
            return
        status, headers, said = reply
        data = said.encode() if isinstance(said, str) else json.dumps(said).encode()
        self.send_response(status)
        for name, value in {"Content-Length": str(len(data)), **headers}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)


CUT = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 500\r\n\r\n[[{"


def texts_of(body):
    """Return the texts that a request asks about; of pairs, both segments as one text."""
    if "messages" in body:
        told = body["messages"][0]["content"]
        both = re.search("First text: (.*)\n\nSecond text: (.*)", told)
        return [" ".join(both.groups()) if both else told.rpartition("\n\n")[2]]
    inputs = body["inputs"] if isinstance(body["inputs"], list) else [body["inputs"]]
    parts = [one.values() if isinstance(one, dict) else one for one in inputs]
    return [one if isinstance(one, str) else " ".join(one) for one in parts]


def rows(texts):
    return [
        [{"label": label, "score": p} for label, p in
         sorted(zip(TOY.labels, row, strict=True), key=lambda pair: -pair[1])]
        for row in TOY.forward(texts).tolist()
    ]  # fmt: skip


def tei(path, body):
    """Answer as Text Embeddings Inference."""
    if path == "/info":
        return 200, {}, INFO
    texts = texts_of(body)
    if len(texts) > INFO["max_client_batch_size"]:
        return 413, {}, {"error": "batch size > maximum", "error_type": "validation"}
    return 200, {}, rows(texts)


def hub(_, body):
    """Answer as the Hub's inference does."""
    return 200, {}, rows(texts_of(body))


def llm(*, probabilities=True):
    """Answer as an OpenAI-compatible endpoint."""

    def reply(_, body):
        (text,) = texts_of(body)
        negative, positive = TOY.forward([text])[0].tolist()
        said = "Positive" if positive >= negative else "Negative"
        choice = {
            "index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": said}
        }  # fmt: skip
        if probabilities and body.get("logprobs"):
            tops = [("Pos", positive / 2), (" positive", positive / 2), ("neg", negative)]
            first = {
                "token": said,
                "logprob": 0.0,
                "top_logprobs": [{"token": t, "logprob": math.log(p)} for t, p in tops if p > 0],
            }
            choice["logprobs"] = {"content": [first]}
        return 200, {}, {
            "id": "1", "object": "chat.completion", "created": 1, "model": "toy",
            "choices": [choice],
            "usage": {"prompt_tokens": 40, "completion_tokens": 2, "total_tokens": 42},
        }  # fmt: skip

    return reply
