"""Desks in processes of their own: killed at any step, or at the same ticket at the same time."""

from multiprocessing.context import ForkServerContext

import pytest

from kiosk.domain.admission import Reason
from kiosk.domain.claim_transfers import ChangeFault
from kiosk.domain.claims import ClaimState
from kiosk.services.reconciliation import Report
from tests.kiosk.desk_acts import ACTS
from tests.kiosk.desk_audit import audit_desk
from tests.kiosk.doomed_desk import DeskVenue, play, race
from tests.kiosk.doors import let_in
from tests.kiosk.processes import forking, is_killed, raced
from tests.kiosk.world import Terminal, World

pytestmark = pytest.mark.every_store

STEPS_MAX = 40
ROUNDS = 20


@pytest.fixture(scope="module")
def forks() -> ForkServerContext:
    return forking(race)


@pytest.mark.long
@pytest.mark.parametrize("name", ACTS)
async def test_a_desk_that_is_killed_is_followed_by_one_that_makes_it_good(
    embedded: World, forks: ForkServerContext, name: str
) -> None:
    for step in range(STEPS_MAX):
        venue = DeskVenue.of(embedded)
        killed = await is_killed(forks, play, venue, name, step)

        desk = await embedded.open(venue.event, "doomed")
        report = await desk.services.reconciliation.run_once()
        assert report.contradictions == ()
        await audit_desk(desk)
        assert await desk.services.reconciliation.run_once() == Report()
        await embedded.close_terminals()
        if not killed:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")


async def sold(desk: Terminal) -> list[int]:
    """Tickets of an order each, so that each comes with a T-shirt."""
    # Whoever was in once has accepted the Code of Conduct: a scan goes straight on.
    await let_in(desk, (await desk.sell()).claims[0].ticket_number)
    return [(await desk.sell()).claims[0].id for _ in range(ROUNDS)]


async def test_of_passing_on_and_admission_by_two_processes_one_happens(
    world: World, server: tuple[int, str] | None, forks: ForkServerContext
) -> None:
    venue = DeskVenue.of(world, server, places=ROUNDS + 1)
    desk = await world.open(venue.event)
    claim_ids = await sold(desk)

    each = [(venue, name, claim_ids) for name in ("admit", "pass on")]
    said = await raced(forks, race, each, ROUNDS)

    for claim_id, heard in zip(claim_ids, said, strict=True):
        card = await desk.services.claims.card(claim_id)
        if heard == (Reason.ADMITTED, ChangeFault.USED):
            assert (card.state, card.version) == (ClaimState.IN, 1)
        else:
            assert heard == (Reason.REPLACED, "passed on")
            assert (card.state, card.version) == (ClaimState.OUT, 2)
    assert await desk.services.reconciliation.run_once() == Report()
    await audit_desk(desk)


async def test_of_two_processes_one_hands_a_piece_out(
    world: World, server: tuple[int, str] | None, forks: ForkServerContext
) -> None:
    venue = DeskVenue.of(world, server, places=ROUNDS + 1)
    desk = await world.open(venue.event)

    each = [(venue, "hand out", await sold(desk))] * 2
    said = await raced(forks, race, each, ROUNDS)

    assert {frozenset(heard) for heard in said} == {frozenset({"ours", "theirs"})}
    assert await desk.services.reconciliation.run_once() == Report()
    await audit_desk(desk)
