"""A lane in a process of its own that is killed while it tells whom it let in offline."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.bootstrap import assemble
from kiosk.domain.admission import NeedsConduct, Scan, Verdict
from kiosk.domain.events import Event
from kiosk.services.backing import Backing
from kiosk.services.kiosk import Services
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from ledger.sqlite import SqliteLedger
from tests.fakes import FakeClock
from tests.kiosk.crashes import crashing
from tests.kiosk.doomed_process import Kill
from tests.kiosk.factories import ADA, a_cashier, an_event, usd
from tests.kiosk.outages import Mode, Outage

LET_IN: Final = 3
CODES: Final = "codes"
"""The file of the tickets whose holders were told to go in."""


@dataclass(frozen=True)
class LaneDoom:
    """Which step is the last."""

    folder: Path
    began: datetime
    event_key: str
    step: int


def the_event(key: str) -> Event:
    """Room for everybody."""
    return replace(an_event(), key=key)


def run(doom: LaneDoom) -> None:
    """Play it; this returns only if there are fewer steps than the one that is the last."""
    asyncio.run(_play(doom))


async def _play(doom: LaneDoom) -> None:
    clock, fuse, outage = FakeClock(doom.began), Kill(), Outage()
    event = the_event(doom.event_key)
    async with AsyncExitStack() as closing:
        store = await Database.open(sqlite_url(doom.folder / "kiosk.sqlite"))
        closing.push_async_callback(store.close)
        ledger = SqliteLedger(doom.folder / "ledger", clock.nanoseconds)
        closing.push_async_callback(ledger.close)
        backing = Backing(store, ledger, SigningKeys(doom.folder / "keys"), clock, doom.folder)
        failing = outage.wrap(crashing(fuse)(backing))
        services = await assemble(failing, event, "doomed")
        codes = [await _sold(services) for _ in range(LET_IN)]
        await services.lane.look()
        outage.ledger = outage.store = Mode.REFUSES
        for code in codes:
            await _let_in(services, code)
            with (doom.folder / CODES).open("a") as file:
                file.write(f"{code}\n")
        outage.end()
        await services.lane.look()
        clock.advance(minutes=1)
        fuse.set(doom.step)
        await services.lane.look()
        fuse.set(None)
        await services.lane.close()


async def _sold(services: Services) -> str:
    sales = services.sales
    held = await sales.place(sales.new_order_id(), "general", ADA)
    order = await sales.pay_cash(held.id, usd(400), a_cashier())
    return sales.tickets_of(order)[0].code


async def _let_in(services: Services, code: str) -> None:
    scan = Scan(code, services.lane.new_nonce())
    said = await services.lane.scan(scan)
    if isinstance(said, NeedsConduct):
        said = await services.lane.accept_conduct(said, "en", scan)
    assert isinstance(said, Verdict)
