"""Terminals: the first lets itself in, every other needs a code, and whoever is sent out stops."""

import asyncio
import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from sqlmodel import Session

from kiosk.domain.audit import Action
from kiosk.domain.errors import StoreUnavailable
from kiosk.domain.events import Role
from kiosk.domain.rights import NotAllowed
from kiosk.domain.terminals import (
    CODE_LIFE,
    CODE_TRIES_MAX,
    InvalidTerminalName,
    NotPaired,
    PairingFault,
    PairingRefused,
    TerminalState,
    TerminalStatus,
    UnknownTerminal,
    pairing_code,
    parse_pairing_code,
)
from kiosk.services.terminals import Pairing, Terminals
from kiosk.store import audit, pairings
from kiosk.store.database import Database, sqlite_url
from kiosk.store.keys import SigningKeys
from tests.kiosk.factories import PIN, a_cashier
from tests.kiosk.playing import HOSTILE
from tests.kiosk.world import Terminal, World

T = TypeVar("T")
ORGANISER = a_cashier("Noor", "4444", Role.ORGANISER)
OTHER_CODE = pairing_code(12345)


@pytest.fixture
async def first(embedded: World) -> Terminal:
    """The first terminal of a fresh folder."""
    return await embedded.open()


def elsewhere(first: Terminal, name: str, machine: str = "elsewhere") -> Pairing:
    """The pairing of a terminal on another machine."""
    keys = SigningKeys(first.backing.folder / machine)
    return Pairing(replace(first.backing, keys=keys), name)


async def invited(first: Terminal, name: str) -> str:
    """A code for a terminal, from the command line."""
    return (await Terminals(first.backing.store, first.backing.clock).invite(name)).code


async def refused(pairing: Pairing, code: str) -> PairingFault:
    """Why a code is not good."""
    with pytest.raises(PairingRefused) as refusal:
        await pairing.pair(code)
    return refusal.value.fault


async def status_of(first: Terminal, name: str) -> TerminalStatus:
    return next(one for one in await first.services.terminals.all() if one.name == name)


async def actions(first: Terminal) -> list[tuple[str, str, str]]:
    """What is on record: what was done, by whom, and the details."""
    found = await first.backing.store.transaction(audit.page)
    return [(one.action, one.staff, one.detail) for one in found]


async def test_the_first_terminal_lets_itself_in_and_stays(
    embedded: World, first: Terminal
) -> None:
    assert await first.services.pairing.is_paired()
    assert (await embedded.open()).services.terminal == "north"
    paired, *_ = await actions(first)
    assert paired == (Action.TERMINAL_PAIRED, "", "the first")


async def test_every_further_terminal_needs_a_code(first: Terminal) -> None:
    south = elsewhere(first, "south")
    assert not await south.enter()
    assert not await south.is_paired()

    await south.pair((await invited(first, "south")).lower().replace("-", " "))

    assert await south.is_paired()
    assert (await status_of(first, "south")).state is TerminalState.PAIRED
    assert await elsewhere(first, "south").enter(), "its secret is kept"


async def test_of_two_that_begin_on_an_empty_folder_one_is_the_first(embedded: World) -> None:
    url = sqlite_url(embedded.folder / "kiosk.sqlite")
    stores = [await Database.open(url) for _ in range(2)]
    first = await embedded.open(name="main")
    await first.backing.store.transaction(_forget_everything)

    terminals = [
        elsewhere(Terminal(first.services, replace(first.backing, store=store)), name, name)
        for store, name in zip(stores, ("north", "south"), strict=True)
    ]
    entered = await asyncio.gather(*(one.enter() for one in terminals))

    assert sorted(entered) == [False, True]
    for store in stores:
        await store.close()


def _forget_everything(session: Session) -> None:
    for table in ("founding", "pairing"):
        session.connection().exec_driver_sql(f"DELETE FROM {table}")


async def test_a_code_is_good_once(first: Terminal) -> None:
    code = await invited(first, "south")
    south, thief = elsewhere(first, "south"), elsewhere(first, "south", "thief")
    assert not await south.enter()
    assert not await thief.enter()

    await south.pair(code)

    assert await refused(thief, code) is PairingFault.VOID
    assert await south.is_paired()
    assert not await thief.is_paired()


async def test_a_code_is_good_for_its_terminal_only(first: Terminal) -> None:
    code = await invited(first, "south")
    await invited(first, "west")
    west, nowhere = elsewhere(first, "west"), elsewhere(first, "nowhere")
    assert not await west.enter()
    assert not await nowhere.enter()

    assert await refused(west, code) is PairingFault.WRONG
    assert await refused(nowhere, code) is PairingFault.VOID


