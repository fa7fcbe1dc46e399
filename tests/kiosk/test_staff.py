"""PINs: whose it is, for what, and how long the next wrong try must wait."""

import asyncio

import pytest

from kiosk.domain.errors import WrongPin
from kiosk.domain.events import Role
from kiosk.services.staff import WAIT_SECONDS_MAX, wait_seconds
from tests.kiosk.factories import a_cashier, an_event
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


def test_the_wait_has_an_end() -> None:
    assert wait_seconds(10**9) == WAIT_SECONDS_MAX
