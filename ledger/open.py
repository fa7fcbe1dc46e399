"""Open the ledger that the settings ask for, and never another than the folder was made with."""

import asyncio
import logging
import socket
from contextlib import AsyncExitStack
from dataclasses import replace
from pathlib import Path
from time import monotonic

from ledger.binary import find_binary
from ledger.engine import Ledger, LedgerError, LedgerUnavailable
from ledger.files import FileLock
from ledger.marker import (
    Marker,
    embedded_marker,
    found_in,
    read_marker,
    require_data,
    require_same,
    write_marker,
)
from ledger.settings import LedgerSettings

logger = logging.getLogger(__name__)

MAKING_DEADLINE_SECONDS = 120.0


async def open_ledger(wanted: LedgerSettings | str) -> Ledger:
    """Open a ledger, by settings or by text such as "auto:FOLDER"; close it when done.

    A folder that holds a ledger is opened with the kind it was made with; asking for another is
    a `LedgerError`, as is anything that stands in the way.
    """
    settings = LedgerSettings.parse(wanted) if isinstance(wanted, str) else wanted
    if settings.folder is None:
        ledger = await _open(settings)
    else:
        ledger = await _open_in(settings.folder, settings)
    logger.info("the ledger is %s", ledger.engine)
    return ledger


def choose(settings: LedgerSettings, made: Marker | None) -> LedgerSettings:
    """Settings of one kind: what the folder was made with, else node if a server is found."""
    folder = settings.folder
    if made is not None:
        assert folder is not None
        require_same(settings, folder, made)
        if settings.kind == "auto":
            file = folder / made.identity if made.kind == "embedded" else None
            return replace(settings, kind=made.kind, file=file)
    if settings.kind == "auto":
        return replace(settings, kind="node" if find_binary(folder) else "embedded")
    return settings


async def _open_in(folder: Path, settings: LedgerSettings) -> Ledger:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = read_marker(folder)
        if made is not None:
            return await _open_made(settings, folder, made)
        return await _open_first(settings, folder)
    except OSError as error:
        raise LedgerError(f"{folder} cannot hold a ledger: {error}") from error


async def _open_made(settings: LedgerSettings, folder: Path, made: Marker) -> Ledger:
    chosen = choose(settings, made)
    require_data(folder, made)
    return await _open(chosen)


async def _open_first(settings: LedgerSettings, folder: Path) -> Ledger:
    """Make the ledger of a folder; of several processes that want to, one does."""
    lock = FileLock(folder / "ledger.lock")
    patience_ends = monotonic() + MAKING_DEADLINE_SECONDS
    while not lock.acquire():
        if monotonic() > patience_ends:
            raise LedgerError(f"another process has been making the ledger in {folder} too long")
        await asyncio.sleep(0.1)
    try:
        made = read_marker(folder)
        if made is not None:
            return await _open_made(settings, folder, made)
        chosen = choose(settings, found_in(folder))
        async with AsyncExitStack() as undo:
            ledger = await _open(chosen)
            undo.push_async_callback(ledger.close)
            if (marker := await _marker_of(ledger, chosen, folder)) is not None:
                write_marker(folder, marker)
            undo.pop_all()
        return ledger
    finally:
        lock.release()


async def _marker_of(ledger: Ledger, opened: LedgerSettings, folder: Path) -> Marker | None:
    match opened.kind:
        case "node":
            return found_in(folder)
        case "embedded":
            return embedded_marker(folder, opened.embedded_file)
        case _:
            try:
                await ledger.lookup_accounts([1])
            except LedgerUnavailable:
                # Until the cluster has answered, its number may be a typing error.
                return None
            return Marker("cluster", str(opened.cluster_id))


async def _open(settings: LedgerSettings) -> Ledger:
    match settings.kind:
        case "node":
            return await _open_node(settings)
        case "cluster":
            from ledger.tigerbeetle import TigerBeetleLedger

            return TigerBeetleLedger(
                settings.cluster_id,
                await asyncio.to_thread(_resolved, settings.addresses),
                deadline_seconds=settings.deadline_seconds,
                engine="TigerBeetle cluster",
            )
        case _:
            from ledger.sqlite import SqliteLedger

            settings.embedded_file.parent.mkdir(parents=True, exist_ok=True)
            return SqliteLedger(settings.embedded_file, own_process=True)


async def _open_node(settings: LedgerSettings) -> Ledger:
    from ledger.node_ledger import NodeLedger

    folder = settings.folder
    assert folder is not None
    binary = find_binary(folder)
    if binary is None:
        raise LedgerError(
            f"{folder} wants a TigerBeetle server, and none was found in KIOSK_TIGERBEETLE, the "
            "data folder or PATH; run `kiosk ledger install`, or choose another data folder "
            "with --ledger embedded"
        )
    return await NodeLedger.open(folder, binary, deadline_seconds=settings.deadline_seconds)


def _resolved(addresses: str) -> str:
    """The client wants numbers for hosts."""
    return ",".join(_resolved_one(address) for address in addresses.split(","))


def _resolved_one(address: str) -> str:
    host, _, port = address.rpartition(":")
    try:
        found = socket.getaddrinfo(host.strip("[]"), int(port), type=socket.SOCK_STREAM)
    except OSError as error:
        raise LedgerError(f"{address} cannot be found: {error}") from error
    number = str(found[0][4][0])
    return f"[{number}]:{port}" if ":" in number else f"{number}:{port}"
