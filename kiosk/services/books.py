"""Whether the books balance: everything the store knows of, compared with the ledger's word."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Final

from kiosk.domain.books import Book, BookReport, Difference, TokenTotals
from kiosk.domain.tokens import Token
from kiosk.services.backing import Backing
from kiosk.services.book_orders import OrderBooks
from kiosk.services.book_tokens import TokenBooks
from kiosk.services.catalog import Catalog

LOOKS_MAX: Final = 3
"""What differs each time is wrong; what does not was only on its way."""
PAUSE_SECONDS: Final = 0.1
"""Between two looks at the same."""


class Books:
    """Looks through all books of one event, page by page: nobody is stopped by it.

    Raises `LedgerUnavailable` or `StoreUnavailable`.
    """

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._clock = backing.clock
        self._catalog = catalog
        self._orders = OrderBooks(backing, catalog)
        self._tokens = TokenBooks(backing, catalog)

    async def compare(self) -> BookReport:
        """Compare every order, the tickets of every slot, and the tokens of every kind."""
        return await _settled(self._look)

    async def tokens(self, token: Token) -> TokenTotals:
        """Where the tokens of one kind are."""

        async def look() -> BookReport:
            return self._report(0, [], [await self._tokens.count(token)])

        [totals] = (await _settled(look)).tokens
        return totals

    async def _look(self) -> BookReport:
        compared, differences = await self._orders.compare()
        tokens = self._catalog.event.tokens
        totals = [await self._tokens.count(token) for token in tokens]
        return self._report(compared, differences, totals)

    def _report(
        self, compared: int, differences: list[Difference], totals: list[TokenTotals]
    ) -> BookReport:
        of_tokens = [
            Difference(Book.TOKEN, one.token.key, one.issued, one.accounted)
            for one in totals
            if not one.balances
        ]
        found = (*differences, *of_tokens)
        return BookReport(self._clock.now(), compared, tuple(totals), found)


async def _settled(look: Callable[[], Awaitable[BookReport]]) -> BookReport:
    """What is found each time one looks."""
    report = await look()
    for _ in range(1, LOOKS_MAX):
        if report.balances:
            break
        await asyncio.sleep(PAUSE_SECONDS)
        again = await look()
        still = [one for one in again.differences if one in report.differences]
        report = replace(again, differences=tuple(still))
    wrong = {one.what for one in report.differences if one.book is Book.TOKEN}
    totals = [
        replace(one, has_moved=not one.balances and one.token.key not in wrong)
        for one in report.tokens
    ]
    return replace(report, tokens=tuple(totals))
