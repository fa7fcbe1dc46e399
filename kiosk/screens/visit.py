"""One person's way through the attendee screens: which step follows which."""

import asyncio
import logging
from contextlib import suppress
from typing import Protocol, TypeVar

from textual.app import App

from kiosk.domain.errors import (
    BasketFault,
    HoldExpired,
    LedgerContradicts,
    NotCancellable,
    SoldOut,
    UnknownOrder,
)
from kiosk.domain.orders import Order, OrderState
from kiosk.domain.tickets import Ticket
from kiosk.screens import notices
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.checkout import Checkout
from kiosk.screens.choose import ChooseScreen
from kiosk.screens.hold import Held
from kiosk.screens.holders import HoldersScreen
from kiosk.screens.notice import Notice, NoticeScreen
from kiosk.screens.pay import PayScreen
from kiosk.screens.step import Step, VisitLeft
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.wallet_codes import BoughtScreen, bought_page
from kiosk.screens.you import Naming, YouScreen
from ledger.engine import LedgerError

log = logging.getLogger(__name__)

A = TypeVar("A")


class Leavable(Protocol):
    """A step, whatever it answers."""

    busy: bool

    @property
    def cost(self) -> str:
        """What it costs to leave, in words."""

    def leave(self) -> None:
        """End the visit here."""


class Visit:
    """Choose, you, pay, tickets; then everything about the person is dropped with this object."""

    def __init__(self, app: App[None], desk: Desk) -> None:
        self._app = app
        self._desk = desk
        self._checkout = Checkout(desk.services.sales)
        self._current: Leavable | None = None

    @property
    def busy(self) -> bool:
        """Whether something is being paid or held right now: nobody may be sent home."""
        return self._current is not None and self._current.busy

    @property
    def cost(self) -> str:
        """What it costs whoever is here if the staff end the visit now, in words, if anything."""
        return self._current.cost if self._current else ""

    def leave(self) -> None:
        """End the visit where it is, unless it is busy."""
        if not self.busy:
            self.end()

    def end(self) -> None:
        """End the visit where it is: what is under way is finished or given back later."""
        if self._current:
            self._current.leave()

    async def run(self) -> None:
        """Go all the way; `go_home` afterwards."""
        with suppress(VisitLeft):
            await self.go()

    async def go_home(self) -> None:
        """Take every screen away; `give_back` afterwards."""
        self._current = None
        await self._clear()

    async def give_back(self) -> None:
        """Give back what is still held: nobody need wait for that."""
        await asyncio.gather(*map(self._release, self._checkout.order_ids()))

    async def go(self) -> None:
        """The way itself: buying tickets."""
        while choice := await self._ask(ChooseScreen(self._desk, self._checkout.choice)):
            self._checkout.choose(choice)
            if await self._buy():
                return

    async def _buy(self) -> bool:
        """From "who are you" on; False goes back to choosing."""
        words, event = self._desk.words, self._desk.services.catalog.event
        while True:
            match await self._hold():
                case Order() as held:
                    paying = PayScreen(self._desk, held)
                    order = await self._ask(paying)
                    if order.state is OrderState.CANCELLED:
                        self._checkout.start_again()
                        continue
                    return await self._conclude(order, by_phone=paying.by_phone)
                case SoldOut() as refusal:
                    again = await self._tell(notices.sold_out(words, event, refusal))
                    if not (again and refusal.on_hold):
                        return False
                case BasketFault() as fault:
                    await self._tell(notices.not_to_be_had(words, event, fault))
                    return False
                case HoldExpired():
                    self._checkout.start_again()
                case None:
                    return False

    async def _hold(self) -> Held | None:
        """Ask who buys, and whom for if it is not all for them; None is one step back."""
        while True:
            answer = await self._ask(YouScreen(self._desk, self._checkout))
            if not isinstance(answer, Naming):
                return answer
            if held := await self._ask(HoldersScreen(self._desk, self._checkout)):
                return held

    async def _conclude(self, order: Order, *, by_phone: bool) -> bool:
        words = self._desk.words
        match order.state:
            case OrderState.PAID:
                if not order.claims:
                    await self._show_tokens(order)
                elif tickets := await self._tickets(order):
                    await self._ask(TicketScreen(self._desk, order, tickets))
                return True
            case OrderState.PAID_UNFULFILLED:
                await self._tell(notices.refund_due(words, order))
                return True
            case _:
                self._checkout.start_again()
                return not await self._tell(notices.hold_lost(words, order, by_phone=by_phone))

    async def _show_tokens(self, order: Order) -> None:
        """Where tokens are that were bought without a ticket, which would open the wallet."""
        code = None
        with suppress(*AWAY):
            code = await self._desk.services.wallet_access.code_of_bought(order)
        if code is not None:
            await self._ask(BoughtScreen(self._desk, bought_page(self._desk, order, code)))
            return
        event = self._desk.services.catalog.event
        await self._tell(notices.tokens_there(self._desk.words, event, order))

    async def _tickets(self, order: Order) -> list[Ticket]:
        while True:
            try:
                return await self._desk.services.sales.tickets(order.id)
            except AWAY:
                if not await self._tell(notices.tickets_later(self._desk.words, order)):
                    return []

    async def _tell(self, notice: Notice) -> bool:
        return await self._ask(NoticeScreen(self._desk, notice))

    async def _ask(self, step: Step[A]) -> A:
        await self._show(step)
        self._current = step
        return await step.answer

    async def _show(self, step: Step[A]) -> None:
        # One paint for the whole change: what lies underneath never flashes up.
        with self._app.batch_update():
            await self._clear()
            await self._app.push_screen(step)

    async def _clear(self) -> None:
        # All that lies on the lowest goes with it, and nothing that comes after: once the first
        # screen shows, the next visit may begin.
        for lowest in self._app.screen_stack[1:2]:
            while lowest in self._app.screen_stack:
                await self._app.pop_screen()

    async def _release(self, order_id: int) -> None:
        """Give back what is still held; what cannot be asked for now runs out by itself."""
        try:
            await self._desk.services.sales.cancel(order_id)
        except (*AWAY, NotCancellable, UnknownOrder):
            return
        except (LedgerContradicts, LedgerError):
            # Somebody must look; but whoever is here by now has nothing to do with it.
            log.exception("order %032x is not given back", order_id)
