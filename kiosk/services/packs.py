"""The tokens of orders that are paid, or refunded: where they go, and that they went."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kiosk.domain import chart_packs
from kiosk.domain.orders import Order
from kiosk.domain.packs import OrderedPack
from kiosk.domain.refunds import Refund
from kiosk.domain.token_moves import Move
from kiosk.domain.tokens import Origin, Receipt
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import orders, token_moves, wallets

Transition = Callable[[Order], Order]


class Packs:
    """The packs of orders of one event. The ledger moves in the chains of their payments."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog

    async def bind(self, order: Order) -> Order:
        """Decide in whose wallet paid tokens arrive and when they expire, before they do."""
        assert order.payment is not None
        event_id, at = self._catalog.event.id, order.payment.taken_at
        expiries = [self._expiry(pack, at) for pack in order.packs]

        def work(session: Session) -> Order:
            wallet = wallets.open_wallet(session, event_id, order.attendee, at).id
            return orders.change(session, order, lambda one: one.bind_packs(wallet, expiries))

        return await self._store.transaction(work)

    async def paid(self, order: Order, transition: Transition) -> Order:
        """Record that the tokens are there, together with what `transition` makes of the order."""
        assert order.payment is not None
        moves = chart_packs.purchases(order, order.payment)

        def work(session: Session) -> Order:
            self._record(session, moves)
            return orders.change(session, order, transition)

        return await self._store.transaction(work)

    def returned(self, session: Session, order: Order, refund: Refund) -> None:
        """Record that the tokens went back; call it in the unit of work that records the refund."""
        if order.packs:
            assert order.payment is not None
            self._record(session, chart_packs.returns(order, order.payment, refund))

    async def are_whole(self, order: Order) -> bool:
        """Whether nothing of what the order bought was spent, sent on or lost."""
        if not order.packs:
            return True
        assert order.payment is not None
        bills = chart_packs.bill_accounts(order, order.payment)
        found = await self._ledger.lookup_accounts([bill.id for bill in bills])
        return not any(one.debits_posted or one.debits_pending for one in found)

    def _record(self, session: Session, moves: Iterable[Move]) -> None:
        event_id, now = self._catalog.event.id, self._clock.now()
        for move in moves:
            # As it is stored, should another terminal have been faster.
            done = token_moves.add(session, event_id, move.done(now))
            if done.receiver is not None:
                wallets.add_bills(session, wallets.bills_of(done, now))
            sources = (part.source for part in done.parts if part.empties)
            wallets.emptied(session, (one for one in sources if one is not None))

    def _expiry(self, pack: OrderedPack, at: datetime) -> datetime | None:
        event = self._catalog.event
        token = next((one for one in event.tokens if one.number == pack.token_number), None)
        if token is None:
            # The event file does not know it any more, and so has no rule for it.
            return None
        arrives = at.astimezone(ZoneInfo(event.timezone))
        return token.expires_at(Receipt(arrives, Origin.PURCHASE, pack.amount, None))
