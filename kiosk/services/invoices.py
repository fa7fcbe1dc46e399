"""Invoices: read one, and take the money that comes for it later."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain import chart_refunds
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.chart import BANK, receivable_account_id
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.invoices import (
    Invoice,
    InvoicePayment,
    MoreThanOwed,
    NotInvoiced,
    OpenInvoice,
    by_way,
    check_new,
    checked_reference,
    invoice,
)
from kiosk.domain.money import Money
from kiosk.domain.rights import Right, require
from kiosk.services.backing import Backing
from kiosk.services.booking import book
from kiosk.services.catalog import Catalog
from kiosk.store import audit, orders, pairings, refunds
from ledger.ids import new_id

_ACCOUNTS_MAX: Final = 2000
"""Asked for at once."""


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

    async def open(self) -> list[OpenInvoice]:
        """Those on which something is owed by the ledger's word, the oldest first."""
        event_id = self._catalog.event.id
        ids = await self._store.transaction(lambda session: refunds.invoiced(session, event_id))
        owed = await self._owed(ids)
        return await self._store.transaction(partial(self._read_open, owed=owed))

    async def _owed(self, order_ids: Sequence[int]) -> Mapping[int, Money]:
        """What the ledger says is owed, by order, where that is anything."""
        accounts = {receivable_account_id(one): one for one in order_ids}
        found: dict[int, Money] = {}
        wanted = list(accounts)
        for start in range(0, len(wanted), _ACCOUNTS_MAX):
            ids = wanted[start : start + _ACCOUNTS_MAX]
            for account in await self._ledger.lookup_accounts(ids):
                debt = account.debits_posted - account.credits_posted
                found[accounts[account.id]] = Money(debt, self._catalog.event.currency)
        return {one: found[one] for one in order_ids if found.get(one)}

    def _read_open(self, session: Session, owed: Mapping[int, Money]) -> list[OpenInvoice]:
        found = []
        for order_id, debt in owed.items():
            # One that was given back meanwhile owes nothing any more.
            with suppress(NotInvoiced):
                found.append(OpenInvoice(order_id, _invoice(session, order_id), debt))
        return found

    def new_payment_id(self) -> int:
        """An id for money: asked for again with it, the same money comes in once."""
        return new_id()

    async def settle(
        self, order_id: int, payment_id: int, money: tuple[Money, str, str], staff: StaffMember
    ) -> Invoice:
        """Take `money` (amount, way, reference), all or a part of what is owed.

        `payment_id` is one of the caller's that names this money: repeated, it comes in once.
        Raises `InvalidReference`, `AlreadyRecorded`, `MoreThanOwed`, `NotInvoiced`, `NotAllowed`.
        """
        amount, way, typed = money
        require(staff, Right.BOOK_BANK if way == BANK else Right.TAKE_CASH)
        assert amount.minor > 0
        now = self._clock.now()
        reference = checked_reference(typed, way)
        paid = InvoicePayment(payment_id, order_id, amount, way, reference, staff.name, now)
        stored = await self._store.transaction(partial(self._intend, paid=paid))
        await self.finish(stored)
        return await self.invoice(order_id)

    def _intend(self, session: Session, paid: InvoicePayment) -> InvoicePayment:
        pairings.require_paired(session, self._terminal)
        # Locked first: another terminal may be taking the same money.
        order = orders.get(session, paid.order_id)
        before = refunds.payments_of(session, paid.order_id)
        for one in before:
            if one.id == paid.id:
                return one
        check_new(paid, before)
        # As if all that is on its way had come: two at once must not pay too much together.
        owed = invoice(order, tuple(one.as_settled() for one in before)).outstanding
        if paid.amount > owed:
            raise MoreThanOwed(owed, paid.amount)
        refunds.check_not_returning(session, paid.order_id)
        refunds.add_payment(session, paid)
        actor, detail = Actor(self._terminal, paid.taken_by), f"{paid.amount}, {paid.way}"
        if paid.reference:
            detail = f"{detail}, {paid.reference}"
        entry = AuditEntry(paid.taken_at, actor, Action.INVOICE_SETTLED, paid.order_id, detail)
        audit.record(session, entry)
        return paid

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
