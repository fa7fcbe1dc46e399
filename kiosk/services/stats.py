"""What the organiser watches: every figure is the ledger's."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter
from typing import Final

from kiosk.domain import chart
from kiosk.domain.chart import BANK, AccountCode
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import Event, ProviderName, Resource, ResourceKind
from kiosk.domain.money import Money, zero
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import refunds, troubles
from ledger.engine import LedgerUnavailable
from ledger.types import Account

_WAYS: Final = (*ProviderName, BANK)
_COUNTED: Final = (AccountCode.BUDGET, AccountCode.SPENT, AccountCode.REDEEMED)


@dataclass(frozen=True, slots=True)
class Count:
    """How much of a slot, a pool or a goodie is where; together it is the capacity."""

    resource: Resource
    title: str
    sold: int
    """Paid for, admitted or not; of a goodie: granted, handed out or not."""
    held: int
    """Somebody is paying."""
    left: int
    redeemed: int
    """Admitted, of those sold; of a goodie: handed out."""


@dataclass(frozen=True, slots=True)
class Takings:
    """Money of the event."""

    sales: Money
    """What was charged for tickets and packs, before discounts."""
    discounts: Money
    """What of that was never to be collected."""
    received: Mapping[str, Money]
    """What came in and did not go back, by way of paying: a provider's name, or `BANK`."""
    refunds_due: Money
    refunds_due_count: int
    """Orders whose customers it is to go back to."""

    @property
    def total_received(self) -> Money:
        """The money that came in and did not go back; tokens are none: theirs came before."""
        money = [sum_ for way, sum_ in self.received.items() if way != ProviderName.TOKENS]
        return sum(money, zero(self.sales.currency))


@dataclass(frozen=True, slots=True)
class Health:
    """How ledger and store are; None in place of the seconds they took to answer: they did not."""

    ledger_engine: str
    ledger_seconds: float | None
    store_seconds: float | None

    @property
    def is_well(self) -> bool:
        """Whether both answer."""
        return self.ledger_seconds is not None and self.store_seconds is not None


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything at one moment, in the order of the event file."""

    at: datetime
    slots: tuple[Count, ...]
    pools: tuple[Count, ...]
    goodies: tuple[Count, ...]
    takings: Takings
    health: Health
    attention: int = 0
    """Orders that could not be finished, and that people should look into."""


class Stats:
    """Figures of the open event."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog

    async def snapshot(self) -> Snapshot:
        """The figures now; raises `LedgerUnavailable` or `StoreUnavailable`."""
        event = self._catalog.event
        began = perf_counter()
        unpaid, attention = await self._store.transaction(
            lambda session: (
                refunds.unpaid(session, event.id),
                troubles.count(session, event.id),
            )
        )
        stored = perf_counter()
        found = await self._ledger.lookup_accounts([*_account_ids(event)])
        answered = perf_counter()
        owed = {chart.customer_account_id(refund.order_id) for refund in unpaid}
        due = [_balance(one) for one in await self._ledger.lookup_accounts([*owed])]
        accounts = {account.id: account for account in found}
        counts = _counts(event, accounts)
        return Snapshot(
            at=self._clock.now(),
            slots=tuple(_of_kind(counts, ResourceKind.SLOT)),
            pools=tuple(_of_kind(counts, ResourceKind.POOL)),
            goodies=tuple(_of_kind(counts, ResourceKind.GOODIE)),
            takings=_takings(event, accounts, [amount for amount in due if amount > 0]),
            health=Health(self._ledger.engine, answered - stored, stored - began),
            attention=attention,
        )

    async def health(self) -> Health:
        """How ledger and store are, whether they answer or not."""
        event = self._catalog.event
        began = perf_counter()
        try:
            await self._store.transaction(lambda session: refunds.unpaid(session, event.id))
            store_seconds = perf_counter() - began
        except StoreUnavailable:
            store_seconds = None
        began = perf_counter()
        sales = chart.event_account_id(event, AccountCode.SALES)
        try:
            await self._ledger.lookup_accounts([sales])
            ledger_seconds = perf_counter() - began
        except LedgerUnavailable:
            ledger_seconds = None
        return Health(self._ledger.engine, ledger_seconds, store_seconds)


def _account_ids(event: Event) -> Iterable[int]:
    for one in event.resources:
        # Nothing of a hall is sold; its doors count who is inside.
        for code in _COUNTED if one.kind is not ResourceKind.HALL else ():
            yield chart.resource_account_id(event, one.kind, one.number, code)
    yield chart.event_account_id(event, AccountCode.SALES)
    yield chart.event_account_id(event, AccountCode.DISCOUNTS)
    for way in _WAYS:
        yield chart.cash_account_id(event, way)


def _balance(account: Account) -> int:
    return account.credits_posted - account.debits_posted


def _of_kind(counts: Iterable[Count], kind: ResourceKind) -> Iterable[Count]:
    return (count for count in counts if count.resource.kind is kind)


def _counts(event: Event, accounts: Mapping[int, Account]) -> list[Count]:
    titles = {slot.resource: slot.title for slot in event.slots}
    titles |= {pool.resource: pool.name for pool in event.pools}
    titles |= {goodie.resource: goodie.name for goodie in event.goodies}
    redeemed = {one: _balance(_account(event, accounts, one, _COUNTED[2])) for one in titles}
    counts = []
    for one, title in titles.items():
        budget = _account(event, accounts, one, AccountCode.BUDGET)
        spent = _account(event, accounts, one, AccountCode.SPENT)
        # Who is admitted to a pool's hall is admitted by a ticket for one of its slots.
        inside = [slot.resource for slot in event.slots if slot.pool == one.key]
        counts.append(
            Count(
                one,
                title,
                sold=_balance(spent) + redeemed[one],
                held=budget.debits_pending,
                left=_balance(budget) - budget.debits_pending,
                redeemed=sum(redeemed[slot] for slot in inside)
                if one.kind is ResourceKind.POOL
                else redeemed[one],
            )
        )
    return counts


def _account(
    event: Event, accounts: Mapping[int, Account], one: Resource, code: AccountCode
) -> Account:
    return accounts[chart.resource_account_id(event, one.kind, one.number, code)]


def _takings(event: Event, accounts: Mapping[int, Account], due: list[int]) -> Takings:
    def money(minor: int) -> Money:
        return Money(minor, event.currency)

    cash = {way: accounts[chart.cash_account_id(event, way)] for way in _WAYS}
    return Takings(
        sales=money(_balance(accounts[chart.event_account_id(event, AccountCode.SALES)])),
        discounts=money(-_balance(accounts[chart.event_account_id(event, AccountCode.DISCOUNTS)])),
        received={way: money(-_balance(account)) for way, account in cash.items()},
        refunds_due=money(sum(due)),
        refunds_due_count=len(due),
    )
