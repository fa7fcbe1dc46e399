"""Doors of a terminal in a test: somebody scans, and hears a verdict."""

from dataclasses import replace
from typing import Final

from kiosk.domain.admission import EVERY_SLOT, Gate, NeedsConduct, Scan, Verdict, Way
from kiosk.domain.events import Role
from kiosk.services.admission import Admission
from tests.kiosk.factories import a_cashier
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
