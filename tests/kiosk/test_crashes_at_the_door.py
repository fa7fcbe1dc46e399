"""Crashed at every step of going in, out, in again, or of an undo: it is finished right."""

import pytest

from kiosk.domain.admission import Verdict
from kiosk.services.reconciliation import Report
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.door_acts import PLAYS, Doorway, Play, a_tight_event
from tests.kiosk.door_audit import audit_door
from tests.kiosk.world import World

pytestmark = pytest.mark.every_store

STEPS_MAX = 40


async def crashed(fuse: Fuse, step: int, doorway: Doorway, play: Play) -> Verdict | None:
    """What the act says; None if it crashes before that."""
    fuse.set(step)
    try:
        return await play.act(doorway)
    except Crash:
        return None
    finally:
        fuse.set(None)


@pytest.mark.parametrize("is_reconciled", [True, False], ids=["reconciled", "scanned at once"])
@pytest.mark.parametrize("name", PLAYS)
async def test_a_crash_at_any_step_is_made_good(
    world: World, name: str, is_reconciled: bool
) -> None:
    play = PLAYS[name]
    for step in range(STEPS_MAX):
        fuse = Fuse()
        doomed = await world.open(a_tight_event(), back=crashing(fuse))
        doorway = Doorway(doomed, await doomed.sell({"general": 2}))
        for act in play.before:
            await act(doorway)

        said = await crashed(fuse, step, doorway, play)

        doorway.door = await world.open(name="next")
        reconciliation = doorway.door.services.reconciliation
        if is_reconciled:
            assert (await reconciliation.run_once()).contradictions == ()
        # Whoever was interrupted does it again, by a scan of its own at another door.
        again = await play.act(doorway)
        assert again.reason in ({play.again} if said else {play.says, play.again})
        assert said is None or said.reason is play.says
        if not is_reconciled:
            await reconciliation.run_once()
        await audit_door(doorway.door)
        assert await reconciliation.run_once() == Report()
        await world.close_terminals()
        if said is not None:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")
