"""`kiosk airdrop`: try a list dry, give its tokens, and see what became of every row."""

import asyncio
import csv
import sys
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO, TypeVar

from kiosk.bootstrap import backing
from kiosk.chains.reach import ETHEREUM, address_rule, ethereum_settings, reachable
from kiosk.domain.airdrop_lists import BadRow, InvalidList, ListedRow, RowFault, read_list
from kiosk.domain.airdrops import Airdrop, Progress, Share, ShareState, parse_requirement
from kiosk.domain.events import Event
from kiosk.domain.spreadsheets import written
from kiosk.domain.tokens import Token
from kiosk.services.airdrop_worker import AirdropWorker
from kiosk.services.airdrops import AirdropPlan, Airdrops, Trial
from kiosk.services.catalog import Catalog
from kiosk.services.event_files import load_event
from kiosk.services.wallets import Wallets
from kiosk.settings import DEMO_EVENT, Settings

T = TypeVar("T")
Line = tuple[str | int, ...]

_FAULTS = {
    RowFault.NAME: "a name of 1 to 200 characters was expected",
    RowFault.EMAIL: "an e-mail address was expected",
    RowFault.AMOUNT: "a whole number of tokens, 1 or more, was expected",
    RowFault.TWICE: "the same person stands in an earlier row",
    RowFault.ADDRESS: "an address with its capital letters (EIP-55) was expected",
    RowFault.COLUMNS: "the row has more cells than there are columns",
}


@dataclass(frozen=True, slots=True)
class Wish:
    """An airdrop as it was asked for on the command line."""

    name: str
    file: str
    token: str
    amount: int | None
    conditions: tuple[str, ...]
    is_claimed: bool
    chain: str


def check(settings: Settings, wish: Wish, to: str | None) -> int:
    """Say what would become of each row: nothing is stored, nothing is given."""
    rows = list(_rows(wish, _text(wish)))

    async def run(airdrops: Airdrops, wallets: Wallets, event: Event) -> list[Line]:
        plan = _plan(event, wish)
        listed = [row for row in rows if isinstance(row, ListedRow)]
        left = await wallets.left(plan.token)
        lines = [_bad(row) for row in rows if isinstance(row, BadRow)]
        lines += [_tried(trial) async for trial in airdrops.try_dry(plan, listed, left)]
        return sorted(lines, key=lambda line: line[0])

    lines = _with_airdrops(settings, run)
    _write(to, [("line", "name", "email", "amount", "problem"), *lines])
    good = sum(1 for line in lines if not line[-1])
    print(f"{good} of {len(lines)} rows would be given", file=sys.stderr)
    return 0 if good == len(lines) else 1


def load(settings: Settings, wish: Wish) -> int:
    """Store a list and give its tokens; a list with bad rows is not begun."""
    if wish.chain == ETHEREUM:
        ethereum_settings(settings)
    text = _text(wish)
    bad = [row for row in _rows(wish, text) if isinstance(row, BadRow)]
    for row in bad:
        print(f"{wish.file}:{row.line}: {_FAULTS[row.fault]}", file=sys.stderr)
    if bad:
        return 1

    async def run(airdrops: Airdrops, wallets: Wallets, event: Event) -> Progress:
        # Read again, rather than kept: a list may be as long as it likes.
        listed = (row for row in _rows(wish, text) if isinstance(row, ListedRow))
        airdrop = await airdrops.load(_plan(event, wish), listed)
        return await airdrops.run(airdrop)

    return _tell(_with_airdrops(settings, run))


def go_on(settings: Settings, name: str) -> int:
    """Do all that can be done now for an airdrop."""
    return _tell(_with_one(settings, name, lambda airdrops, one: airdrops.run(one)))


def resume(settings: Settings, name: str) -> int:
    """Go on with a paused airdrop."""

    async def run(airdrops: Airdrops, airdrop: Airdrop) -> Progress:
        return await airdrops.run(await airdrops.resume(airdrop))

    return _tell(_with_one(settings, name, run))


def pause(settings: Settings, name: str) -> int:
    """Give nothing more of an airdrop until it is resumed."""

    async def run(airdrops: Airdrops, airdrop: Airdrop) -> Progress:
        return await airdrops.progress(await airdrops.pause(airdrop))

    return _tell(_with_one(settings, name, run))


def take_back(settings: Settings, name: str) -> int:
    """End an airdrop and take back what of it is unspent."""
    return _tell(_with_one(settings, name, lambda airdrops, one: airdrops.take_back(one)))


