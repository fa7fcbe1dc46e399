"""PINs and badges: whose it is, for what, and how long the next wrong try must wait."""

import asyncio

import pytest

from kiosk.domain.audit import Action
from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role
from kiosk.domain.pins import PIN_TRIES_MAX, PinsLocked
from kiosk.domain.staff_codes import (
    BadgeFault,
    BadgeRefused,
    EventNotOpened,
    UnknownStaff,
    badge_code,
    last_badge,
    member_id,
    read_badge,
)
from kiosk.domain.tickets import TEXT_SYMBOLS, issue, read_code
from kiosk.services.badges import Badges
from kiosk.services.terminals import Terminals
from kiosk.store import audit
from tests.kiosk.factories import a_cashier, a_claim, a_slot, an_event
from tests.kiosk.world import Terminal, World

STAFF = (
    a_cashier("Robin", "1111", Role.STEWARD),
    a_cashier("Kim", "2222", Role.CASHIER),
    a_cashier("Noor", "4444", Role.ORGANISER),
)


@pytest.fixture
async def desk(embedded: World) -> Terminal:
    return await embedded.open(an_event(staff=STAFF))


async def wrong(desk: Terminal, pin: str = "0000", role: Role = Role.STEWARD) -> int:
    """How long a wrong PIN makes people wait."""
    with pytest.raises(WrongPin) as refused:
        await desk.services.staff.unlock(pin, role)
    return refused.value.retry_seconds


@pytest.mark.parametrize(("pin", "name"), [("1111", "Robin"), ("2222", "Kim"), ("4444", "Noor")])
async def test_a_pin_tells_who_it_is(desk: Terminal, pin: str, name: str) -> None:
    assert (await desk.services.staff.unlock(pin, Role.STEWARD)).name == name


async def test_a_lower_role_is_as_good_as_nobody(desk: Terminal) -> None:
    await wrong(desk, "1111", Role.CASHIER)
    assert (await desk.services.staff.unlock("4444", Role.CASHIER)).name == "Noor"


async def test_waiting_grows_with_each_wrong_pin_and_a_right_one_ends_it(
    desk: Terminal, embedded: World
) -> None:
    waits = []
    for _ in range(5):
        waits.append(await wrong(desk))
        embedded.clock.advance(seconds=waits[-1])

    assert waits == [0, 0, 2, 4, 8]
    await desk.services.staff.unlock("1111", Role.STEWARD)
    assert await wrong(desk) == 0


