"""A terminal in a process of its own that is killed at a given step of what it does."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from kiosk.api.sandbox import Agreement, Sandbox
from kiosk.bootstrap import assemble
from kiosk.domain.events import Event, Role
from kiosk.domain.providers import EventKind
from kiosk.domain.webhooks import SIGNATURE_HEADER, render, sign
from kiosk.services.backing import Backing
from kiosk.services.kiosk import Services
from kiosk.services.payments import Channel
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from ledger.sqlite import SqliteLedger
from tests.fakes import FakeClock
from tests.kiosk.crashes import Fuse, crashing
from tests.kiosk.factories import ADA, a_cashier, a_slot, usd
from tests.kiosk.shop import SANDBOX, an_online_event

SECRET: Final = b"between the sandbox and us"
BOSS: Final = a_cashier("Sam", role=Role.ORGANISER)
LATE_SECONDS: Final = 300


@dataclass(frozen=True)
class Doom:
    """Which step of which act of which order is the last."""

    folder: Path
    began: datetime
    event_key: str
    order_id: int
    act: str
    step: int


class Kill(Fuse):
    """Ends this process as a power cut does, at the step it is set to."""

    def burn(self) -> None:
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class Stage:
    """A doomed terminal, one that reaches no provider, and the provider."""

    doomed: Services
    blind: Services
    sandbox: Sandbox
    clock: FakeClock
    order_id: int
    reference: str = ""

    async def hold(self) -> None:
        await self.doomed.sales.place(self.order_id, "general", ADA)

    async def pay_on_phone(self) -> None:
        await self.hold()
        opened = await self.doomed.payments.request(self.order_id, SANDBOX, "en")
        self.reference = opened.request.reference
        await self.sandbox.decide(self.reference, EventKind.SUCCEEDED)

    async def hear(self) -> None:
        event = await self.sandbox.outcome(self.reference)
        assert event is not None
        body = render(event)
        signature = sign(SECRET, int(self.clock.now().timestamp()), body)
        await self.doomed.payments.receive(SANDBOX, {SIGNATURE_HEADER: signature}, body)

    async def pay_late(self) -> None:
        await self.pay_on_phone()
        self.clock.advance(seconds=LATE_SECONDS)
        await self.blind.sales.expire(self.order_id)

    async def pay_too_late(self) -> None:
        await self.pay_late()
        await self.sell(self.doomed.sales.new_order_id())

    async def unfulfilled(self) -> None:
        await self.pay_too_late()
        await self.hear()

    async def sell(self, order_id: int) -> None:
        await self.doomed.sales.place(order_id, "general", ADA)
        await self.doomed.sales.pay_cash(order_id, usd(400), a_cashier())

    async def sold(self) -> None:
        await self.sell(self.order_id)

    async def pay_cash(self) -> None:
        await self.doomed.sales.pay_cash(self.order_id, usd(400), a_cashier())

    async def refund(self) -> None:
        await self.doomed.refunds.refund_order(self.order_id, BOSS)

    async def pay_out(self) -> None:
        for due in await self.doomed.refunds.due():
            await self.doomed.refunds.pay_out(due.refund.id, BOSS)


async def nothing(stage: Stage) -> None:
    pass


Act = Callable[[Stage], Awaitable[None]]
ACTS: Final[dict[str, tuple[Act, Act]]] = {
    "hold": (nothing, Stage.hold),
    "pay cash": (Stage.hold, Stage.pay_cash),
    "hear": (Stage.pay_on_phone, Stage.hear),
    "hear late": (Stage.pay_late, Stage.hear),
    "hear too late": (Stage.pay_too_late, Stage.hear),
    "refund": (Stage.sold, Stage.refund),
    "pay out": (Stage.unfulfilled, Stage.pay_out),
}
"""What comes before, unharmed, and what the process is killed in."""


def the_event(key: str) -> Event:
    """One place, for cash or at the sandbox."""
    return replace(an_online_event(a_slot(capacity=1)), key=key)


async def open_sandbox(folder: Path, clock: FakeClock) -> Sandbox:
    """The provider, which outlives whoever is killed."""
    agreement = Agreement(SECRET, "http://nobody.invalid/", lambda: "http://nobody.invalid")
    return await Sandbox.open(folder / "sandbox.sqlite", agreement, clock)


def run(doom: Doom) -> None:
    """Play the act; this returns only if it has fewer steps than the one that is the last."""
    asyncio.run(_play(doom))


async def _play(doom: Doom) -> None:
    clock, fuse = FakeClock(doom.began), Kill()
    async with AsyncExitStack() as closing:
        store = await Database.open(sqlite_url(doom.folder / "kiosk.sqlite"))
        closing.push_async_callback(store.close)
        ledger = SqliteLedger(doom.folder / "ledger", clock.nanoseconds)
        closing.push_async_callback(ledger.close)
        backing = Backing(store, ledger, SigningKeys(doom.folder / "keys"), clock, doom.folder)
        sandbox = await open_sandbox(doom.folder, clock)
        closing.push_async_callback(sandbox.close)
        channels, event = {SANDBOX: Channel(sandbox, SECRET)}, the_event(doom.event_key)
        stage = Stage(
            doomed=await assemble(crashing(fuse)(backing), event, "doomed", channels),
            blind=await assemble(backing, event, "blind"),
            sandbox=sandbox,
            clock=clock,
            order_id=doom.order_id,
        )
        before, act = ACTS[doom.act]
        await before(stage)
        fuse.set(doom.step)
        await act(stage)
