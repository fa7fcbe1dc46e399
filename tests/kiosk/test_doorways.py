"""What a door is for is kept for its terminal and event, and on record."""

import pytest

from kiosk.domain.admission import EVERY_SLOT, Gate, Way
from kiosk.domain.doorways import Doorway
from kiosk.store import audit
from tests.kiosk.factories import a_slot, an_event
from tests.kiosk.world import World

GENERAL = Gate(frozenset({"general"}))


async def test_a_door_is_for_everybody_until_it_is_told_otherwise(embedded: World) -> None:
    north = await embedded.open()
    assert await north.services.doorways.kept() == Doorway(Way.IN, EVERY_SLOT)


async def test_each_terminal_keeps_its_own_from_one_start_to_the_next(embedded: World) -> None:
    event = an_event(a_slot(), a_slot("party"))
    north, south = await embedded.open(event), await embedded.open(name="south")
    await north.services.doorways.keep(Doorway(Way.IN, GENERAL), "Robin")
    await north.services.doorways.keep(Doorway(Way.OUT, GENERAL), "Robin")
    await south.services.doorways.keep(Doorway(Way.OUT), "Kim")
    await embedded.close_terminals()

    north, south = await embedded.open(), await embedded.open(name="south")
    assert await north.services.doorways.kept() == Doorway(Way.OUT, GENERAL)
    assert await south.services.doorways.kept() == Doorway(Way.OUT, EVERY_SLOT)


async def test_who_changed_a_door_is_on_record(embedded: World) -> None:
    north = await embedded.open()
    await north.services.doorways.keep(Doorway(Way.OUT, GENERAL), "Robin")
    [*_, record] = await north.backing.store.transaction(audit.page)
    assert (record.action, record.staff, record.terminal) == ("terminal_changed", "Robin", "north")
    assert record.detail == "door out, to general"


@pytest.mark.parametrize(
    ("kept", "found"),
    [
        (Doorway(), Doorway()),
        (Doorway(Way.OUT, Gate(frozenset({"a", "gone"}))), Doorway(Way.OUT, Gate(frozenset("a")))),
        (Doorway(Way.OUT, Gate(frozenset({"gone"}))), Doorway(Way.OUT)),
    ],
)
def test_slots_that_are_gone_lead_nowhere_and_a_door_somewhere(
    kept: Doorway, found: Doorway
) -> None:
    assert kept.within({"a", "b"}) == found
