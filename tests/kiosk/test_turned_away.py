"""Whoever may not pass is on record with the reason, whether ledger and store answered or not."""

import pytest

from kiosk.domain.admission import NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.audit import Action
from kiosk.domain.people import NAME_MAX
from tests.kiosk.factories import ADA
from tests.kiosk.lane_door import Door
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

FOREIGN = ["https://example.org/?q=1", "[@click=app.quit]x[/]", "\u202eabc 🎟", "x" * NAME_MAX]


async def asked(door: Door) -> tuple[Scan, NeedsConduct]:
    """Somebody who has to read the Code of Conduct."""
    ticket = await door.sell()
    await door.lane.look()
    return await reading(door, ticket.code)


async def reading(door: Door, code: str) -> tuple[Scan, NeedsConduct]:
    scan = Scan(code, door.lane.new_nonce(), "Kim")
    needs = await door.lane.scan(scan)
    assert isinstance(needs, NeedsConduct)
    return scan, needs


def turned_away(claim_id: int | None, reason: Reason) -> tuple[str, str, str, int | None, str]:
    return ("north", "Kim", Action.TURNED_AWAY, claim_id, reason)


async def test_what_is_no_ticket_is_on_record_off_line_too(world: World) -> None:
    door = await Door.open(world)
    await door.lane.look()
    on_line = [await door.verdict(text) for text in FOREIGN]
    door.fail()

    off_line = [await door.verdict(text) for text in FOREIGN]
    unknown = await door.verdict("0000-0000-0000")
    assert door.lane.status.queued == 0
    await door.come_back()

    assert on_line == off_line == [Verdict(Reason.NOT_OURS)] * len(FOREIGN)
    assert unknown == Verdict(Reason.UNKNOWN)
    foreign = [turned_away(None, Reason.NOT_OURS)] * 2 * len(FOREIGN)
    assert await door.audited() == [*foreign, turned_away(None, Reason.UNKNOWN)]
    assert await door.conflicts() == []


async def test_a_refused_code_of_conduct_is_on_record_and_may_be_accepted_later(
    world: World,
) -> None:
    door = await Door.open(world)
    scan, needs = await asked(door)

    said = await door.lane.refuse_conduct(needs, scan)

    assert (said.reason, said.holder) == (Reason.CONDUCT_REFUSED, ADA)
    assert (said.claim_id, said.slot_key) == (needs.claim_id, "general")
    assert await door.audited() == [turned_away(needs.claim_id, Reason.CONDUCT_REFUSED)]
    again, needs = await reading(door, scan.text)
    assert (await door.lane.accept_conduct(needs, "en", again)).reason is Reason.ADMITTED


async def test_a_code_of_conduct_refused_off_line_is_on_record_on_return(world: World) -> None:
    door = await Door.open(world)
    scan, needs = await asked(door)
    door.fail()

    said = await door.lane.refuse_conduct(needs, scan)
    assert (said.reason, door.lane.status.queued) == (Reason.CONDUCT_REFUSED, 0)
    # Nobody was let in by it: who accepts after all is.
    again, needs = await reading(door, scan.text)
    accepted = await door.lane.accept_conduct(needs, "en", again)
    assert accepted.reason is Reason.HISTORY_UNKNOWN
    await door.come_back()

    assert turned_away(needs.claim_id, Reason.CONDUCT_REFUSED) in await door.audited()
    assert (await door.admitted(), await door.conflicts()) == (1, [])
