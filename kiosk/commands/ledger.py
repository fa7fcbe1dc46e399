"""`kiosk ledger`: install the TigerBeetle server, say how it is, run it for all terminals."""

import asyncio
import logging
import shutil
import signal
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from kiosk.settings import Settings, SettingsError
from ledger.binary import find_binary, require_version
from ledger.data_file import read_data_file
from ledger.engine import LedgerError
from ledger.install import install as install_server
from ledger.install import no_progress, release_for_this_machine
from ledger.marker import read_marker
from ledger.node import accepts
from ledger.node_status import read_status
from ledger.open import choose, open_ledger
from ledger.settings import LedgerSettings


def install(settings: Settings, *, archive: str | None, sha256: str | None) -> int:
    """Install the server into the data folder, from the network or from a file."""
    release = release_for_this_machine(sha256)
    watched = archive is None and sys.stderr.isatty()
    try:
        installed = install_server(
            settings.ledger_folder,
            release,
            archive=Path(archive).expanduser() if archive else None,
            progress=_show_progress if watched else no_progress,
        )
    finally:
        if watched:
            print(file=sys.stderr)
    print(f"Installed TigerBeetle {installed.version} as {installed.path}")
    if (used := find_binary(settings.ledger_folder)) != installed.path:
        print(f"Note: KIOSK_TIGERBEETLE is set, so {used} is used instead.")
    return 0


def status(settings: Settings) -> int:
    """Print which ledger there is, what it would run with, and whether it runs."""
    folder = settings.ledger_folder
    facts = [
        ("Data folder", str(folder)),
        *_ledger_facts(settings.ledger_settings()),
        *_server_facts(folder),
    ]
    for name, words in facts:
        print(f"{name:<12} {words}")
    return 0


def start(settings: Settings) -> int:
    """Run the server in the foreground until SIGTERM or Ctrl+C; other terminals here use it."""
    wanted = settings.ledger_settings()
    if wanted.kind not in ("auto", "node"):
        raise SettingsError(
            f"there is no server to start for the ledger {settings.ledger!r}; expected auto or node"
        )
    # A service manager keeps what is printed: there, that is the screen.
    to_screen = logging.StreamHandler(sys.stdout)
    logging.getLogger("ledger").addHandler(to_screen)
    try:
        asyncio.run(_serve_until_told(replace(wanted, kind="node")))
    finally:
        logging.getLogger("ledger").removeHandler(to_screen)
    return 0


async def _serve_until_told(wanted: LedgerSettings) -> None:
    serving = asyncio.create_task(_serve(wanted))
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, serving.cancel)
    with suppress(asyncio.CancelledError):
        await serving


async def _serve(wanted: LedgerSettings) -> None:
    ledger = await open_ledger(wanted)
    try:
        await asyncio.Event().wait()
    finally:
        await ledger.close()


def _ledger_facts(wanted: LedgerSettings) -> Iterator[tuple[str, str]]:
    folder = wanted.folder
    made = read_marker(folder) if folder else None
    yield "Made with", str(made) if made else "nothing yet"
    try:
        chosen = choose(wanted, made)
    except LedgerError as error:
        yield "Opens", f"not: {error}"
        return
    match chosen.kind:
        case "cluster":
            yield "Opens", f"TigerBeetle cluster {chosen.cluster_id} at {chosen.addresses}"
        case "embedded":
            yield "Opens", f"embedded SQLite, {chosen.embedded_file}"
        case _:
            yield "Opens", "TigerBeetle node"


def _server_facts(folder: Path) -> Iterator[tuple[str, str]]:
    yield "Server", _server(folder)
    running = read_status(folder)
    if running is None:
        yield "Running", "no"
    else:
        answers = bool(running.address) and accepts(running.address)
        where = f"{running.address}, {running.mode} mode, since {running.started_at:%F %T} UTC"
        owner = f"run by process {running.owner_pid}, restarted {running.restarts} times"
        yield "Running", f"{where}, {owner}" if answers else f"no longer; it was {owner}"
        if running.trouble:
            yield "Trouble", running.trouble.replace("\n", f"\n{'':<13}")
    data = read_data_file(folder)
    if data is not None:
        free = shutil.disk_usage(folder).free
        size = data.path.stat().st_size
        yield "Disk", f"{size / 1e9:.1f} GB used by the server's data, {free / 1e9:.1f} GB free"


def _server(folder: Path) -> str:
    binary = find_binary(folder)
    if binary is None:
        return "none found; `kiosk ledger install` fetches one"
    try:
        return f"TigerBeetle {require_version(binary)}, {binary}"
    except LedgerError as error:
        return str(error)


def _show_progress(done: int, length: int | None) -> None:
    of = f" of {length / 1e6:.1f}" if length else ""
    print(f"\rFetching the server: {done / 1e6:.1f}{of} MB", end="", file=sys.stderr, flush=True)
