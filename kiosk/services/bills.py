"""The bills of wallets: which there are, from the store; what is left of each, from the ledger."""

import asyncio
from collections.abc import Sequence
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain.bills import Bill, balance
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import wallets
from kiosk.store.wallets import OwnerRecord, StoredBill

_LOOKUP_MAX: Final = 8000
"""Accounts asked for in one request."""
_FIRST_LOOK: Final = 32
"""Bills asked for at first; then four times as many, and so on."""


class Bills:
    """Reads the bills of one event's wallets."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog

    async def of(self, wallet_id: int, token_number: int) -> list[Bill]:
        """The bills of a wallet of which something is left, expired ones included."""
        stored = await self._store.transaction(
            partial(wallets.spendable, wallet=wallet_id, token_number=token_number)
        )
        return await self._left(stored)

    async def to_spend(self, wallet_id: int, token_number: int, amount: int) -> list[Bill]:
        """Bills enough to make up `amount`, in the order of spending; all, if that is too little.

        A wallet may have thousands, and most often one or two will do.
        """
        now = self._clock.now()
        found: list[Bill] = []
        skipped, most = 0, _FIRST_LOOK
        while balance(found, now) < amount:
            stored = await self._store.transaction(
                partial(
                    wallets.some_spendable,
                    wallet=wallet_id,
                    token_number=token_number,
                    skipped=skipped,
                    most=most,
                )
            )
            if not stored:
                break
            found += await self._counted(stored)
            skipped, most = skipped + len(stored), most * 4
        return found

    async def expired(self, wallet_id: int, token_number: int) -> list[Bill]:
        """The bills of a wallet that expired before anybody spent them."""
        now = self._clock.now()
        return [bill for bill in await self.of(wallet_id, token_number) if bill.is_expired(now)]

    async def wallets_with_expired(self) -> list[tuple[int, int]]:
        """Wallets with expired bills, each with the number of the token."""
        event_id, now = self._catalog.event.id, self._clock.now()
        return await self._store.transaction(
            lambda session: wallets.with_expired(session, event_id, now)
        )

    async def owner_history(self, bill: int) -> list[OwnerRecord]:
        """Who had the tokens of a bill, from their issue to now."""
        return await self._store.transaction(partial(wallets.owner_history, bill=bill))

    async def left_of(self, stored: Sequence[StoredBill]) -> dict[int, int]:
        """What is left of each bill, expired or not, by its id."""
        counted = await self._counted(stored)
        return {bill.id: bill.amount + bill.on_its_way for bill in counted}

    async def _left(self, stored: Sequence[StoredBill]) -> list[Bill]:
        counted = {bill.id: bill for bill in await self._counted(stored)}
        empty = [one.id for one in stored if not _is_left(counted[one.id])]
        if empty:
            # The ledger says so for ever, as a bill is funded once: nobody need ask again.
            await self._store.transaction(partial(_note_empty, bills=empty))
        return [bill for bill in counted.values() if _is_left(bill)]

    async def _counted(self, stored: Sequence[StoredBill]) -> list[Bill]:
        ids = [bill.id for bill in stored]
        cuts = [ids[start : start + _LOOKUP_MAX] for start in range(0, len(ids), _LOOKUP_MAX)]
        found = await asyncio.gather(*map(self._ledger.lookup_accounts, cuts))
        accounts = [account for answer in found for account in answer]
        return [
            Bill(
                id=bill.id,
                amount=account.credits_posted - account.debits_posted - account.debits_pending,
                expires_at=bill.expires_at,
                received_at=bill.received_at,
                age=bill.number,
                on_its_way=account.debits_pending,
            )
            for bill, account in zip(stored, accounts, strict=True)
        ]


def _is_left(bill: Bill) -> bool:
    return bool(bill.amount or bill.on_its_way)


def _note_empty(session: Session, bills: Sequence[int]) -> None:
    wallets.emptied(session, bills)
