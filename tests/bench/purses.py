"""Wallets to be measured: an event with one kind of token, and bills by the thousand."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from kiosk.bootstrap import assemble
from kiosk.clock import SystemClock
from kiosk.domain.chart import AccountCode, TransferCode
from kiosk.domain.chart_tokens import bill_account, token_account_id, token_ledger
from kiosk.domain.people import Attendee
from kiosk.domain.tokens import Token
from kiosk.services.backing import Backing
from kiosk.services.booking import open_accounts
from kiosk.services.kiosk import Services
from kiosk.store import wallets
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from kiosk.store.wallets import StoredBill
from ledger.ids import derived_id
from ledger.types import CreateTransferStatus, Transfer
from tests.bench.engines import Engine
from tests.bench.shops import Lost
from tests.kiosk.factories import an_event

SUPPLY: Final = 10**12
BILLS_AT_ONCE: Final = 5_000


@dataclass(frozen=True, slots=True)
class Purses:
    """The wallets of one terminal, and the engine they stand on."""

    engine: Engine
    services: Services
    backing: Backing

    @property
    def token(self) -> Token:
        """The only kind."""
        return self.services.catalog.event.tokens[0]

    async def of(self, number: int | str) -> int:
        """The wallet of somebody known by a number."""
        who = Attendee(f"Owner {number}", f"owner-{number}@example.org")
        return (await self.services.wallets.open(who)).id

    async def fill(self, wallet_id: int, bills: int, amount: int) -> None:
        """Give a wallet so many bills of some amount each, as if it had got them one by one."""
        for start in range(0, bills, BILLS_AT_ONCE):
            numbers = range(start, min(start + BILLS_AT_ONCE, bills))
            await self._fill(
                wallet_id, [derived_id("bench", wallet_id, at) for at in numbers], amount
            )

    async def send(self, sender: int, receiver: int, amount: int) -> None:
        """Send so many tokens."""
        errand = self.services.wallets.errand(self.token, amount)
        await self.services.wallets.send(errand, sender, receiver)

    async def check(self, wallet_ids: list[int], tokens: int) -> None:
        """Raise `Lost` unless these wallets hold so many together, and nothing is unfinished."""
        held = sum([await self.services.wallets.balance(one, self.token) for one in wallet_ids])
        if held != tokens or await self.services.wallets.unfinished():
            raise Lost(f"{held} tokens instead of {tokens}")

    async def _fill(self, wallet_id: int, ids: list[int], amount: int) -> None:
        event, number = self.services.catalog.event, self.token.number
        accounts = [
            bill_account(one, token_number=number, owner=wallet_id, expires_at=None) for one in ids
        ]
        await open_accounts(self.backing.ledger, accounts)
        issued = [
            Transfer(
                id=derived_id("bench-issue", one),
                debit_account_id=token_account_id(event, number, AccountCode.DEBT),
                credit_account_id=one,
                amount=amount,
                ledger=token_ledger(number),
                code=TransferCode.ISSUE,
            )
            for one in ids
        ]
        results = await self.backing.ledger.create_transfers(issued)
        if any(one.status != CreateTransferStatus.CREATED for one in results):
            raise Lost("tokens that were to be issued")
        now = self.backing.clock.now()
        bills = [StoredBill(one, wallet_id, number, amount, None, now) for one in ids]
        await self.backing.store.transaction(partial(wallets.add_bills, bills=bills))


@asynccontextmanager
async def purses(engine: Engine, folder: Path) -> AsyncIterator[Purses]:
    """A new event with more tokens than anybody will ask for."""
    event = an_event(tokens=(Token("drink", "Drink", SUPPLY),))
    store = await Database.open(sqlite_url(folder / f"{engine.name}.sqlite"))
    try:
        keys = SigningKeys(folder / "keys")
        backing = Backing(store, engine.ledger, keys, SystemClock(), folder)
        yield Purses(engine, await assemble(backing, event, "bench"), backing)
    finally:
        await store.close()