async def test_a_mistyped_code_is_no_try(first: Terminal) -> None:
    code = await invited(first, "south")
    south = elsewhere(first, "south")
    await south.enter()
    for mistyped in ("", "ABC", code[::-1], code + "0", *HOSTILE.values()):
        assert await refused(south, mistyped) is PairingFault.TYPO

    await south.pair(code)


async def test_after_five_wrong_codes_the_right_one_is_void_too(first: Terminal) -> None:
    code = await invited(first, "south")
    south = elsewhere(first, "south")
    await south.enter()
    faults = [await refused(south, OTHER_CODE) for _ in range(CODE_TRIES_MAX)]

    assert faults == [PairingFault.WRONG] * (CODE_TRIES_MAX - 1) + [PairingFault.VOID]
    assert await refused(south, code) is PairingFault.VOID
    await south.pair(await invited(first, "south"))


async def test_a_code_lives_a_quarter_of_an_hour(embedded: World, first: Terminal) -> None:
    south = elsewhere(first, "south")
    await south.enter()
    late = await invited(first, "south")
    assert (await status_of(first, "south")).invited_until == embedded.clock.now() + CODE_LIFE
    embedded.clock.advance(minutes=15)
    assert (await status_of(first, "south")).invited_until is None
    assert await refused(south, late) is PairingFault.VOID

    in_time = await invited(first, "south")
    embedded.clock.advance(minutes=14, seconds=59)
    await south.pair(in_time)


async def test_a_newer_code_makes_the_older_void(first: Terminal) -> None:
    older, newer = await invited(first, "south"), await invited(first, "south")
    south = elsewhere(first, "south")
    await south.enter()

    assert await refused(south, older) is PairingFault.WRONG
    await south.pair(newer)


async def test_a_terminal_that_is_sent_out_knows_it_and_its_staff_do_nothing(
    embedded: World, first: Terminal
) -> None:
    south = await embedded.open(name="south")
    watching = asyncio.create_task(south.services.pairing.revoked(every_seconds=0))

    await first.services.terminals.revoke("south", ORGANISER)
    await asyncio.wait_for(watching, 5)

    with pytest.raises(NotPaired):
        await south.services.staff.unlock(PIN, Role.STEWARD)
    assert (await status_of(first, "south")).state is TerminalState.REVOKED
    assert not await Pairing(south.backing, "south").enter()
    assert (Action.TERMINAL_REVOKED, "Noor", "south") in await actions(first)


async def test_a_terminal_that_is_sent_out_does_not_let_itself_in_again(
    embedded: World, first: Terminal
) -> None:
    south = await embedded.open(name="south")
    await first.services.terminals.revoke("south", ORGANISER)
    with pytest.raises(NotPaired):
        await south.services.terminals.invite("south", ORGANISER)
    with pytest.raises(NotPaired):
        await south.services.terminals.revoke("north", ORGANISER)
    assert (await status_of(first, "north")).state is TerminalState.PAIRED


async def test_a_terminal_that_was_sent_out_comes_back_by_a_code(
    embedded: World, first: Terminal
) -> None:
    south = (await embedded.open(name="south")).services.pairing
    await first.services.terminals.revoke("south", ORGANISER)
    assert not await south.is_paired()

    await south.pair(await invited(first, "south"))

    assert await south.is_paired()


async def test_another_machine_that_takes_a_name_over_sends_the_one_before_out(
    embedded: World, first: Terminal
) -> None:
    old = (await embedded.open(name="south")).services.pairing
    new = elsewhere(first, "south")
    assert not await new.enter(), "a name alone opens nothing"

    await new.pair(await invited(first, "south"))

    assert await new.is_paired()
    assert not await old.is_paired()


async def test_an_open_code_of_a_terminal_that_is_sent_out_is_void(first: Terminal) -> None:
    code = await invited(first, "south")
    await first.services.terminals.revoke("south", ORGANISER)
    south = elsewhere(first, "south")
    await south.enter()
    assert await refused(south, code) is PairingFault.VOID


async def test_while_the_store_is_away_nobody_is_sent_out(first: Terminal) -> None:
    leaving = _Leaving(first.backing.store)
    north = Pairing(replace(first.backing, store=leaving), "north")
    await north.enter()

    leaving.is_away = True

    assert await north.is_paired()