async def test_while_waiting_even_the_right_pin_is_not_looked_at(
    desk: Terminal, embedded: World
) -> None:
    for _ in range(3):
        await wrong(desk)
    embedded.clock.advance(seconds=0.5)
    assert await wrong(desk, "1111") == 2

    embedded.clock.advance(seconds=1.5)
    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def test_neither_a_restart_nor_many_tries_at_once_shorten_the_wait(
    desk: Terminal, embedded: World
) -> None:
    tries = [desk.services.staff.unlock(f"{pin:04}", Role.STEWARD) for pin in range(20)]
    ends = await asyncio.gather(*tries, return_exceptions=True)

    assert {type(end) for end in ends} == {WrongPin}
    restarted = await embedded.open()
    assert await wrong(restarted, "1111") == 2
    elsewhere = await embedded.open(name="south")
    assert (await elsewhere.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def locked(desk: Terminal, world: World) -> Terminal:
    """A terminal at which too many wrong PINs were typed."""
    for _ in range(PIN_TRIES_MAX - 1):
        world.clock.advance(seconds=await wrong(desk))
    with pytest.raises(PinsLocked):
        await desk.services.staff.unlock("0000", Role.STEWARD)
    return desk


async def recorded(desk: Terminal, action: Action) -> list[tuple[str, str]]:
    """Who did this, and the details, as far as it is on record."""
    found = await desk.backing.store.transaction(audit.page)
    return [(one.staff, one.detail) for one in found if one.action == action]


def badges_of(desk: Terminal) -> Badges:
    """Who gives out badges, on the machine of this terminal."""
    backing = desk.backing
    return Badges(backing.store, backing.keys, backing.clock, desk.services.catalog.event)


async def a_badge(desk: Terminal, name: str) -> str:
    return await badges_of(desk).issue(name)


async def refused_badge(desk: Terminal, badge: str, role: Role = Role.STEWARD) -> BadgeFault:
    with pytest.raises(BadgeRefused) as refused:
        await desk.services.staff.unlock(badge, role)
    return refused.value.fault


async def test_ten_wrong_pins_in_a_row_lock_one_terminal_and_no_other(
    desk: Terminal, embedded: World
) -> None:
    await locked(desk, embedded)
    embedded.clock.advance(days=3)

    with pytest.raises(PinsLocked):
        await desk.services.staff.unlock("1111", Role.STEWARD)
    elsewhere = await embedded.open(name="south")
    assert (await elsewhere.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"
    assert len(await recorded(desk, Action.WRONG_PIN)) == PIN_TRIES_MAX
    assert await recorded(desk, Action.LOCKED) == [("", "")]


async def test_an_organiser_frees_a_locked_terminal_from_another(
    desk: Terminal, embedded: World
) -> None:
    await locked(desk, embedded)
    elsewhere = await embedded.open(name="south")
    [north] = [one for one in await elsewhere.services.terminals.all() if one.is_locked]

    await elsewhere.services.terminals.free(north.name, STAFF[2])

    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"
    assert await recorded(desk, Action.FREED) == [("Noor", "10 wrong PINs")]


async def test_the_command_line_frees_a_locked_terminal(desk: Terminal, embedded: World) -> None:
    await locked(desk, embedded)
    await Terminals(desk.backing.store, desk.backing.clock).free("north")
    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def test_badges_open_a_locked_terminal_and_an_organisers_frees_it(
    desk: Terminal, embedded: World
) -> None:
    await locked(desk, embedded)
    await desk.services.staff.unlock(await a_badge(desk, "Robin"), Role.STEWARD)
    with pytest.raises(PinsLocked):
        await desk.services.staff.unlock("1111", Role.STEWARD)

    await desk.services.staff.unlock(await a_badge(desk, "Noor"), Role.STEWARD)

    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def test_a_clock_that_is_set_back_makes_nobody_wait_for_it(
    desk: Terminal, embedded: World
) -> None:
    for _ in range(3):
        await wrong(desk)
    embedded.clock.advance(days=-1)
    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def test_every_pin_is_tried_whatever_role_is_asked_for(desk: Terminal) -> None:
    # Two people may have chosen the same: whoever of them may do it does.
    twins = (a_cashier("Robin", "1111", Role.STEWARD), a_cashier("Ira", "1111", Role.SUPERVISOR))
    desk.services.catalog.event = an_event(staff=twins)
    assert (await desk.services.staff.unlock("1111", Role.SUPERVISOR)).name == "Ira"
    assert (await desk.services.staff.unlock("1111", Role.STEWARD)).name == "Robin"


async def test_who_comes_and_who_goes_is_on_record(desk: Terminal) -> None:
    robin = await desk.services.staff.unlock("1111", Role.STEWARD)
    await desk.services.staff.unlock("2222", Role.CASHIER, asked_by=robin.name)
    await desk.services.staff.log_out(robin, by_silence=True)
    await wrong(desk)

    assert await recorded(desk, Action.UNLOCKED) == [("Robin", "PIN")]
    assert await recorded(desk, Action.APPROVED) == [("Kim", "PIN, for Robin")]
    assert await recorded(desk, Action.LOGGED_OUT) == [("Robin", "silence")]
    assert await recorded(desk, Action.WRONG_PIN) == [("", "1 in a row")]


async def test_a_badge_tells_who_it_is_at_every_terminal(desk: Terminal, embedded: World) -> None:
    badge = await a_badge(desk, "Robin")
    assert badge == await a_badge(desk, "Robin"), "printed again, it is the same"
    assert len(badge) == TEXT_SYMBOLS

    elsewhere = await embedded.open(name="south")
    for one in (desk, elsewhere):
        assert (await one.services.staff.unlock(badge.lower(), Role.STEWARD)).name == "Robin"
    assert await recorded(desk, Action.UNLOCKED) == [("Robin", "badge")] * 2


async def test_a_lost_badge_is_made_void_and_the_next_one_is_good(desk: Terminal) -> None:
    badges = badges_of(desk)
    assert not await badges.void("Robin"), "there was none"
    lost = await a_badge(desk, "Robin")

    assert await badges.void("Robin")

    assert await refused_badge(desk, lost) is BadgeFault.VOID
    found = await desk.services.staff.unlock(await a_badge(desk, "Robin"), Role.STEWARD)
    assert found.name == "Robin"
    assert await recorded(desk, Action.BADGE_REFUSED) == [("Robin", "void")]


async def test_a_badge_opens_no_more_than_its_owners_role(desk: Terminal) -> None:
    badge = await a_badge(desk, "Robin")
    assert await refused_badge(desk, badge, Role.CASHIER) is BadgeFault.ROLE


async def test_a_badge_that_was_never_given_out_is_void(desk: Terminal) -> None:
    catalog = desk.services.catalog
    owner = member_id(catalog.event.id, "Robin")
    forged = badge_code(owner, 2).signed(catalog.signing_key)
    assert await refused_badge(desk, forged) is BadgeFault.VOID


async def test_badges_of_others_are_not_ours(desk: Terminal, embedded: World) -> None:
    other = await embedded.open(an_event(staff=STAFF), name="other")
    assert await refused_badge(desk, await a_badge(other, "Robin")) is BadgeFault.NOT_OURS

    badge = await a_badge(desk, "Robin")
    desk.services.catalog.event = an_event(id=desk.services.catalog.event.id, staff=STAFF[1:])
    assert await refused_badge(desk, badge) is BadgeFault.NOT_OURS, "no longer of the staff"


async def test_nobody_unknown_gets_a_badge(desk: Terminal) -> None:
    with pytest.raises(
        UnknownStaff, match=r"'\[/\]' works here; expected one of: Robin, Kim, Noor"
    ):
        await a_badge(desk, "[/]")


async def test_no_ticket_is_a_badge_and_no_badge_is_a_ticket(desk: Terminal) -> None:
    badge = await a_badge(desk, "Robin")
    ticket = issue(a_claim(), a_slot(), desk.services.catalog.signing_key).code

    assert read_code(badge) is None
    assert read_badge(ticket) is None
    assert last_badge(f"half a scan{badge.lower()}") == badge
    assert last_badge(ticket) is None


async def test_badges_wait_for_the_event_to_be_opened(desk: Terminal) -> None:
    backing, event = desk.backing, an_event(staff=STAFF)
    badges = Badges(backing.store, backing.keys, backing.clock, event)
    for refused in (badges.issue("Robin"), badges.void("Robin")):
        with pytest.raises(EventNotOpened, match="kiosk event load"):
            await refused
