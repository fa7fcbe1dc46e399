"""The events that come with the kiosk: sensible, and sold as they say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kiosk.domain.errors import NotOnSale, RequiredSlotMissing, SaleState, SoldOut
from kiosk.domain.events import Event, ProviderName, Role, Window
from kiosk.domain.goodies import GoodieState
from kiosk.domain.orders import OrderState
from kiosk.services.event_files import check_event, load_event
from kiosk.settings import DEMO_EVENT
from tests.kiosk.factories import ADA, a_cashier, usd
from tests.kiosk.world import Terminal, World

EVENTS = sorted(DEMO_EVENT.parent.glob("*.toml"))
GOPHERFEST = DEMO_EVENT.parent / "gopherfest.toml"
NEW_YEAR = datetime(2027, 1, 1, 12, tzinfo=UTC)
APRIL = datetime(2027, 4, 1, 12, tzinfo=UTC)
GENERAL = ("general-early-bird", "general-regular", "general-sponsor")


@pytest.mark.parametrize("file", EVENTS, ids=lambda file: file.stem)
def test_a_shipped_event_is_whole_and_makes_sense(file: Path) -> None:
    event, warnings = check_event(file, NEW_YEAR)
    assert warnings == ()
    assert set(event.conduct) == {"en", "es", "de"}
    assert {member.role for member in event.staff} == set(Role)
    assert set(event.providers) == set(ProviderName)
    assert event.pools
    assert event.goodies
    assert event.discounts
    assert event.access_codes
    assert any(slot.requires for slot in event.slots)


def test_the_demo_is_on_at_any_time() -> None:
    event = load_event(DEMO_EVENT)
    assert {(slot.sale, slot.valid) for slot in event.slots} == {(Window(), Window())}


def gopherfest() -> Event:
    return load_event(GOPHERFEST)


def test_the_conference_splits_one_hall_of_200_into_three_categories() -> None:
    event = gopherfest()
    early, regular, sponsor = (event.slot(key) for key in GENERAL)
    [hall] = event.pools
    assert hall.capacity == 200
    assert {slot.pool for slot in (early, regular, sponsor)} == {hall.key}
    assert [slot.capacity for slot in (early, regular, sponsor)] == [50, 100, 50]
    assert [slot.price for slot in (early, regular, sponsor)] == [usd(200), usd(400), usd(0)]
    assert [slot.public for slot in (early, regular, sponsor)] == [True, True, False]
    assert early.valid == regular.valid == sponsor.valid
    assert {slot.requires for slot in event.slots if slot.key.startswith("workshop")} == {GENERAL}


async def opened(world: World, event: Event, at: datetime) -> Terminal:
    world.clock.advance(seconds=(at - world.clock.now()) / timedelta(seconds=1))
    return await world.open(event)


async def test_early_birds_buy_until_the_end_of_march_and_others_from_then_on(
    embedded: World,
) -> None:
    terminal = await opened(embedded, gopherfest(), NEW_YEAR)

    assert await states(terminal) == [SaleState.OPEN, SaleState.UPCOMING]
    await terminal.sell("general-early-bird")
    embedded.clock.advance(days=75)
    assert await states(terminal) == [SaleState.OPEN, SaleState.OPEN]
    embedded.clock.advance(days=30)
    assert await states(terminal) == [SaleState.ENDED, SaleState.OPEN]
    with pytest.raises(NotOnSale):
        await terminal.hold("general-early-bird")
    await terminal.sell("general-regular")


async def states(terminal: Terminal) -> list[SaleState]:
    offers = await terminal.services.catalog.offers()
    return [offer.sale_state for offer in offers if offer.slot.key in GENERAL]


async def test_a_conference_day_is_bought_whole_with_workshop_party_and_t_shirt(
    world: World,
) -> None:
    terminal = await opened(world, gopherfest(), APRIL)
    basket = {"general-regular": 1, "workshop-profiling": 1, "party": 1}

    order = await terminal.sell(basket)

    assert (order.state, order.total) == (OrderState.PAID, usd(550))
    assert [(one.goodie_key, one.state) for one in order.goodies] == [
        ("t-shirt", GoodieState.GRANTED)
    ]
    assert len(await terminal.services.sales.tickets(order.id)) == 3


async def test_sponsors_come_by_their_code_and_may_take_a_workshop(world: World) -> None:
    terminal = await opened(world, gopherfest(), APRIL)
    sales = terminal.services.sales

    with pytest.raises(RequiredSlotMissing):
        await terminal.hold("workshop-profiling")
    order = await sales.place(
        sales.new_order_id(),
        {"general-sponsor": 2, "workshop-profiling": 2},
        ADA,
        codes=["gold-gopher"],
    )
    taken = await sales.take_free(order.id)

    assert (taken.state, taken.goodies) == (OrderState.PAID, ())


async def test_the_demo_sells_until_its_hall_is_full_in_two_categories(embedded: World) -> None:
    terminal = await embedded.open(load_event(DEMO_EVENT))
    sales = terminal.services.sales
    for _ in range(10):
        await terminal.sell({"general-regular": 5})
    for _ in range(5):
        await terminal.sell({"general-student": 2})

    with pytest.raises(SoldOut) as refused:
        await terminal.hold("general-student")

    assert (refused.value.slot_key, refused.value.pool_key) == ("general-student", "hall")
    order = await terminal.hold("party")
    paid = await sales.pay_cash(order.id, usd(200), a_cashier())
    assert (paid.state, paid.change) == (OrderState.PAID, usd(50))
