"""The server of `weaklink view`, for as long as a test lasts."""

from contextlib import contextmanager
from threading import Thread

import pytest
import uvicorn

from weaklink.cli.viewer.serving import serve


@contextmanager
def serving(folder, made, **where):
    """Serve a folder until the context ends, and yield the address."""
    addresses, servers, kind = [], [], uvicorn.Server

    def server(config):
        servers.append(kind(config))
        return servers[0]

    thread = Thread(target=serve, args=(folder, made, addresses.append), kwargs=where, daemon=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uvicorn, "Server", server)
        thread.start()
        while not addresses:
            pass
    try:
        yield addresses[0]
    finally:
        servers[0].should_exit = True
        thread.join(20)
        assert not thread.is_alive()
