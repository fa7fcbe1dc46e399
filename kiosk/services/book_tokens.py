"""Where all tokens of a kind are: every account of their ledger, added up."""

from collections import Counter
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Final

from kiosk.domain.books import TokenTotals
from kiosk.domain.chart import AccountCode
from kiosk.domain.chart_airdrops import reserved_account_id, waiting_account_id
from kiosk.domain.chart_tokens import token_ledger
from kiosk.domain.tokens import Token
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import books
from ledger.types import Account, QueryFilter, QueryFilterFlags

PAGE: Final = 2000
"""Accounts in one answer."""
_ON_THEIR_WAY: Final = (AccountCode.RESERVED, AccountCode.WAITING, AccountCode.GIFT)


class TokenBooks:
    """Counts the tokens of one event; the ledger of a kind may have those of others beside them."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._courtesy = backing.courtesy
        self._catalog = catalog

    async def count(self, token: Token) -> TokenTotals:
        """The sums of all accounts, as they were when each was read."""
        sums = Counter[int]()
        async for page in self._pages(token):
            for account in await self._own(page, token):
                sums[account.code] += account.credits_posted - account.debits_posted
        emitted, debt = -sums[AccountCode.INCOME], sums[AccountCode.DEBT]
        return TokenTotals(
            token=token,
            issued=emitted - debt,
            in_wallets=sums[AccountCode.BILL],
            on_its_way=sum(sums[code] for code in _ON_THEIR_WAY),
            spent=sums[AccountCode.APP],
            expired=sums[AccountCode.TOKENS_EXPIRED],
            left=debt,
        )

    async def _pages(self, token: Token) -> AsyncIterator[list[Account]]:
        """The accounts on which something is, the oldest first."""
        after = 0
        while page := await self._ledger.query_accounts(_accounts(token, after)):
            yield [one for one in page if one.credits_posted != one.debits_posted]
            after = page[-1].timestamp
            await self._courtesy.after_you()

    async def _own(self, page: Sequence[Account], token: Token) -> list[Account]:
        event = self._catalog.event
        bills = {one.user_data_128 for one in page if one.code == AccountCode.BILL}
        gifts = {one.user_data_128 for one in page if one.code == AccountCode.GIFT}
        owners = await self._store.transaction(
            partial(books.wallets_of, event_id=event.id, ids=bills)
        )
        moves = await self._store.transaction(partial(books.moves_of, event_id=event.id, ids=gifts))

        def is_own(one: Account) -> bool:
            match one.code:
                case AccountCode.BILL:
                    return one.user_data_128 in owners
                case AccountCode.GIFT:
                    return one.user_data_128 in moves
                case AccountCode.RESERVED:
                    return one.id == reserved_account_id(event, token.number, one.user_data_128)
                case AccountCode.WAITING:
                    return one.id == waiting_account_id(event, token.number, one.user_data_128)
            return one.user_data_128 == event.id

        return [one for one in page if is_own(one)]


def _accounts(token: Token, after: int) -> QueryFilter:
    """The next accounts of a kind of token, those made after the timestamp `after`."""
    return QueryFilter(
        user_data_128=0,
        user_data_64=0,
        user_data_32=0,
        ledger=token_ledger(token.number),
        code=0,
        timestamp_min=after + 1,
        timestamp_max=0,
        limit=PAGE,
        flags=QueryFilterFlags.NONE,
    )
