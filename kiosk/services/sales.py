"""Sell tickets: hold, pay, give back. Store the intent, move the ledger, record the outcome."""

from collections.abc import Callable, Iterable, Sequence

from sqlmodel import Session

from kiosk.domain.basket import Basket, check, shared, tickets_of, unsure
from kiosk.domain.discounts import AppliedDiscount, DiscountState, amount_off
from kiosk.domain.errors import (
    DiscountFault,
    DiscountRefused,
    HoldExpired,
    NotPayable,
    SoldOut,
    UnknownOrder,
)
from kiosk.domain.events import StaffMember, folded_code
from kiosk.domain.money import Money, zero
from kiosk.domain.orders import Method, Order, OrderState, Payment
from kiosk.domain.packs import packs_for
from kiosk.domain.people import Attendee
from kiosk.domain.rights import Right, require
from kiosk.domain.tickets import Ticket, issue
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.discounts import uses_on_hold
from kiosk.services.payments import Payments
from kiosk.services.placing import new_order, sold_out
from kiosk.services.settlement import Settlement
from kiosk.store import orders
from ledger.ids import new_id


class Sales:
    """Orders of one event. Every call may be repeated with the same order id: it happens once.

    `LedgerUnavailable` or `StoreUnavailable` out of any call means that the outcome is unknown:
    repeat it. If nobody does, reconciliation finishes it.
    """

    def __init__(
        self, backing: Backing, catalog: Catalog, settlement: Settlement, payments: Payments
    ) -> None:
        self._backing = backing
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._settlement = settlement
        self._payments = payments
        self._orders = settlement.orders
        self._stock = settlement.stock

    def new_order_id(self) -> int:
        """An id for one checkout; keep it and use it again until the checkout has ended."""
        return new_id()

    async def place(
        self,
        order_id: int,
        basket: Basket | str,
        attendee: Attendee,
        codes: Iterable[str] = (),
        holders: Sequence[Attendee] = (),
    ) -> Order:
        """Hold all that is in `basket`, or nothing; the order is HELD, or further if it went on.

        A key in place of a basket is one of that slot or pack. `codes` may open slots that are not
        public. `holders` are whom the tickets are for, one for each in the order of the event;
        without them all are for the attendee, who buys them.
        Raises a `BasketFault`, `SoldOut` (place again to try again) or `HoldExpired`.
        """
        await self._backing.courtesy.after_you()
        wanted = {basket: 1} if isinstance(basket, str) else dict(basket)
        event, now, typed = self._catalog.event, self._clock.now(), tuple(codes)
        shares = shared(tickets_of(event, wanted), holders) if holders else {attendee.email: wanted}
        asked = unsure(event, shares)
        packs = packs_for(event, wanted)
        rooms = await self._stock.rooms(packs, attendee) if packs else []

        def fresh() -> Order:
            order = new_order(event, order_id, wanted, attendee, now)
            return order.for_holders(holders) if holders else order

        def intend(session: Session) -> Order:
            found = orders.find(session, order_id)
            assert found is None or found.basket == wanted, "an id is for one basket"
            if found is None or found.state is OrderState.SOLD_OUT:
                owned = {one: orders.owned_slots(session, event.id, one) for one in asked}
                if faults := check(event, wanted, now, shares=shares, owned=owned, codes=typed):
                    raise faults[0]
                self._stock.check_room(session, rooms, order_id, attendee)
            if found is None:
                [inserted] = orders.insert_all(session.connection(), [(event.id, fresh())])
                assert inserted is not None, "it is not there"
                return inserted
            return orders.change(session, order_id, lambda order: order.place_again(now))

        order: Order | None = None
        if not asked and not rooms and not check(event, wanted, now, shares=shares, codes=typed):
            order = await self._orders.insert(event.id, fresh())
        if order is None:
            order = await self._store.transaction(intend)
        order = await self._settlement.settle(order)
        if order.state is OrderState.SOLD_OUT:
            raise await self._sold_out(order)
        return order

    async def _sold_out(self, order: Order) -> SoldOut:
        short = await self._stock.sold_out(order) if order.packs else None
        return short or await sold_out(self._backing, self._catalog, order)

    async def pay_cash(self, order_id: int, tendered: Money, cashier: StaffMember) -> Order:
        """Take cash: PAID, or PAID_UNFULFILLED when the hold was lost and no place is left.

        `order.change` is what goes back. A payment at a provider is taken back first; should it
        turn out to be paid, `order.payment.provider` says so and all the cash goes back.
        Raises `TooLittleTendered`, `NotPayable`.
        """
        require(cashier, Right.TAKE_CASH)
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

    async def pay_by_invoice(self, order_id: int, organiser: StaffMember) -> Order:
        """Issue a credit note for the whole price: PAID, with tickets, and the money owed.

        Raises `NotPayable`, or `HoldExpired` when the hold was lost and no place is left.
        """
        require(organiser, Right.GIVE_INVOICE)
        nothing = zero(self._catalog.event.currency)
        order = await self._pay(order_id, Method.INVOICE, nothing, organiser.name)
        if order.state is OrderState.EXPIRED:
            raise HoldExpired(order_id)
        return order

    async def apply_discount(self, order_id: int, typed: str) -> Order:
        """Lower what is due by a discount code; the same code twice is applied once.

        A payment that is open at a provider is taken back first: it was for another amount.
        Raises `DiscountRefused`, `NotPayable`, `HoldExpired`.
        """
        event = self._catalog.event
        discount = event.discount(typed)
        if discount is None:
            raise DiscountRefused(folded_code(typed), DiscountFault.UNKNOWN)
        await self._payments.withdraw(order_id)
        now = self._clock.now()

        def ask(order: Order) -> Order:
            prices = [(claim.slot_key, claim.price) for claim in order.claims]
            amount = amount_off(discount, prices, now, event.currency)
            limited = discount.uses_max is not None
            return order.apply_discount(
                AppliedDiscount(discount.code, amount, limited, 1, now, DiscountState.ASKED)
            )

        order = await self._move(order_id, ask)
        if order.discount is None or order.discount.state is not DiscountState.HELD:
            on_hold = await uses_on_hold(self._ledger, event, discount)
            raise DiscountRefused(discount.code, DiscountFault.USED_UP, on_hold)
        return order

    async def remove_discount(self, order_id: int) -> Order:
        """Take the discount code off again, so that another one or nobody has it.

        Raises `NotPayable`, `HoldExpired`.
        """
        await self._payments.withdraw(order_id)
        now = self._clock.now()
        return await self._move(order_id, lambda order: order.remove_discount(now))

    async def cancel(self, order_id: int) -> Order:
        """Give the places back; raises `NotCancellable` once money was taken."""
        await self._payments.withdraw(order_id)
        # Of a hold whose answer was lost, the ledger is asked first: it may still hold places.
        await self._settlement.settle(await self.order(order_id))
        return await self._move(order_id, Order.cancel)

    async def expire(self, order_id: int) -> Order:
        """Give the places back if the hold is over; the order stays as it is otherwise."""
        await self._payments.ask(order_id)
        now = self._clock.now()
        return await self._move(order_id, lambda order: order.expire(now))

    async def order(self, order_id: int) -> Order:
        """The order as it is now; raises `UnknownOrder`."""
        return await self._orders.find(order_id)

    async def numbered(self, number: int) -> Order:
        """The order that people know by this number; raises `UnknownOrder`."""
        event_id = self._catalog.event.id
        order_id = await self._store.transaction(
            lambda session: orders.id_of_number(session, event_id, number)
        )
        if order_id is None:
            raise UnknownOrder(number)
        return await self.order(order_id)

    async def tickets(self, order_id: int) -> list[Ticket]:
        """The tickets of a PAID order, none of any other."""
        return self.tickets_of(await self.order(order_id))

    def tickets_of(self, order: Order) -> list[Ticket]:
        """The tickets of an order in hand, such as one that was just paid."""
        if not order.has_tickets:
            return []
        event, key = self._catalog.event, self._catalog.signing_key
        # What was passed on is its receiver's: the buyer gets no code of it.
        own = [claim for claim in order.claims if not claim.passed_on]
        return [issue(claim, event.slot(claim.slot_key), key) for claim in own]

    async def _pay(self, order_id: int, method: Method, tendered: Money, taken_by: str) -> Order:
        payment_id, now = new_id(), self._clock.now()
        withdrawn = False

        def begin(order: Order) -> Order:
            # The answer to a discount says what is due; a provider must be asked no more.
            if order.is_discount_open or (order.asked_provider and not withdrawn):
                return order
            amount = tendered if method is Method.INVOICE else order.due
            return order.begin_payment(Payment(payment_id, method, amount, tendered, taken_by, now))

        order = await self._move(order_id, begin)
        if order.payment:
            return order
        await self._payments.withdraw(order_id)
        withdrawn = True
        return await self._move(order_id, begin)

    async def _move(self, order_id: int, transition: Callable[[Order], Order]) -> Order:
        try:
            order = await self._orders.change(order_id, transition)
        except NotPayable as refusal:
            if refusal.state is not OrderState.PLACED:
                raise
            # Whether it is held was answered, but not recorded.
            await self._settlement.settle(await self.order(order_id))
            order = await self._orders.change(order_id, transition)
        return await self._settlement.settle(order)
