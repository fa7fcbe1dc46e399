"""Sell tickets: hold, pay, give back. Store the intent, move the ledger, record the outcome."""

import secrets
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlmodel import Session

from kiosk.domain.codes import ticket_number
from kiosk.domain.errors import HoldExpired, NotOnSale, SaleState, SoldOut, UnknownOrder
from kiosk.domain.events import EventSlot, Role, StaffMember
from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order, OrderState, Payment, SlotClaim
from kiosk.domain.people import Attendee
from kiosk.domain.tickets import Ticket, issue
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog, sale_state
from kiosk.services.settlement import Settlement
from kiosk.store import orders
from ledger.ids import derived_id, new_id


class Sales:
    """Orders of one event. Every call may be repeated with the same order id: it happens once.

    `LedgerUnavailable` or `StoreUnavailable` out of any call means that the outcome is unknown:
    repeat it. If nobody does, reconciliation finishes it.
    """

    def __init__(self, backing: Backing, catalog: Catalog, settlement: Settlement) -> None:
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._settlement = settlement

    def new_order_id(self) -> int:
        """An id for one checkout; keep it and use it again until the checkout has ended."""
        return new_id()

    async def place(self, order_id: int, slot_key: str, attendee: Attendee) -> Order:
        """Hold one place; the order is HELD, or further if it already went on.

        Raises `NotOnSale`, `SoldOut` (place again to try again) or `HoldExpired`.
        """
        slot = self._catalog.event.slot(slot_key)
        fresh = self._new_order(order_id, slot, attendee)

        def intend(session: Session) -> Order:
            found = orders.find(session, order_id)
            if found is None or found.state is OrderState.SOLD_OUT:
                _check_on_sale(slot, fresh.placed_at)
            if found is None:
                return orders.insert_order(session, self._catalog.event.id, fresh)
            return orders.change(
                session, order_id, lambda order: order.place_again(fresh.placed_at)
            )

        order = await self._settlement.settle(await self._store.transaction(intend))
        if order.state is OrderState.SOLD_OUT:
            raise await self._sold_out(slot)
        return order

    async def pay_cash(self, order_id: int, tendered: Money, cashier: StaffMember) -> Order:
        """Take cash: PAID, or PAID_UNFULFILLED when the hold was lost and no place is left.

        `order.change` is what goes back. Raises `TooLittleTendered`, `NotPayable`.
        """
        assert cashier.role >= Role.CASHIER
        return await self._pay(order_id, Method.CASH, tendered, cashier.name)

    async def take_free(self, order_id: int) -> Order:
        """Finish an order of which nothing is due; `TooLittleTendered` if something is.

        Raises `HoldExpired` when the hold was lost and no place is left.
        """
        nothing = zero(self._catalog.event.currency)
        order = await self._pay(order_id, Method.FREE, nothing, "")
        if order.state is OrderState.EXPIRED:
            raise HoldExpired(order_id)
        return order

    async def cancel(self, order_id: int) -> Order:
        """Give the places back; raises `NotCancellable` once money was taken."""
        # Of a hold whose answer was lost, the ledger is asked first: it may still hold places.
        await self._settlement.settle(await self.order(order_id))
        return await self._move(order_id, Order.cancel)

    async def expire(self, order_id: int) -> Order:
        """Give the places back if the hold is over; the order stays as it is otherwise."""
        now = self._clock.now()
        return await self._move(order_id, lambda order: order.expire(now))

    async def order(self, order_id: int) -> Order:
        """The order as it is now; raises `UnknownOrder`."""
        order = await self._store.transaction(lambda session: orders.find(session, order_id))
        if order is None:
            raise UnknownOrder(order_id)
        return order

    async def tickets(self, order_id: int) -> list[Ticket]:
        """The tickets of a PAID order, none of any other."""
        order = await self.order(order_id)
        if not order.has_tickets:
            return []
        event, key = self._catalog.event, self._catalog.signing_key
        return [issue(claim, event.slot(claim.slot_key), key) for claim in order.claims]

    def _new_order(self, order_id: int, slot: EventSlot, attendee: Attendee) -> Order:
        now, hold_seconds = self._clock.now(), self._catalog.event.hold_seconds
        claim = SlotClaim(
            id=derived_id("claim", order_id, 0),
            slot_key=slot.key,
            slot_number=slot.number,
            ticket_number=ticket_number(secrets.randbits(55)),
            version=1,
            price=slot.price,
            holder=attendee,
        )
        return Order(
            id=order_id,
            number=0,
            state=OrderState.PLACED,
            attendee=attendee,
            claims=(claim,),
            attempt=1,
            hold_seconds=hold_seconds,
            placed_at=now,
            held_until=now + timedelta(seconds=hold_seconds),
            settled=False,
        )

    async def _pay(self, order_id: int, method: Method, tendered: Money, taken_by: str) -> Order:
        payment_id, now = new_id(), self._clock.now()

        def begin(order: Order) -> Order:
            payment = Payment(payment_id, method, order.total, tendered, taken_by, now)
            return order.begin_payment(payment)

        return await self._move(order_id, begin)

    async def _move(self, order_id: int, transition: Callable[[Order], Order]) -> Order:
        order = await self._store.transaction(
            lambda session: orders.change(session, order_id, transition)
        )
        return await self._settlement.settle(order)

    async def _sold_out(self, slot: EventSlot) -> SoldOut:
        event = self._catalog.event
        places = (await self._catalog.places([slot.number]))[slot.number]
        ends = await self._store.transaction(
            lambda session: orders.last_hold_ends(session, event.id, slot.number)
        )
        remaining = max(ends - self._clock.now(), timedelta()) if ends else timedelta()
        return SoldOut(
            slot.key,
            left=places.left,
            on_hold=places.on_hold,
            retry_seconds=-(-remaining // timedelta(seconds=1)) if places.on_hold else 0,
        )


def _check_on_sale(slot: EventSlot, at: datetime) -> None:
    state = sale_state(slot, at)
    if state is not SaleState.OPEN:
        raise NotOnSale(slot.key, state, slot.sale)
