"""The worker of airdrops: each share from its condition to its bill, killed anywhere or not.

What is stored says what was asked for, so a worker only ever looks for what is not finished. Any
number of them may work at the same time.
"""

from collections.abc import AsyncIterator, Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Final

from sqlmodel import Session

from kiosk.domain import chart_airdrops, chart_tokens
from kiosk.domain.airdrops import Airdrop, AirdropState, Progress, Share, ShareState
from kiosk.domain.chains import Chain, ChainState, ChainUnavailable, Payout, PayoutBatch
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import Event
from kiosk.domain.tokens import Origin
from kiosk.services.backing import Backing
from kiosk.services.booking import transfer
from kiosk.services.catalog import Catalog
from kiosk.services.token_plans import TokenPlans
from kiosk.store import airdrop_conditions, airdrops, wallets
from kiosk.store.airdrop_tables import BatchState
from kiosk.store.airdrops import Batch
from kiosk.store.order_rows import attendee_id
from kiosk.store.wallets import StoredBill
from ledger.ids import new_id
from ledger.types import Account, Transfer
from ledger.types import CreateTransferStatus as Status

SHARES_AT_ONCE: Final = 2000
"""Shares of one transaction, and of one round of anything else: so much memory, and no more."""

RETRY_AFTER: Final = timedelta(minutes=1)
"""How long what a chain has failed to do is left in peace."""

_DONE: Final = (Status.CREATED, Status.EXISTS)
_NOTHING_LEFT: Final = (Status.EXCEEDS_CREDITS, Status.ID_ALREADY_FAILED)
Book = Callable[[Event, int, Share], Transfer]