class _Leaving(Database):
    """A store that stops answering."""

    def __init__(self, store: Database) -> None:
        self._there = store
        self.is_away = False

    async def transaction(self, work: Callable[[Session], T]) -> T:
        if self.is_away:
            raise StoreUnavailable("away")
        return await self._there.transaction(work)


async def test_a_terminal_known_before_pairing_keeps_the_first_secret_it_brings(
    first: Terminal,
) -> None:
    def before(session: Session) -> None:
        session.connection().exec_driver_sql("UPDATE pairing SET secret_hash = NULL")

    await first.backing.store.transaction(before)

    assert await Pairing(first.backing, "north").enter()
    assert not await elsewhere(first, "north").enter()


async def test_only_an_organiser_may(first: Terminal) -> None:
    supervisor = a_cashier("Sasha", "3333", Role.SUPERVISOR)
    terminals = first.services.terminals
    for refused in (
        terminals.invite("south", supervisor),
        terminals.revoke("north", supervisor),
        terminals.let_search("north", False, supervisor),
        terminals.free("north", supervisor),
    ):
        with pytest.raises(NotAllowed):
            await refused
    assert [one.name for one in await terminals.all()] == ["north"]


async def test_search_can_be_switched_off_for_one_terminal(first: Terminal) -> None:
    await first.services.terminals.let_search("north", False, ORGANISER)

    assert not (await status_of(first, "north")).may_search
    assert not await first.backing.store.transaction(
        lambda session: pairings.may_search(session, 1)
    )
    await first.services.terminals.let_search("north", True, ORGANISER)
    assert (await status_of(first, "north")).may_search
    assert (Action.TERMINAL_CHANGED, "Noor", "search off") in await actions(first)


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\x1b[2J", "A" * 65])
async def test_a_terminal_has_a_name_that_can_be_shown(first: Terminal, name: str) -> None:
    with pytest.raises(InvalidTerminalName, match="expected 1 to 64 printable"):
        await first.services.terminals.invite(name, ORGANISER)


@pytest.mark.parametrize("name", ["../../etc", "[/]", "👋", "עדה"])
async def test_any_other_name_will_do(first: Terminal, name: str) -> None:
    odd = elsewhere(first, name)
    await odd.enter()
    await odd.pair(await invited(first, name))
    assert await elsewhere(first, name).enter()


async def test_nothing_is_done_to_a_terminal_that_is_not_there(first: Terminal) -> None:
    with pytest.raises(UnknownTerminal, match="'nowhere'"):
        await first.services.terminals.revoke("nowhere", ORGANISER)
    assert [one.name for one in await first.services.terminals.all()] == ["north"]


def test_a_secret_is_its_owners_alone(tmp_path: Path) -> None:
    SigningKeys(tmp_path).terminal_secret("north")
    [file] = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_code_has_a_check_symbol() -> None:
    code = pairing_code(2**35 - 1)
    assert parse_pairing_code(f"{code[:4].lower()} {code[4:]}") == code
    for at, symbol in enumerate(code):
        other = "0" if symbol != "0" else "1"
        with pytest.raises(PairingRefused):
            parse_pairing_code(code[:at] + other + code[at + 1 :])


async def test_a_terminal_says_twice_a_minute_that_it_is_there(embedded: World) -> None:
    terminal = await embedded.open()
    pairing, terminals = terminal.services.pairing, terminal.services.terminals
    seen = []
    for seconds in (0, 29, 1, 120):
        embedded.clock.advance(seconds=seconds)
        assert await pairing.is_paired()
        [one] = await terminals.all()
        assert one.seen_at is not None
        seen.append((embedded.clock.now() - one.seen_at).total_seconds())
    assert seen == [0, 29, 0, 0]


async def test_a_terminal_that_says_nothing_is_silent(embedded: World) -> None:
    terminal = await embedded.open()
    [one] = await terminal.services.terminals.all()
    assert not one.is_silent(embedded.clock.now())
    embedded.clock.advance(minutes=2)
    assert one.is_silent(embedded.clock.now())
    await terminal.services.pairing.is_paired()
    [one] = await terminal.services.terminals.all()
    assert not one.is_silent(embedded.clock.now())
    embedded.clock.advance(minutes=2)
    assert one.is_silent(embedded.clock.now())
    await Terminals(terminal.backing.store, embedded.clock).revoke("north")
    [one] = await terminal.services.terminals.all()
    assert not one.is_silent(embedded.clock.now())
