"""Invoices: read one, and take the money that comes for it later."""

from collections.abc import Mapping

from sqlmodel import Session

from kiosk.domain import chart_refunds
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.invoices import Invoice, InvoicePayment, MoreThanOwed, by_way, invoice
from kiosk.domain.money import Money
from kiosk.domain.rights import Right, require
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.store import audit, orders, pairings, refunds


class Invoices:
    """Invoices of one event; `Sales.pay_by_invoice` issues them.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: int) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal

    async def invoice(self, order_id: int) -> Invoice:
        """The invoice of an order as it is now; raises `NotInvoiced` or `UnknownOrder`."""
        return await self._store.transaction(lambda session: _invoice(session, order_id))

    async def received(self, order_id: int) -> Mapping[str, Money]:
        """The money that came in for the invoice of an order so far, by the ways it came."""
        paid = await self._store.transaction(lambda session: refunds.payments_of(session, order_id))
        return by_way(paid)

    async def settle(
        self, order_id: int, payment_id: int, money: tuple[Money, str, str], staff: StaffMember
    ) -> Invoice:
        """Take `money` (amount, way, reference), all or a part of what is owed.

        `payment_id` is one of the caller's that names this money: repeated, it comes in once.
        Raises `MoreThanOwed`, `NotInvoiced`.
        """
        require(staff, Right.TAKE_CASH)
        amount, way, reference = money
        assert amount.minor > 0
        now = self._clock.now()

        def intend(session: Session) -> InvoicePayment:
            pairings.require_paired(session, self._terminal)
            before = refunds.payments_of(session, order_id)
            for one in before:
                if one.id == payment_id:
                    return one
            order = orders.get(session, order_id)
            # As if all that is on its way had come: two at once must not pay too much together.
            arrived = tuple(one.as_settled() for one in before)
            owed = invoice(order, arrived).outstanding
            if amount > owed:
                raise MoreThanOwed(owed, amount)
            paid = InvoicePayment(payment_id, order_id, amount, way, reference, staff.name, now)
            refunds.check_not_returning(session, order_id)
            refunds.add_payment(session, paid)
            actor = Actor(self._terminal, staff.name)
            entry = AuditEntry(now, actor, Action.INVOICE_SETTLED, order_id, f"{amount}, {way}")
            audit.record(session, entry)
            return paid

        await self.finish(await self._store.transaction(intend))
        return await self.invoice(order_id)

    async def finish(self, paid: InvoicePayment) -> None:
        """Ask the ledger for money that was stored."""
        if paid.settled:
            return
        order = await self._store.transaction(lambda session: orders.get(session, paid.order_id))
        transfer = chart_refunds.settle(self._catalog.event, order, paid)
        if refusal := await book(self._ledger, [transfer]):
            raise LedgerContradicts(f"invoice of order {order.number}", refusal.name)
        await self._store.transaction(lambda session: refunds.settle(session, paid))


def _invoice(session: Session, order_id: int) -> Invoice:
    return invoice(orders.get(session, order_id), refunds.payments_of(session, order_id))
