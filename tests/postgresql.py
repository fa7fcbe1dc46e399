"""A PostgreSQL server of the tests' own: in an empty folder, reached by a socket in it."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory

import psycopg
from sqlalchemy import URL

OWNER = "postgres"
"""Whom it runs as where we are root, as whom it would refuse to run."""

_QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")
"""Nobody cuts the power here."""


@cache
def find_programs() -> Path | None:
    """The folder of `initdb` and `pg_ctl`; None without them."""
    named = shutil.which("initdb")
    if named:
        return Path(named).resolve().parent
    # Debian keeps one of each release, and none of them on PATH.
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@cache
def postgresql_version() -> str | None:
    """The version of the server, such as "15.13"; None without one."""
    programs = find_programs()
    if programs is None:
        return None
    said = subprocess.run([programs / "postgres", "--version"], capture_output=True, text=True)
    version = re.search("[0-9][0-9.]*", said.stdout)
    return version and version[0]


@dataclass(slots=True)
class Cluster:
    """A running server."""

    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)

    def new_database(self, template: URL | None = None) -> URL:
        """An empty database, or a copy of one that nobody has open."""
        name = f"kiosk_{next(self._numbers)}"
        like = f"TEMPLATE {template.database}" if template else ""
        with psycopg.connect(host=str(self.folder), user=OWNER, autocommit=True) as connection:
            # Both names are ours.
            connection.execute(f"CREATE DATABASE {name} {like}".encode())
        return URL.create(
            "postgresql+psycopg", OWNER, database=name, query={"host": str(self.folder)}
        )


@contextmanager
def running() -> Iterator[Cluster]:
    """A server that is there until the end; find it first with `find_programs`."""
    programs = find_programs()
    assert programs is not None
    owner = OWNER if os.getuid() == 0 else None
    with TemporaryDirectory(prefix="pg-") as name:
        folder = Path(name)
        if owner:
            shutil.chown(folder, owner)

        def run(program: str, *arguments: str) -> None:
            command = [str(programs / program), "-D", str(folder / "data"), *arguments]
            subprocess.run(command, user=owner, cwd=folder, check=True, stdout=subprocess.DEVNULL)

        run("initdb", "--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--no-sync")
        settings = [f"unix_socket_directories={folder}", "listen_addresses=", *_QUICK]
        options = " ".join(f"-c {one}" for one in settings)
        run("pg_ctl", "start", "--wait", "--log", str(folder / "log"), "--options", options)
        try:
            yield Cluster(folder)
        finally:
            run("pg_ctl", "stop", "--mode", "immediate")