def results(settings: Settings, name: str, to: str | None) -> int:
    """Write what became of every row."""

    async def run(airdrops: Airdrops, airdrop: Airdrop) -> list[Line]:
        sent = await airdrops.transactions(airdrop)
        return [_result(share, sent) async for share in airdrops.shares(airdrop)]

    header = ("name", "email", "amount", "state", "address", "transaction")
    _write(to, [header, *_with_one(settings, name, run)])
    return 0


def show(settings: Settings) -> int:
    """Print every airdrop and how far it is."""

    async def run(
        airdrops: Airdrops, wallets: Wallets, event: Event
    ) -> list[tuple[Airdrop, Progress]]:
        return [(one, await airdrops.progress(one)) for one in await airdrops.all()]

    for airdrop, progress in _with_airdrops(settings, run):
        print(f"{airdrop.name}  {airdrop.state}  {_words(progress)}")
    return 0


def _with_one(settings: Settings, name: str, do: Callable[[Airdrops, Airdrop], Awaitable[T]]) -> T:
    async def run(airdrops: Airdrops, wallets: Wallets, event: Event) -> T:
        return await do(airdrops, await airdrops.find(name))

    return _with_airdrops(settings, run)


def _with_airdrops(settings: Settings, do: Callable[[Airdrops, Wallets, Event], Awaitable[T]]) -> T:
    async def run() -> T:
        event = load_event(settings.event_file or DEMO_EVENT)
        async with backing(settings) as opened, reachable(settings, opened, event) as chains:
            catalog = Catalog(opened)
            event = await catalog.open(event)
            wallets = Wallets(opened, catalog)
            worker = AirdropWorker(opened, catalog, wallets.plans, chains)
            return await do(Airdrops(opened, catalog, worker), wallets, event)

    return asyncio.run(run())


def _text(wish: Wish) -> str:
    try:
        return Path(wish.file).expanduser().read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidList(f"a list in UTF-8: {wish.file}") from None


def _rows(wish: Wish, text: str) -> Iterator[ListedRow | BadRow]:
    return read_list(text, wish.amount, address_rule(wish.chain))


def find_token(event: Event, key: str) -> Token:
    """A token by its key; raises `InvalidList`."""
    tokens: dict[str, Token] = {token.key: token for token in event.tokens}
    if key not in tokens:
        known = ", ".join(tokens) or "none: its event file has no [[tokens]]"
        raise InvalidList(f"a token of {event.name}: {known}")
    return tokens[key]


def _plan(event: Event, wish: Wish) -> AirdropPlan:
    token = find_token(event, wish.token)
    is_address = address_rule(wish.chain)
    if is_address and not is_address(token.contract):
        raise InvalidList(
            f"the contract of {token.key} in the event file, as kiosk airdrop deploy has named it"
        )
    requirements = []
    slots = {slot.key for slot in event.slots}
    for text in wish.conditions:
        found = parse_requirement(text)
        if found is None or found.slot_key not in slots | {""}:
            raise InvalidList(
                "a condition like conduct, bought, bought:SLOT, redeemed or redeemed:SLOT,"
                f" not {text}"
            )
        requirements.append(found)
    return AirdropPlan(
        name=wish.name,
        token=token,
        requirements=tuple(requirements),
        is_claimed=wish.is_claimed,
        chain=wish.chain,
    )


def _bad(row: BadRow) -> Line:
    name, email, amount = (row.values.get(column, "") for column in ("name", "email", "amount"))
    return row.line, name, email, amount, _FAULTS[row.fault]


def _tried(trial: Trial) -> Line:
    row = trial.row
    if trial.missing:
        problem = f"lacks {', '.join(map(str, trial.missing))}"
    else:
        problem = "" if trial.is_affordable else "no tokens would be left"
    return row.line, row.owner.name, row.owner.email, row.amount, problem


def _result(share: Share, sent: Mapping[int, str]) -> Line:
    owner, transaction = share.owner, sent.get(share.batch_id or 0, "")
    return owner.name, owner.email, share.amount, str(share.state), share.address, transaction


def _tell(progress: Progress) -> int:
    print(_words(progress))
    return 0 if progress.is_done and not progress.shares.get(ShareState.REFUSED) else 1


def _words(progress: Progress) -> str:
    said = [
        f"{progress.shares[state]:,} {state.replace('_', ' ')} ({progress.tokens[state]:,} tokens)"
        for state in ShareState
        if progress.shares.get(state)
    ]
    return ", ".join(said) or "nobody is in it"


def _write(to: str | None, lines: Sequence[Line]) -> None:
    with _output(to) as out:
        csv.writer(out).writerows([map(written, line) for line in lines])


@contextmanager
def _output(to: str | None) -> Iterator[TextIO]:
    if to is None:
        yield sys.stdout
        return
    # A result is never written over another one.
    with Path(to).expanduser().open("x", encoding="utf-8", newline="") as file:
        yield file
