"""One engine under test, as the contract suite speaks to it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import NamedTuple

from ledger.engine import Ledger
from ledger.types import (
    Account,
    CreateAccountResult,
    CreateAccountStatus,
    CreateTransferResult,
    CreateTransferStatus,
    Transfer,
    TransferFlags,
)
from tests.ledger.factories import FakeClock, a_transfer, an_account

DEADLINE_SECONDS = 20
POLL_SECONDS = 0.02

# The tests of a session share one server: each has a ledger number of its own.
_numbers = count(1000)


class Balance(NamedTuple):
    """The four totals of an account."""

    debits_pending: int = 0
    debits_posted: int = 0
    credits_pending: int = 0
    credits_posted: int = 0


@dataclass(frozen=True, slots=True)
class Books:
    """A ledger, a ledger number that no other test uses, and the engine's clock if it is ours."""

    ledger: Ledger
    number: int
    clock: FakeClock | None

    @classmethod
    def over(cls, ledger: Ledger, clock: FakeClock | None = None) -> "Books":
        """Books of a number that is new in this process."""
        return cls(ledger, next(_numbers), clock)

    def account(self, **fields: int) -> Account:
        """A valid account of this ledger number."""
        return an_account(**({"ledger": self.number} | fields))

    def transfer(self, debit: Account, credit: Account, **fields: int) -> Transfer:
        """A valid transfer of 1 from `debit` to `credit`."""
        accounts = {"debit_account_id": debit.id, "credit_account_id": credit.id}
        return a_transfer(**({"ledger": self.number} | accounts | fields))

    def post(self, pending_id: int, **fields: int) -> Transfer:
        """A post of `pending_id` that takes over all its fields; of everything by default."""
        flags = fields.pop("flags", 0) | TransferFlags.POST_PENDING_TRANSFER
        return self._resolution(pending_id, {"amount": 2**128 - 1, "flags": flags} | fields)

    def void(self, pending_id: int, **fields: int) -> Transfer:
        """A void of `pending_id` that takes over all its fields."""
        flags = fields.pop("flags", 0) | TransferFlags.VOID_PENDING_TRANSFER
        return self._resolution(pending_id, {"amount": 0, "flags": flags} | fields)

    @staticmethod
    def _resolution(pending_id: int, fields: dict[str, int]) -> Transfer:
        return a_transfer(**({"pending_id": pending_id, "ledger": 0, "code": 0} | fields))

    async def open(self, *flags: int, **fields: int) -> list[Account]:
        """Create accounts with these flags, and answer them as they are stored."""
        accounts = [self.account(flags=each, **fields) for each in flags]
        await self.create(*accounts)
        return await self.ledger.lookup_accounts([account.id for account in accounts])

    async def create(self, *events: Account | Transfer) -> None:
        """Create accounts or transfers, in one request, all of which must succeed."""
        statuses = await self.statuses(*events)
        assert {status.name for status in statuses} == {"CREATED"}, statuses

    async def results(
        self, *events: Account | Transfer
    ) -> list[CreateAccountResult] | list[CreateTransferResult]:
        """Send events of one kind in one request."""
        accounts = [event for event in events if isinstance(event, Account)]
        if accounts:
            assert len(accounts) == len(events)
            return await self.ledger.create_accounts(accounts)
        return await self.ledger.create_transfers(
            [event for event in events if isinstance(event, Transfer)]
        )

    async def statuses(
        self, *events: Account | Transfer
    ) -> list[CreateAccountStatus | CreateTransferStatus]:
        """Send events of one kind in one request; the statuses."""
        return [result.status for result in await self.results(*events)]

    async def status(self, event: Account | Transfer) -> CreateAccountStatus | CreateTransferStatus:
        """Send one event in a request of its own; its status."""
        [status] = await self.statuses(event)
        return status

    async def stored(self, account: Account) -> Account:
        """An account as it is now."""
        [found] = await self.ledger.lookup_accounts([account.id])
        return found

    async def balance(self, account: Account) -> Balance:
        """The totals of an account now."""
        now = await self.stored(account)
        return Balance(
            now.debits_pending, now.debits_posted, now.credits_pending, now.credits_posted
        )

    async def fund(self, account: Account, amount: int) -> None:
        """Credit `account` from a new account without limits."""
        [source] = await self.open(0)
        await self.create(self.transfer(source, account, amount=amount))

    async def settle(self, seconds: int, settled: Callable[[], Awaitable[bool]]) -> None:
        """Let `seconds` pass; then `settled` must hold, on a server within a deadline."""
        if self.clock is not None:
            self.clock.advance(seconds=seconds)
            assert await settled()
            return
        async with asyncio.timeout(seconds + DEADLINE_SECONDS):
            while not await settled():
                await _pause(POLL_SECONDS)


async def _pause(seconds: float) -> None:
    # A server's clock cannot be set: nothing tells us when its expiry has run but asking again.
    moment = asyncio.get_running_loop().create_future()
    handle = asyncio.get_running_loop().call_later(seconds, moment.set_result, None)
    try:
        await moment
    finally:
        handle.cancel()
