"""Bring an order to the end of what it intends. Whoever began it, wherever it stopped."""

from functools import partial

from sqlmodel import Session

from kiosk.domain import chart, chart_discounts, chart_money, chart_packs, chart_places
from kiosk.domain.discounts import DiscountState
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.orders import Booking, Order, OrderState
from kiosk.domain.refunds import RefundReason, due_of
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.services.goodies import Goodies
from kiosk.services.order_book import OrderBook
from kiosk.services.pack_stock import PackStock
from kiosk.services.packs import Packs
from kiosk.store import orders, refunds
from ledger.chains import chain_refusal
from ledger.types import CreateTransferStatus as Status

_PLANS = {
    Booking.POST: chart_money.pay_held,
    Booking.RETRY: chart_money.pay_late,
    Booking.ALONE: chart_money.pay_alone,
}


class Settlement:
    """Moves the ledger for stored intents, and records its answers.

    Every step may be repeated, by several terminals at once too: its ids are derived from what is
    stored, and a transition that was made already changes nothing.
    """

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self.orders = OrderBook(backing.store)
        self._ledger = backing.ledger
        self._catalog = catalog
        self._goodies = Goodies(backing, catalog)
        self._packs = Packs(backing, catalog)
        self.stock = PackStock(backing, catalog)

    async def settle(self, order: Order) -> Order:
        """Ask the ledger until nothing of the order is open."""
        while not order.settled:
            if order.state is OrderState.PLACED:
                order = await self._hold(order)
            elif order.payment is not None:
                order = await self._pay(order)
            elif order.state is OrderState.HELD:
                order = await self._discount(order)
            else:
                order = await self._release(order)
        return order

    async def _hold(self, order: Order) -> Order:
        places = chart_packs.hold(self._catalog.event, order)
        results = await self._ledger.create_transfers([*places, *self._goodies.holds(order)])
        promised = self._goodies.promised(order, results[len(places) :])
        match chain_refusal(results[: len(places)]):
            case None:
                held = partial(Order.held, attempt=order.attempt, promised=promised)
                return self.orders.record(order, held)
            case Status.EXCEEDS_CREDITS | Status.ID_ALREADY_FAILED:
                await self._goodies.give_back(order, promised)
                transition = partial(Order.sold_out, attempt=order.attempt)
            case status:
                raise LedgerContradicts(f"hold of order {order.number}", status.name)
        return await self.orders.change(order, transition)

    async def _pay(self, order: Order) -> Order:
        event, payment = self._catalog.event, order.payment
        assert payment is not None
        if not order.are_packs_bound:
            return await self._packs.bind(order)
        if payment.booking is Booking.RETRY and (held := chart_discounts.release_use(order)):
            # It may outlive the places by seconds, and would then stand in its own way.
            await book(self._ledger, held)
        if payment.booking is Booking.RETRY and order.packs:
            await self._ledger.create_transfers(chart_packs.release(order))
        accounts = chart.order_accounts(event, order) if order.total else []
        if order.packs:
            accounts += chart_packs.bill_accounts(order, payment)
        chain = _PLANS[payment.booking](event, order, payment)
        match payment.booking, await book(self._ledger, chain, accounts):
            case Booking.ALONE, None:
                return await self._store.transaction(lambda session: _unfulfilled(session, order))
            case _, None:
                granted = await self._goodies.grant(order, payment.id)
                transition = partial(Order.paid, booking=payment.booking, granted=granted)
                if order.packs:
                    return await self._packs.paid(order, transition)
            case (
                Booking.POST,
                Status.PENDING_TRANSFER_EXPIRED | Status.PENDING_TRANSFER_ALREADY_VOIDED,
            ):
                # Asked now, while nothing of what follows can have happened.
                has_room = not order.packs or await self.stock.has_room(order)
                if not has_room:
                    await self._goodies.give_back(order)
                transition = partial(Order.fall_back, refused=Booking.POST, has_room=has_room)
            case Booking.RETRY, Status.EXCEEDS_CREDITS | Status.ID_ALREADY_FAILED:
                await self._goodies.give_back(order)
                transition = partial(Order.fall_back, refused=Booking.RETRY)
            case _, status:
                assert status is not None
                raise LedgerContradicts(f"payment of order {order.number}", status.name)
        return await self.orders.change(order, transition)

    async def _discount(self, order: Order) -> Order:
        given = order.discount
        assert given is not None
        event, attempt = self._catalog.event, given.attempt
        if given.state is DiscountState.RETURNING:
            # Whatever it says: what was held is not held by this order any more.
            await book(self._ledger, chart_discounts.release_use(order))
            answer = DiscountState.RETURNED
        else:
            match await book(self._ledger, [chart_discounts.hold_use(event, order)]):
                case None:
                    answer = DiscountState.HELD
                case Status.EXCEEDS_CREDITS | Status.ID_ALREADY_FAILED:
                    answer = DiscountState.REFUSED
                case status:
                    raise LedgerContradicts(f"discount of order {order.number}", status.name)
        transition = partial(Order.discount_answered, attempt=attempt, state=answer)
        return await self.orders.change(order, transition)

    async def _release(self, order: Order) -> Order:
        if held := chart_discounts.release_use(order):
            await book(self._ledger, held)
        held_places = [*chart_places.release(order), *chart_packs.release(order)]
        results = await self._ledger.create_transfers(held_places)
        for result in results:
            match result.status:
                case Status.CREATED | Status.EXISTS:
                    pass
                # The ledger's own timeout was faster, or a late payment was.
                case Status.PENDING_TRANSFER_EXPIRED | Status.PENDING_TRANSFER_ALREADY_POSTED:
                    pass
                case status:
                    raise LedgerContradicts(f"release of order {order.number}", status.name)
        await self._goodies.give_back(order)
        return await self.orders.change(order, Order.released)


def _unfulfilled(session: Session, order: Order) -> Order:
    """Record that money came and nothing was left; it goes on the list of refunds due."""
    payment = order.payment
    assert payment is not None
    after = orders.change(session, order, partial(Order.paid, booking=Booking.ALONE))
    if payment.amount and after.state is OrderState.PAID_UNFULFILLED:
        refunds.add(session, due_of(payment, after, RefundReason.UNFULFILLED))
    return after
