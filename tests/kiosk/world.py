"""A data folder with a ledger of either engine, and terminals that come and go on it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import URL

from kiosk.bootstrap import assemble
from kiosk.domain import chart
from kiosk.domain.admission import Scan
from kiosk.domain.basket import Basket
from kiosk.domain.chains import Chain
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import Event, ProviderName, ResourceKind
from kiosk.domain.orders import Order
from kiosk.services.backing import Backing
from kiosk.services.kiosk import Services
from kiosk.services.payments import Channel
from kiosk.services.terminals import Pairing, Terminals
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from ledger.engine import Ledger
from ledger.types import Account
from tests.fakes import FakeClock
from tests.kiosk.factories import ADA, a_cashier, an_event, usd

MakeLedger = Callable[[Path, FakeClock], Ledger]


@dataclass(frozen=True)
class Terminal:
    """One terminal of a world: its services and what they stand on."""

    services: Services
    backing: Backing

    async def sell(self, basket: Basket | str = "general") -> Order:
        """Sell one ticket, or a basket of them, for cash."""
        order = await self.hold(basket)
        tendered = max(usd(1000), order.total)
        return await self.services.sales.pay_cash(order.id, tendered, a_cashier())

    async def hold(self, basket: Basket | str = "general") -> Order:
        """Hold one place, or those of a basket."""
        order_id = self.services.sales.new_order_id()
        return await self.services.sales.place(order_id, basket, ADA)

    async def admit(self, text: str) -> None:
        """Admit somebody who accepts the Code of Conduct."""
        admission = self.services.admission
        scan = Scan(text, admission.new_nonce())
        needs = await admission.scan(scan)
        await admission.accept_conduct(needs, "en", scan)  # type: ignore[arg-type]  # else fails

    async def balance(self, account_id: int) -> int:
        """Credits minus debits, posted."""
        found = await self.backing.ledger.lookup_accounts([account_id])
        return sum(one.credits_posted - one.debits_posted for one in found)

    async def slot_account(self, code: AccountCode, slot_number: int = 1) -> Account:
        """An account of a slot."""
        return await self.account(ResourceKind.SLOT, code, slot_number)

    async def account(self, kind: ResourceKind, code: AccountCode, number: int = 1) -> Account:
        """An account of a slot, a pool or a goodie."""
        account_id = chart.resource_account_id(self.services.catalog.event, kind, number, code)
        [account] = await self.backing.ledger.lookup_accounts([account_id])
        return account

    async def takings(self) -> tuple[int, int]:
        """Money received, by whatever way of paying, and sales booked."""
        event = self.services.catalog.event
        ways = {chart.cash_account_id(event, provider) for provider in (*ProviderName, chart.BANK)}
        cash = -sum([await self.balance(way) for way in ways])
        return cash, await self.balance(chart.event_account_id(event, AccountCode.SALES))


class World:
    """A data folder, and a clock for everybody who works on it."""

    def __init__(
        self,
        folder: Path,
        make_ledger: MakeLedger,
        *,
        is_server: bool = False,
        database_url: URL | None = None,
    ) -> None:
        self.folder = folder
        self.database_url = database_url or sqlite_url(folder / "kiosk.sqlite")
        self._is_server = is_server
        self._clients: dict[str, Ledger] = {}
        self.clock = FakeClock()
        self.make_ledger = make_ledger
        self.event = an_event()
        self.channels: dict[str, Channel] = {}
        """The providers of payments that its terminals reach."""
        self.chains: dict[str, Chain] = {}
        """The outside chains that they reach."""
        self._terminals: list[Terminal] = []
        self._backings: list[Backing] = []
        """Of the terminals, and of those that could not be opened."""

    async def open(
        self,
        event: Event | None = None,
        name: str = "north",
        *,
        back: Callable[[Backing], Backing] = lambda backing: backing,
    ) -> Terminal:
        """Open a terminal on `event`; `back` may wrap what its services stand on."""
        if event is not None:
            self.event = event
        backing = Backing(
            store=await Database.open(self.database_url),
            ledger=self._ledger(name),
            keys=SigningKeys(self.folder / "keys"),
            clock=self.clock,
            folder=self.folder,
        )
        self._backings.append(backing)
        await pair(backing, name)
        services = await assemble(back(backing), self.event, name, self.channels, self.chains)
        terminal = Terminal(services, backing)
        self._terminals.append(terminal)
        return terminal

    async def close_terminals(self) -> None:
        """Close every terminal that was opened."""
        terminals, self._terminals = self._terminals, []
        for terminal in terminals:
            await terminal.services.lane.close()
        backings, self._backings = self._backings, []
        for backing in backings:
            await backing.store.close()
            if not self._is_server:
                await backing.ledger.close()

    async def close(self) -> None:
        """Close everything."""
        await self.close_terminals()
        for client in self._clients.values():
            await client.close()

    def _ledger(self, name: str) -> Ledger:
        # A server takes its time to register a client, so a terminal that comes back keeps its
        # own; a file is opened afresh, because what it says by then is what is tested.
        if not self._is_server:
            return self.make_ledger(self.folder, self.clock)
        if name not in self._clients:
            self._clients[name] = self.make_ledger(self.folder, self.clock)
        return self._clients[name]


async def pair(backing: Backing, name: str) -> None:
    """Pair a terminal, as an organiser would, unless it is the first or was here before."""
    pairing = Pairing(backing, name)
    if not await pairing.enter():
        invitation = await Terminals(backing.store, backing.clock).invite(name)
        await pairing.pair(invitation.code)
