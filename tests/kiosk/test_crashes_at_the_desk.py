"""Crashed at every step of a change of tickets: it is finished right, whoever comes next."""

import pytest

from kiosk.services.reconciliation import Report
from tests.kiosk.crashes import Crash, Fuse, crashing
from tests.kiosk.desk_acts import ACTS, Desk, a_desk_event
from tests.kiosk.desk_audit import audit_desk
from tests.kiosk.world import MakeLedger, World

pytestmark = pytest.mark.every_store

STEPS_MAX = 40
DONE = {
    "pass on": ("ticket_transferred", 2),
    "reissue": ("ticket_reissued", 1),
    "revoke": ("ticket_revoked", 2),
    "hand out": ("handed_out", 1),
    "take back": ("hand_out_undone", 1),
}


async def crashes(fuse: Fuse, step: int, desk: Desk, name: str) -> bool:
    """Whether the act crashes before it has ended."""
    fuse.set(step)
    try:
        await ACTS[name][1](desk)
    except Crash:
        return True
    finally:
        fuse.set(None)
    return False


@pytest.mark.parametrize("is_reconciled", [True, False], ids=["reconciled", "done again at once"])
@pytest.mark.parametrize("name", ACTS)
async def test_a_crash_at_any_step_is_made_good(
    world: World, make_ledger: MakeLedger, name: str, is_reconciled: bool
) -> None:
    before, act = ACTS[name]
    for step in range(STEPS_MAX):
        fuse = Fuse()
        doomed = await world.open(a_desk_event(), back=crashing(fuse))
        desk = await Desk.open(doomed)
        if before:
            await before(desk)

        crashed = await crashes(fuse, step, desk, name)

        desk.terminal = await world.open(name="next")
        reconciliation = desk.terminal.services.reconciliation
        if is_reconciled:
            assert (await reconciliation.run_once()).contradictions == ()
        await act(desk)
        await reconciliation.run_once()
        what, times = DONE[name]
        assert (await audit_desk(desk.terminal))[what] == times * (step + 1)
        assert await reconciliation.run_once() == Report()
        await world.close_terminals()
        if not crashed:
            assert step > 1
            return
    pytest.fail(f"more than {STEPS_MAX} steps")
