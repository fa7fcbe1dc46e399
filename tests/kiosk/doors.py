"""Doors of a terminal in a test: somebody scans, and hears a verdict."""

from dataclasses import replace
from typing import Final

from kiosk.domain.admission import EVERY_SLOT, Gate, NeedsConduct, Scan, Verdict, Way
from kiosk.domain.chart import AccountCode
from kiosk.domain.events import EntryPolicy, Event, Hall, ResourceKind, Role
from kiosk.services.admission import Admission
from tests.kiosk.factories import a_cashier, a_slot, an_event
from tests.kiosk.world import Terminal

SUPERVISOR: Final = a_cashier("Sasha", role=Role.SUPERVISOR)


async def present(terminal: Terminal, text: str, way: Way = Way.IN, **changes: object) -> Verdict:
    """What a scan says to somebody who accepts the Code of Conduct."""
    admission = terminal.services.admission
    scan = Scan(text, admission.new_nonce(), "Robin", way)
    scan = replace(scan, **changes)  # type: ignore[arg-type]  # keywords of a dataclass
    return await repeat(admission, scan)


async def repeat(admission: Admission, scan: Scan) -> Verdict:
    """What this very scan says."""
    judged = await admission.scan(scan)
    if isinstance(judged, NeedsConduct):
        return await admission.accept_conduct(judged, "en", scan)
    return judged


async def let_in(terminal: Terminal, text: str, gate: Gate = EVERY_SLOT) -> Verdict:
    """Somebody wants in."""
    return await present(terminal, text, gate=gate)


async def let_out(terminal: Terminal, text: str) -> Verdict:
    """Somebody wants out."""
    return await present(terminal, text, Way.OUT)


async def undo(terminal: Terminal, claim_id: int, reason: str = "wrong ticket") -> Verdict:
    """Take the latest admission of a claim back."""
    admission = terminal.services.admission
    return await admission.undo(
        claim_id, reason=reason, supervisor=SUPERVISOR, nonce=admission.new_nonce()
    )


def a_hall_event(limit: int, entry: EntryPolicy = EntryPolicy.FREE) -> Event:
    """One slot that leads to a hall."""
    return an_event(a_slot(hall="dome", entry=entry), halls=(Hall("dome", "Dome", limit),))


async def tickets(terminal: Terminal, number: int = 1, slot_key: str = "general") -> list[str]:
    """Numbers of tickets somebody bought."""
    order = await terminal.sell({slot_key: number})
    return [claim.ticket_number for claim in order.claims]


def claim_of(said: Verdict) -> int:
    """Which ticket a verdict is about."""
    assert said.claim_id is not None
    return said.claim_id


async def inside(terminal: Terminal, kind: ResourceKind = ResourceKind.SLOT) -> int:
    """How many the ledger counts as inside by the first of its kind."""
    account = await terminal.account(kind, AccountCode.INSIDE)
    return account.credits_posted - account.debits_posted


async def redeemed(terminal: Terminal) -> int:
    """How many places the ledger counts as used."""
    account = await terminal.slot_account(AccountCode.REDEEMED)
    return account.credits_posted - account.debits_posted
