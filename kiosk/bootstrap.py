"""The composition root: the one place that chooses a store, a ledger and a clock."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import replace
from importlib import import_module

from kiosk.ahead import ledger_ahead
from kiosk.chains.reach import reachable
from kiosk.clock import Clock, SystemClock
from kiosk.domain.chains import Chain
from kiosk.domain.events import Event, ProviderName
from kiosk.domain.terminals import NotPaired
from kiosk.services import token_payments
from kiosk.services.admission import Admission, Terminal
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.airdrops import Airdrops
from kiosk.services.backing import Backing
from kiosk.services.books import Books
from kiosk.services.catalog import Catalog
from kiosk.services.claim_transfers import ClaimTransfers
from kiosk.services.claims import Claims
from kiosk.services.crowds import Crowds
from kiosk.services.doorways import Doorways
from kiosk.services.emptyings import Emptyings
from kiosk.services.event_files import load_event
from kiosk.services.exports import Exports
from kiosk.services.finishing import MoneyFinisher, MoneyServices
from kiosk.services.finishing_tickets import TicketFinisher
from kiosk.services.finishing_tokens import TokenFinisher
from kiosk.services.gifts import Gifts
from kiosk.services.hand_outs import HandOuts
from kiosk.services.invoices import Invoices
from kiosk.services.kiosk import Services
from kiosk.services.lane import Lane
from kiosk.services.lineages import Lineages
from kiosk.services.payments import Channel, Payments
from kiosk.services.printing import TicketPrinter
from kiosk.services.receipts import Receipts
from kiosk.services.recipients import Recipients
from kiosk.services.reconciliation import Reconciliation
from kiosk.services.refunds import Refunds
from kiosk.services.sales import Sales
from kiosk.services.settlement import Settlement
from kiosk.services.staff import Staff
from kiosk.services.statements import Statements
from kiosk.services.stats import Stats
from kiosk.services.terminals import Pairing, Terminals
from kiosk.services.ticket_desk import TicketDesk
from kiosk.services.ticket_files import TicketFiles
from kiosk.services.token_desk import TokenDesk
from kiosk.services.token_payments import TokenProvider, TokenTill
from kiosk.services.token_receipts import TokenReceipts
from kiosk.services.wallet_access import WalletAccess
from kiosk.services.wallets import Wallets
from kiosk.settings import DEMO_EVENT, Settings
from kiosk.store import terminals
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from ledger.engine import Ledger


@asynccontextmanager
async def services(settings: Settings, clock: Clock | None = None) -> AsyncIterator[Services]:
    """The open services of this terminal, and an end to all of them.

    An event that takes payments at providers has its web server running meanwhile. Raises what
    stands in the way: `EventFileError`, `EventChanged`, `SigningKeyMissing`, `StoreTooNew`,
    `NotPaired`, `CannotListen`, `LedgerError`.
    """
    # Read first: a file with faults must leave nothing behind.
    event = load_event(settings.event_file or DEMO_EVENT)
    async with services_of(event, settings, backing(settings, clock), _refuse) as opened:
        yield opened


@asynccontextmanager
async def services_of(
    event: Event,
    settings: Settings,
    behind: AbstractAsyncContextManager[Backing],
    let_in: Callable[[Pairing], Awaitable[None]],
) -> AsyncIterator[Services]:
    """The services of an event over what is `behind` them, which is opened here; as `services`.

    `let_in` has a terminal paired that is not: before that, it has no services at all.
    """
    files, printer = TicketFiles(settings.tickets_folder), TicketPrinter(settings.print_command)
    async with behind as opened, AsyncExitStack() as closing:
        closing.push_async_callback(printer.close)
        pairing = Pairing(opened, settings.terminal)
        if not await pairing.enter():
            await let_in(pairing)
        chains = await closing.enter_async_context(reachable(settings, opened, event))
        if ProviderName.SANDBOX in event.providers:
            sandbox = _with_sandbox(settings, opened, event, chains)
            assembled = await closing.enter_async_context(sandbox)
        else:
            assembled = await assemble(opened, event, settings.terminal, chains=chains)
        closing.push_async_callback(assembled.lane.close)
        if settings.door_deadline_seconds is not None:
            assembled.lane.deadline_seconds = settings.door_deadline_seconds
        yield replace(assembled, ticket_files=files, printer=printer)


async def _refuse(pairing: Pairing) -> None:
    raise NotPaired


@asynccontextmanager
async def backing(
    settings: Settings, clock: Clock | None = None, ahead: "asyncio.Task[Ledger] | None" = None
) -> AsyncIterator[Backing]:
    """The open store and ledger of a data folder, and an end to both.

    A ledger that is on its way already, `ahead` of all else, is ended by whoever began it.
    """
    async with AsyncExitStack() as closing:
        if ahead is None:
            ahead = await closing.enter_async_context(ledger_ahead(settings))
        ledger = await ahead
        store = await closing.enter_async_context(open_store(settings))
        keys = signing_keys(settings)
        yield Backing(store, ledger, keys, clock or SystemClock(), settings.home)


@asynccontextmanager
async def open_store(settings: Settings) -> AsyncIterator[Database]:
    """The open store alone, for whatever the ledger need not run for."""
    settings.home.mkdir(mode=0o700, parents=True, exist_ok=True)
    url = settings.database_url or sqlite_url(settings.home / "kiosk.sqlite")
    store = await Database.open(url)
    try:
        yield store
    finally:
        await store.close()


def signing_keys(settings: Settings) -> SigningKeys:
    """The keys of this machine."""
    return SigningKeys(settings.home / "keys")


async def assemble(
    backing: Backing,
    event: Event,
    terminal: str,
    channels: Mapping[str, Channel] | None = None,
    chains: Mapping[str, Chain] | None = None,
) -> Services:
    """Open `event` and put the services of the terminal of that name together.

    `channels` are the providers of payments that can be reached, `chains` where airdrops go, both
    by name.
    """
    number = await backing.store.transaction(lambda session: terminals.register(session, terminal))
    pairing = Pairing(backing, terminal)
    await pairing.enter()
    catalog = Catalog(backing)
    await catalog.open(event)
    settlement = Settlement(backing, catalog)
    receipts = Receipts(backing, catalog, settlement)
    wallets = Wallets(backing, catalog)
    paying = TokenProvider(backing, catalog, wallets)
    known = {**(channels or {}), **_paid_with_tokens(event, paying)}
    payments = Payments(backing, catalog, receipts, known)
    refunds = Refunds(backing, catalog, number)
    invoices = Invoices(backing, catalog, number)
    door = Terminal(number, terminal)
    admission = Admission(backing, catalog, door)
    finisher = MoneyFinisher(backing, catalog, MoneyServices(payments, refunds, invoices))
    claims, hand_outs = Claims(backing, catalog, door), HandOuts(backing, catalog, door)
    transfers = ClaimTransfers(backing, catalog)
    emptyings = Emptyings(backing, catalog, door)
    tickets = TicketFinisher(claims, transfers, hand_outs, emptyings)
    worker = AirdropWorker(backing, catalog, wallets.plans, chains or {})
    gifts = Gifts(backing, catalog, wallets)
    tokens = TokenFinisher(wallets, gifts, worker)
    return Services(
        catalog=catalog,
        sales=Sales(backing, catalog, settlement, payments),
        pack_stock=settlement.stock,
        admission=admission,
        doorways=Doorways(backing, catalog, number),
        emptyings=emptyings,
        lane=Lane(backing, catalog, admission, door),
        staff=Staff(backing, catalog, number),
        pairing=pairing,
        terminals=Terminals(backing.store, backing.clock, number),
        payments=payments,
        refunds=refunds,
        invoices=invoices,
        claims=claims,
        ticket_desk=TicketDesk(backing, catalog, door, transfers),
        hand_outs=hand_outs,
        wallets=wallets,
        token_desk=TokenDesk(backing, catalog, wallets, number),
        token_till=TokenTill(catalog, payments, paying),
        wallet_access=WalletAccess(backing, catalog, number),
        airdrops=Airdrops(backing, catalog, worker),
        statements=Statements(backing, catalog, wallets),
        recipients=Recipients(backing, catalog),
        token_receipts=TokenReceipts(backing, catalog),
        gifts=gifts,
        reconciliation=Reconciliation(backing, catalog, settlement, finisher, tickets, tokens),
        stats=Stats(backing, catalog),
        crowds=Crowds(backing, catalog),
        books=Books(backing, catalog),
        exports=Exports(backing, catalog, number),
        lineages=Lineages(backing, catalog),
        clock=backing.clock,
        courtesy=backing.courtesy,
        ledger_engine=backing.ledger.engine,
        terminal=terminal,
    )


def _paid_with_tokens(event: Event, provider: TokenProvider) -> Mapping[str, Channel]:
    if ProviderName.TOKENS not in event.providers:
        return {}
    # Its word is never sent to us: what would sign it, nobody knows.
    return {token_payments.NAME: Channel(provider, secrets.token_bytes(32))}


@asynccontextmanager
async def _with_sandbox(
    settings: Settings, backing: Backing, event: Event, chains: Mapping[str, Chain]
) -> AsyncIterator[Services]:
    """Services that take payments at the sandbox, whose pages and webhooks are served here."""
    # Loaded only for an event that wants it: a start without a web server is faster. Meanwhile the
    # first screen can be used.
    await asyncio.to_thread(import_module, "kiosk.api.server")
    from kiosk.api.addresses import listening
    from kiosk.api.sandbox import NAME, Agreement, Sandbox
    from kiosk.api.server import serving

    secret = await asyncio.to_thread(backing.keys.webhook_secret, NAME)
    async with AsyncExitStack() as closing:
        listener = closing.enter_context(listening(settings))
        agreement = Agreement.at(listener, secret)
        file = settings.home / "sandbox.sqlite"
        sandbox = await Sandbox.open(file, agreement, backing.clock)
        closing.push_async_callback(sandbox.close)
        channels = {NAME: Channel(sandbox, secret)}
        opened = await assemble(backing, event, settings.terminal, channels, chains)
        await closing.enter_async_context(serving(listener, opened.payments, sandbox))
        yield opened
