"""Opening an event: its identity, its places, and what is left of them."""

import asyncio
from dataclasses import replace

import pytest

from kiosk.domain.chart import AccountCode
from kiosk.domain.errors import EventChanged, SaleState, SigningKeyMissing
from kiosk.domain.events import Pool, Window
from tests.kiosk.factories import NOW, a_slot, an_event, usd
from tests.kiosk.world import Terminal, World


async def left(terminal: Terminal) -> dict[str, int]:
    return {offer.slot.key: offer.left for offer in await terminal.services.catalog.offers()}


async def test_opening_often_and_at_once_funds_once(world: World) -> None:
    world.event = an_event(a_slot("a", capacity=50), a_slot("b", capacity=0))
    first = await world.open()
    again = await asyncio.gather(
        *(terminal.services.catalog.open(world.event) for terminal in [first, first, first])
    )

    assert await left(first) == await left(await world.open()) == {"a": 50, "b": 0}
    assert {event.id for event in again} == {first.services.catalog.event.id}


async def test_capacity_grows_by_its_difference(world: World) -> None:
    terminal = await world.open(an_event(a_slot(capacity=2)))
    await terminal.sell()

    grown = [
        await world.open(replace(world.event, slots=(a_slot(capacity=total),)))
        for total in (5, 7, 7)
    ]

    assert await left(grown[-1]) == {"general": 6}
    assert (await terminal.slot_account(AccountCode.BUDGET)).credits_posted == 7


async def test_slots_keep_their_numbers_whatever_their_order(world: World) -> None:
    a, b, c = a_slot("a"), a_slot("b"), a_slot("c")
    before = (await world.open(an_event(a, b))).services.catalog.event

    after = (await world.open(replace(world.event, slots=(c, b, a)))).services.catalog.event

    assert {slot.key: slot.number for slot in before.slots} == {"a": 1, "b": 2}
    assert {slot.key: slot.number for slot in after.slots} == {"a": 1, "b": 2, "c": 3}
    assert before.id == after.id


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"slots": (a_slot(capacity=0),)}, "10 and cannot shrink to 0: 1 are sold or on hold"),
        ({"slots": (a_slot("other"),)}, "tickets for general are sold, so it cannot be removed"),
        ({"currency": "EUR"}, "its currency is USD for ever, not EUR"),
        ({"slots": (a_slot(valid=Window(starts=NOW)),)}, "which from 2027-02-01 12:00 UTC cuts"),
        (
            {"slots": (a_slot(pool="hall"),), "pools": (Pool("hall", "Hall", 10),)},
            "sold from no pool, not from hall",
        ),
    ],
)
async def test_what_would_break_sold_tickets_is_refused_in_words(
    embedded: World, changes: dict[str, object], words: str
) -> None:
    terminal = await embedded.open()
    await terminal.sell()
    before = embedded.event
    changed = replace(before, **changes)  # type: ignore[arg-type]  # a table of changes

    with pytest.raises(EventChanged, match=words):
        await embedded.open(changed)

    assert await left(terminal) == {"general": 9}
    assert await left(await embedded.open(before)) == {"general": 9}


async def test_two_events_share_a_folder_and_nothing_else(world: World) -> None:
    one, other = await world.open(an_event()), await world.open(an_event())
    await one.sell()
    assert (await left(one), await left(other)) == ({"general": 9}, {"general": 10})
    assert await other.takings() == (0, 0)


async def test_offers_are_public_and_say_when_they_are_sold(world: World) -> None:
    slots = (
        a_slot("ended", sale=Window(ends=NOW)),
        a_slot("sponsor", public=False, price=usd(0)),
        a_slot("open", sale=Window(starts=NOW)),
        a_slot("upcoming", sale=Window(starts=NOW.replace(month=3))),
    )
    terminal = await world.open(an_event(*slots))
    offers = await terminal.services.catalog.offers()
    assert [(offer.slot.key, offer.sale_state) for offer in offers] == [
        ("ended", SaleState.ENDED),
        ("open", SaleState.OPEN),
        ("upcoming", SaleState.UPCOMING),
    ]


async def test_the_signing_key_is_made_once_and_only_its_owner_reads_it(embedded: World) -> None:
    terminals = [await embedded.open(name=name) for name in ("north", "south")]

    keys = {one.services.catalog.signing_key.private_bytes_raw() for one in terminals}

    file = embedded.folder / "keys" / f"{embedded.event.key}.ed25519"
    assert keys == {file.read_bytes()}
    assert file.stat().st_mode & 0o777 == 0o600
    assert [one.name for one in file.parent.glob("*.ed25519")] == [file.name]


async def test_a_lost_or_foreign_signing_key_is_never_replaced(embedded: World) -> None:
    await embedded.open()
    file = embedded.folder / "keys" / f"{embedded.event.key}.ed25519"
    file.unlink()
    with pytest.raises(SigningKeyMissing, match=file.name):
        await embedded.open()
    assert not file.exists()

    file.write_bytes(bytes(32))
    with pytest.raises(SigningKeyMissing):
        await embedded.open()
