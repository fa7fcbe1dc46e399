"""Sell tickets: hold, pay, give back. Store the intent, move the ledger, record the outcome."""

from kiosk.domain.events import StaffMember
from kiosk.domain.money import Money
from kiosk.domain.orders import Order
from kiosk.domain.people import Attendee
from kiosk.domain.tickets import Ticket


class Sales:
    """Orders of one event. Every call may be repeated with the same order id: it happens once."""

    def new_order_id(self) -> int:
        """An id for one checkout; keep it and use it again until the checkout has ended."""
        raise NotImplementedError

    async def place(self, order_id: int, slot_key: str, attendee: Attendee) -> Order:
        """Hold one place; the order is HELD, or further if it already went on.

        Raises `NotOnSale`, `SoldOut` (place again to try again) or `HoldExpired`.
        """
        raise NotImplementedError

    async def pay_cash(self, order_id: int, tendered: Money, cashier: StaffMember) -> Order:
        """Take cash: PAID, or PAID_UNFULFILLED when the hold was lost and no place is left.

        `order.change` is what goes back. Raises `TooLittleTendered`, `NotPayable`.
        """
        raise NotImplementedError

    async def take_free(self, order_id: int) -> Order:
        """Finish an order of which nothing is due; `TooLittleTendered` if something is."""
        raise NotImplementedError

    async def cancel(self, order_id: int) -> Order:
        """Give the places back; raises `NotCancellable` once money was taken."""
        raise NotImplementedError

    async def expire(self, order_id: int) -> Order:
        """Give the places back if the hold is over; the order stays as it is otherwise."""
        raise NotImplementedError

    async def order(self, order_id: int) -> Order:
        """The order as it is now; raises `UnknownOrder`."""
        raise NotImplementedError

    async def tickets(self, order_id: int) -> list[Ticket]:
        """The tickets of a PAID order, none of any other."""
        raise NotImplementedError