class AirdropWorker:
    """Works at the airdrops of one event."""

    def __init__(
        self, backing: Backing, catalog: Catalog, plans: TokenPlans, chains: Mapping[str, Chain]
    ) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._plans = plans
        self._chains = chains

    async def airdrops(self) -> list[Airdrop]:
        """Every airdrop of the event whose chain, if it has one, can be reached from here."""
        event_id = self._catalog.event.id
        found = await self._store.transaction(partial(airdrops.all_of, event_id=event_id))
        return [airdrop for airdrop in found if airdrop.chain in ("", *self._chains)]

    async def work_at(self, airdrop: Airdrop) -> Progress:
        """Do all that can be done now for one airdrop; raises `ChainUnavailable`."""
        self._check_reach(airdrop)
        if airdrop.state is AirdropState.RUNNING:
            async for found in self._each(airdrop, ShareState.PENDING):
                await self._reserve(airdrop, await self._eligible(airdrop, found))
        # What was sent is heard of even when nothing more is given.
        await self._go_on(airdrop)
        if airdrop.state is AirdropState.RUNNING:
            while batch := await self._new_batch(airdrop):
                # One at a time: what is in memory is one batch.
                await self._advance(airdrop, batch)
        if airdrop.state is AirdropState.CLAWED_BACK:
            await self._claw_back(airdrop)
        return await self._store.transaction(partial(airdrops.progress, airdrop_id=airdrop.id))

    def _check_reach(self, airdrop: Airdrop) -> None:
        if airdrop.chain not in ("", *self._chains):
            raise ChainUnavailable(f"no way leads from here to the chain {airdrop.chain}")

    async def _claw_back(self, airdrop: Airdrop) -> None:
        """Take back what can be; what waits for its chain follows when that has spoken."""
        async for found in self._each(airdrop, ShareState.OFFERED, ShareState.PENDING):
            await self._moved(found, ShareState.TAKEN_BACK)
        async for found in self._each(airdrop, ShareState.RESERVED):
            # Of an airdrop that has ended no new batch is made, and the old ones have ended too.
            await self._transfer(airdrop, found, chart_airdrops.release)
            await self._moved(found, ShareState.TAKEN_BACK)
        async for found in self._each(airdrop, ShareState.RECEIVED):
            await self._transfer(airdrop, found, chart_airdrops.take_back)
            await self._moved(found, ShareState.TAKEN_BACK)

    async def _each(self, airdrop: Airdrop, *states: ShareState) -> AsyncIterator[list[Share]]:
        """All shares in one of these states, so many at a time."""
        after = 0
        while found := await self._shares(airdrop, states, after):
            after = found[-1].position
            yield found

    async def _shares(
        self, airdrop: Airdrop, states: tuple[ShareState, ...], after: int
    ) -> list[Share]:
        return await self._store.transaction(
            lambda session: airdrops.shares(
                session, airdrop.id, SHARES_AT_ONCE, states=states, after=after
            )
        )

    async def _moved(self, found: Sequence[Share], after: ShareState) -> None:
        await self._store.transaction(lambda session: airdrops.moved(session, found, after))

    async def _eligible(self, airdrop: Airdrop, found: Sequence[Share]) -> list[Share]:
        if not airdrop.requirements:
            return list(found)
        event, people = self._catalog.event, {attendee_id(one.owner): one for one in found}
        met = await self._store.transaction(
            lambda session: airdrop_conditions.met(session, event, airdrop.requirements, people)
        )
        return [share for person, share in people.items() if person in met]

    async def _reserve(self, airdrop: Airdrop, found: Sequence[Share]) -> None:
        if not found:
            return
        event, number = self._catalog.event, airdrop.token_number
        accounts = chart_airdrops.share_accounts(event, number, found)
        transfers = [chart_airdrops.reserve(event, number, share) for share in found]
        results = await transfer(self._ledger, transfers, accounts)
        reserved, refused = [], []
        for share, result in zip(found, results, strict=True):
            if result.status in _DONE:
                reserved.append(share)
            elif result.status in _NOTHING_LEFT:
                refused.append(share)
            else:
                raise LedgerContradicts(_what(airdrop, share), result.status.name)

        def record(session: Session) -> None:
            airdrops.moved(session, reserved, ShareState.RESERVED)
            airdrops.moved(session, refused, ShareState.REFUSED, tries=1)

        await self._store.transaction(record)

    async def _new_batch(self, airdrop: Airdrop) -> Batch | None:
        now, batch_id = self._clock.now(), new_id()
        most = SHARES_AT_ONCE
        if airdrop.chain:
            most = min(most, self._chains[airdrop.chain].batch_max)

        def make(session: Session) -> Batch | None:
            return airdrops.new_batch(
                session, airdrop.id, batch_id, most, at=now, retried=now - RETRY_AFTER
            )

        return await self._store.transaction(make)

    async def _go_on(self, airdrop: Airdrop) -> None:
        """Bring every batch as far as its chain lets it."""
        found = await self._store.transaction(partial(airdrops.open_batches, airdrop_id=airdrop.id))
        for batch in found:
            await self._advance(airdrop, batch)

    async def _advance(self, airdrop: Airdrop, batch: Batch) -> None:
        found = await self._store.transaction(partial(airdrops.of_batch, batch_id=batch.id))
        if batch.state is BatchState.NEW:
            batch = await self._send(airdrop, batch, found)
            if airdrop.chain and batch.state is not BatchState.SENT:
                # Somebody else is ahead: what we have read of the shares is old.
                return await self._advance(airdrop, batch)
        if batch.state is BatchState.SENT:
            found = await self._wait(airdrop, found)
            batch = await self._ask(airdrop, batch)
        match batch.state:
            case BatchState.CONFIRMED:
                await self._deliver(airdrop, batch, found)
            case BatchState.FAILED:
                await self._take_back(airdrop, batch, found)

    async def _send(self, airdrop: Airdrop, batch: Batch, found: Sequence[Share]) -> Batch:
        if not airdrop.chain:
            return await self._is(batch, BatchState.CONFIRMED)
        payouts = [Payout(share.address, share.amount) for share in found]
        token_key = self._plans.token(airdrop.token_number).key
        chain = self._chains[airdrop.chain]
        transaction_id = await chain.submit(PayoutBatch(batch.id, token_key, payouts))
        return await self._is(batch, BatchState.SENT, transaction_id)

    async def _wait(self, airdrop: Airdrop, found: Sequence[Share]) -> list[Share]:
        """What was sent waits for its chain; all shares of the batch as they are then."""
        reserved = _in_state(found, ShareState.RESERVED)
        await self._transfer(airdrop, reserved, chart_airdrops.submit)
        await self._moved(reserved, ShareState.WAITING)
        waiting = [replace(share, state=ShareState.WAITING) for share in reserved]
        return [*waiting, *(share for share in found if share.state is not ShareState.RESERVED)]

    async def _ask(self, airdrop: Airdrop, batch: Batch) -> Batch:
        match await self._chains[airdrop.chain].status(batch.transaction_id):
            case ChainState.PENDING:
                return batch
            case ChainState.CONFIRMED:
                return await self._is(batch, BatchState.CONFIRMED)
            case ChainState.FAILED:
                return await self._is(batch, BatchState.FAILED)

    async def _take_back(self, airdrop: Airdrop, batch: Batch, found: Sequence[Share]) -> None:
        """The chain will never do it: its shares may go into another batch."""
        waiting = _in_state(found, ShareState.WAITING)
        await self._transfer(airdrop, waiting, chart_airdrops.fail)

        def record(session: Session) -> None:
            # In one unit of work: a share that is free again must be seen in no batch.
            airdrops.moved(session, waiting, ShareState.RESERVED, tries=1)
            airdrops.settle_batch(session, batch)

        await self._store.transaction(record)

    async def _deliver(self, airdrop: Airdrop, batch: Batch, found: Sequence[Share]) -> None:
        """Bills for everybody in the batch, received at the moment its end was recorded."""
        before = ShareState.WAITING if airdrop.chain else ShareState.RESERVED
        owed = _in_state(found, before)
        bills = [self._bill(airdrop, batch, share) for share in owed]
        accounts = [
            chart_tokens.bill_account(
                bill.id,
                token_number=bill.token_number,
                owner=bill.wallet_id,
                expires_at=bill.expires_at,
            )
            for bill in bills
        ]
        book = chart_airdrops.confirm if airdrop.chain else chart_airdrops.deliver
        await self._transfer(airdrop, owed, book, accounts)

        def record(session: Session) -> None:
            wallets.add_bills(session, bills)
            airdrops.moved(session, owed, ShareState.RECEIVED)
            airdrops.settle_batch(session, batch)

        await self._store.transaction(record)

    def _bill(self, airdrop: Airdrop, batch: Batch, share: Share) -> StoredBill:
        token = self._plans.token(airdrop.token_number)
        return StoredBill(
            id=chart_airdrops.share_bill_id(share),
            wallet_id=share.wallet_id,
            token_number=token.number,
            amount=share.amount,
            expires_at=self._plans.expiry(token, Origin.AIRDROP, share.amount, at=batch.since),
            received_at=batch.since,
        )

    async def _transfer(
        self,
        airdrop: Airdrop,
        found: Sequence[Share],
        book: Book,
        accounts: Sequence[Account] = (),
    ) -> None:
        event, number = self._catalog.event, airdrop.token_number
        transfers = [book(event, number, share) for share in found]
        results = await transfer(self._ledger, transfers, accounts)
        for share, result in zip(found, results, strict=True):
            if result.status not in _DONE:
                raise LedgerContradicts(_what(airdrop, share), result.status.name)

    async def _is(self, batch: Batch, state: BatchState, transaction_id: str = "") -> Batch:
        now = self._clock.now()
        return await self._store.transaction(
            lambda session: airdrops.batch_is(session, batch, state, now, transaction_id)
        )


def _in_state(found: Iterable[Share], state: ShareState) -> list[Share]:
    return [share for share in found if share.state is state]


def _what(airdrop: Airdrop, share: Share) -> str:
    return f"share {share.position} of airdrop {airdrop.name}"
