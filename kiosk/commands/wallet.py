"""`kiosk wallet`: what is in wallets, where it came from, and what the organiser does with it."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from errno import EEXIST
from pathlib import Path
from typing import TypeVar

from kiosk.bootstrap import backing
from kiosk.commands.airdrop import find_token
from kiosk.commands.codes import print_code, save_code
from kiosk.commands.wallet_words import WalletPrinter
from kiosk.domain.books import TokenTotals
from kiosk.domain.events import Event
from kiosk.domain.statements import HistoryLine, Statement
from kiosk.domain.token_receipts import MoveReceipt, ReceiptVerdict
from kiosk.services.books import Books
from kiosk.services.catalog import Catalog
from kiosk.services.event_files import load_event
from kiosk.services.gifts import Gifts
from kiosk.services.lineages import Lineages
from kiosk.services.statements import Statements
from kiosk.services.ticket_files import TicketPicture
from kiosk.services.token_office import TokenOffice
from kiosk.services.token_receipts import TokenReceipts
from kiosk.services.wallet_access import WalletAccess
from kiosk.services.wallets import Wallets
from kiosk.settings import DEMO_EVENT, Settings
from kiosk.store.wallets import Wallet

T = TypeVar("T")
Entry = tuple[Wallet, Statement, list[HistoryLine]]


@dataclass(frozen=True, slots=True)
class Who:
    """Somebody as they are named on the command line; the name tells people of one address
    apart."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """So many tokens of one kind, and what for."""

    tokens: int
    token_key: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """What the commands work with."""

    event: Event
    wallets: Wallets
    office: TokenOffice
    access: WalletAccess
    statements: Statements
    lineages: Lineages
    receipts: TokenReceipts
    gifts: Gifts
    books: Books


def show(settings: Settings, who: Who, limit: int) -> int:
    """Print the wallets of somebody: balances, bills, and how tokens came and went."""

    async def run(desk: Desk) -> list[Entry]:
        return [
            (
                wallet,
                await desk.statements.statement(wallet.id, token),
                await desk.statements.history(wallet.id, token, limit=limit),
            )
            for wallet in await desk.office.found(who.email, who.name)
            for token in desk.event.tokens
        ]

    event, entries = _with_desk(settings, run)
    printer, before = WalletPrinter(event), None
    for wallet, statement, history in entries:
        if wallet.id != before:
            printer.wallet(wallet)
        before = wallet.id
        printer.statement(statement, history)
    return 0


def issue(settings: Settings, amount: Amount, to: Who) -> int:
    """Have tokens come to be in somebody's wallet, a new one if their name is said."""

    async def run(desk: Desk) -> MoveReceipt:
        token = find_token(desk.event, amount.token_key)
        errand = desk.wallets.errand(token, amount.tokens, amount.note)
        wallet = await desk.office.one_or_new(to.email, to.name)
        move = await desk.office.issue(errand, wallet)
        return await desk.receipts.of(move.id)

    return _tell_receipt(settings, run)


def send(settings: Settings, amount: Amount, sender: Who, to: Who) -> int:
    """Move tokens from one wallet to another."""

    async def run(desk: Desk) -> MoveReceipt:
        token = find_token(desk.event, amount.token_key)
        errand = desk.wallets.errand(token, amount.tokens, amount.note)
        giver = await desk.office.one(sender.email, sender.name)
        move = await desk.office.send(errand, giver, await desk.office.one(to.email, to.name))
        return await desk.receipts.of(move.id)

    return _tell_receipt(settings, run)


def bill(settings: Settings, start: str) -> int:
    """Print where the tokens of a bill came from and went, as a tree."""
    event, bills = _with_desk(settings, lambda desk: desk.lineages.of(start))
    WalletPrinter(event).tree(bills)
    return 0


def totals(settings: Settings) -> int:
    """Print where all tokens are; 1 if they are not all somewhere."""

    async def run(desk: Desk) -> list[TokenTotals]:
        return [await desk.books.tokens(token) for token in desk.event.tokens]

    event, found = _with_desk(settings, run)
    WalletPrinter(event).totals(found)
    return 0 if all(one.balances for one in found) else 1


def sweep(settings: Settings) -> int:
    """Book as expired what has, and send back the gifts that are due."""

    async def run(desk: Desk) -> tuple[int, int]:
        due = [await desk.gifts.send_back(gift_id) for gift_id in await desk.gifts.due()]
        return await desk.wallets.sweep(), sum(due)

    _, (expired, returned) = _with_desk(settings, run)
    print(f"{expired:,} tokens have expired, {returned:,} gifts went back")
    return 0


def reissue(settings: Settings, who: Who, save: str | None) -> int:
    """Give somebody a new code of their wallet; those before it open nothing."""

    async def run(desk: Desk) -> tuple[Wallet, str]:
        wallet = await desk.office.one(who.email, who.name)
        return wallet, await desk.access.reissue_of(wallet.id)

    path = Path(save).expanduser() if save else None
    if path is not None and path.exists():
        # Before the code that is in use becomes void.
        raise FileExistsError(EEXIST, os.strerror(EEXIST), str(path))
    event, (wallet, code) = _with_desk(settings, run)
    if path is None:
        print_code(code)
    else:
        save_code(path, _picture(event, wallet, code))
        print(f"Saved as {path}.")
    WalletPrinter(event).reissued(wallet)
    return 0


def reset_pin(settings: Settings, who: Who) -> int:
    """Take its PIN from a wallet: its owner chooses another one."""

    async def run(desk: Desk) -> Wallet:
        wallet = await desk.office.one(who.email, who.name)
        await desk.access.reset_pin(wallet.id)
        return wallet

    event, wallet = _with_desk(settings, run)
    WalletPrinter(event).reset(wallet)
    return 0


def check(settings: Settings, code: str) -> int:
    """Say whether a receipt is real, and what it is for; 1 if it is not."""
    event, checked = _with_desk(settings, lambda desk: desk.receipts.check(code))
    WalletPrinter(event).checked(checked)
    return 0 if checked.verdict is ReceiptVerdict.VALID else 1


def gifts(settings: Settings) -> int:
    """Print every gift and what became of it; never its code."""
    event, found = _with_desk(settings, lambda desk: desk.gifts.all())
    WalletPrinter(event).gifts(found)
    return 0


def _picture(event: Event, wallet: Wallet, code: str) -> TicketPicture:
    return TicketPicture(event.name, "Wallet", (), wallet.owner.name, "", "", code)


def _tell_receipt(settings: Settings, run: Callable[[Desk], Awaitable[MoveReceipt]]) -> int:
    event, receipt = _with_desk(settings, run)
    WalletPrinter(event).receipt(receipt)
    print(f"receipt {receipt.code}")
    return 0


def _with_desk(settings: Settings, do: Callable[[Desk], Awaitable[T]]) -> tuple[Event, T]:
    async def run() -> tuple[Event, T]:
        event = load_event(settings.event_file or DEMO_EVENT)
        async with backing(settings) as opened:
            catalog = Catalog(opened)
            event = await catalog.open(event)
            wallets = Wallets(opened, catalog)
            desk = Desk(
                event=event,
                wallets=wallets,
                office=TokenOffice(opened, catalog, wallets),
                access=WalletAccess(opened, catalog),
                statements=Statements(opened, catalog, wallets),
                lineages=Lineages(opened, catalog),
                receipts=TokenReceipts(opened, catalog),
                gifts=Gifts(opened, catalog, wallets),
                books=Books(opened, catalog),
            )
            return event, await do(desk)

    return asyncio.run(run())
