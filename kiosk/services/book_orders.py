"""Every order's money and tickets, as the store has them and as the ledger has counted them."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from kiosk.domain import chart
from kiosk.domain.books import Book, Difference
from kiosk.domain.chart import AccountCode
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import books
from kiosk.store.books import OrderFacts
from ledger.types import Account


@dataclass(frozen=True, slots=True)
class _Places:
    """Of one slot: how many are sold, used or not, and how many transfers' worth ever moved."""

    sold: int
    moved: int


class OrderBooks:
    """Compares the orders of one event, a few at a time."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._courtesy = backing.courtesy
        self._catalog = catalog

    async def compare(self) -> tuple[int, list[Difference]]:
        """How many orders were compared, and what differs; it may do so only for a moment."""
        before = await self._places()
        compared, differences = 0, list[Difference]()
        issued, moving = Counter[int](), Counter[int]()
        async for page in self._pages():
            compared += len(page)
            differences += await self._of_money(page)
            for one in page:
                (moving if one.is_moving else issued).update(one.issued)
        after = await self._places()
        for slot in self._catalog.event.slots:
            sold = after[slot.number].sold
            # What was sold or given back meanwhile may be counted or not.
            slack = moving[slot.number] + after[slot.number].moved - before[slot.number].moved
            if abs(sold - issued[slot.number]) > slack:
                differences.append(Difference(Book.SLOT, slot.key, issued[slot.number], sold))
        return compared, differences

    async def _pages(self) -> AsyncIterator[list[OrderFacts]]:
        event_id, after = self._catalog.event.id, 0
        while page := await self._store.transaction(
            partial(books.page, event_id=event_id, after=after)
        ):
            yield page
            after = page[-1].number
            await self._courtesy.after_you()
            # Whoever waits for the store or for the screen goes first.
            await asyncio.sleep(0)

    async def _of_money(self, page: Sequence[OrderFacts]) -> list[Difference]:
        """Customers hold what is due to them and nothing else; debts are what invoices say."""
        still = [one for one in page if one.has_money and not one.is_moving]
        customers = {chart.customer_account_id(one.id): one for one in still}
        debts = {chart.receivable_account_id(one.id): one for one in still if one.owed is not None}
        balances = await self._balances([*customers, *debts])
        found = [
            Difference(Book.ORDER, str(one.number), one.due, balances[account])
            for account, one in customers.items()
            if balances[account] != one.due
        ]
        found += [
            Difference(Book.INVOICE, str(one.number), one.owed or 0, -balances[account])
            for account, one in debts.items()
            if -balances[account] != one.owed
        ]
        return found

    async def _balances(self, accounts: list[int]) -> Mapping[int, int]:
        """Credits less debits; an account that nothing was ever booked on has none."""
        found = await self._ledger.lookup_accounts(accounts) if accounts else []
        return Counter({one.id: _balance(one) for one in found})

    async def _places(self) -> Mapping[int, _Places]:
        event = self._catalog.event
        codes = (AccountCode.SPENT, AccountCode.REDEEMED)
        ids = {
            chart.slot_account_id(event, slot.number, code): slot.number
            for slot in event.slots
            for code in codes
        }
        sold, moved = Counter[int](), Counter[int]()
        for one in await self._ledger.lookup_accounts([*ids]):
            sold[ids[one.id]] += _balance(one)
            moved[ids[one.id]] += one.credits_posted + one.debits_posted
        return {slot.number: _Places(sold[slot.number], moved[slot.number]) for slot in event.slots}


def _balance(account: Account) -> int:
    return account.credits_posted - account.debits_posted
