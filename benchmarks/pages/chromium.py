"""Chromium without a window, driven through a pipe: enough to open a page and look at it."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--hide-scrollbars", "--remote-debugging-pipe",
)  # fmt: skip


class Chromium:
    """One page in a browser of its own; a context manager."""

    def __init__(self, width: int = 1280, height: int = 1000, *, dark: bool = False) -> None:
        self._profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        browser_reads, self._write = os.pipe()
        self._read, browser_writes = os.pipe()
        flags = " ".join((*_FLAGS, f"--user-data-dir={self._profile.name}"))
        command = f"exec chromium {flags} 3<&{browser_reads} 4>&{browser_writes} 2>/dev/null"
        self._process = subprocess.Popen(  # noqa: S602
            command, shell=True, executable="/bin/bash", pass_fds=(browser_reads, browser_writes)
        )
        os.close(browser_reads)
        os.close(browser_writes)
        self._pending, self._last = b"", 0
        self.events: list[dict[str, Any]] = []
        self._session: str | None = None
        target = self.ask("Target.createTarget", url="about:blank")["targetId"]
        attached = self.ask("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.ask(f"{domain}.enable")
        self.dark(dark)
        self._sized(width, height)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._process.terminate()
        self._process.wait(timeout=20)
        os.close(self._write)
        os.close(self._read)
        self._profile.cleanup()

    def ask(self, method: str, **params: Any) -> dict[str, Any]:
        """Call a method of the DevTools protocol; what happens meanwhile is kept in ``events``."""
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._write, json.dumps(message).encode() + b"\0")
        while True:
            reply = self._receive()
            if reply.get("id") == self._last:
                if "error" in reply:
                    raise RuntimeError(f"{method}: {reply['error']}")
                result: dict[str, Any] = reply["result"]
                return result
            self.events.append(reply)

    def open(self, url: str) -> None:
        """Go to an address."""
        self.ask("Page.navigate", url=url)

    def evaluate(self, expression: str) -> Any:
        """Return the value of a JavaScript expression, awaited if it is a promise."""
        reply = self.ask(
            "Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True
        )
        if "exceptionDetails" in reply:
            raise RuntimeError(str(reply["exceptionDetails"]))
        return reply["result"].get("value")

    def until(self, expression: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true.

        Raises:
            TimeoutError: It does not become so.
        """
        end = time.monotonic() + seconds
        while not self.evaluate(f"Boolean({expression})"):
            if time.monotonic() > end:
                raise TimeoutError(expression)
            time.sleep(0.02)

    def dark(self, dark: bool) -> None:  # noqa: FBT001
        """Prefer dark or light colours."""
        self._scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.ask("Emulation.setEmulatedMedia", features=self._scheme)

    @contextmanager
    def printed(self, width: int, height: int) -> Iterator[None]:
        """Lay the page out as it is printed on paper of so many pixels, until the block ends."""
        before = self.evaluate("[innerWidth, innerHeight]")
        self._sized(width, height)
        self.ask("Emulation.setEmulatedMedia", media="print", features=self._scheme)
        yield
        self.ask("Emulation.setEmulatedMedia", features=self._scheme)
        self._sized(*before)

    def pdf(self) -> bytes:
        """Return the page as it is printed, on paper of the size that its style sheet asks for."""
        printed = self.ask("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
        return base64.b64decode(printed["data"])

    def screenshot(self, path: Path) -> None:
        """Write what is seen as PNG."""
        path.write_bytes(base64.b64decode(self.ask("Page.captureScreenshot")["data"]))

    def _sized(self, width: int, height: int) -> None:
        self.ask(
            "Emulation.setDeviceMetricsOverride",
            width=width, height=height, deviceScaleFactor=1, mobile=False,
        )  # fmt: skip

    def _receive(self) -> dict[str, Any]:
        while b"\0" not in self._pending:
            chunk = os.read(self._read, 1 << 20)
            if not chunk:
                raise RuntimeError("Chromium ended.")
            self._pending += chunk
        message, _, self._pending = self._pending.partition(b"\0")
        reply: dict[str, Any] = json.loads(message)
        return reply
