"""Doors of a terminal in a test: somebody scans, and hears a verdict."""

from dataclasses import replace
from itertools import count
from typing import Final

from kiosk.domain.admission import EVERY_SLOT, Gate, NeedsConduct, Scan, Verdict, Way
from kiosk.domain.events import Role
from kiosk.services.admission import Admission
from tests.kiosk.factories import a_cashier
from tests.kiosk.world import Terminal

SUPERVISOR: Final = a_cashier("Sasha", role=Role.SUPERVISOR)
_NONCES: Final = count(1000)


async def present(terminal: Terminal, text: str, way: Way = Way.IN, **changes: object) -> Verdict:
    """What a scan says to somebody who accepts the Code of Conduct."""
    scan = replace(Scan(text, next(_NONCES), "Robin", way), **changes)  # type: ignore[arg-type]  # keywords of a dataclass
    return await repeat(terminal.services.admission, scan)


async def repeat(admission: Admission, scan: Scan) -> Verdict:
    """What this very scan says."""
    judged = await admission.scan(scan)
    if isinstance(judged, NeedsConduct):
        return await admission.accept_conduct(judged, "en", scan)
    return judged


async def let_in(terminal: Terminal, text: str, gate: Gate = EVERY_SLOT) -> Verdict:
    return await present(terminal, text, gate=gate)


async def let_out(terminal: Terminal, text: str) -> Verdict:
    return await present(terminal, text, Way.OUT)


async def undo(terminal: Terminal, said: Verdict, reason: str = "wrong ticket") -> Verdict:
    """Take an admission back."""
    assert said.claim_id is not None
    return await terminal.services.admission.undo(
        said.claim_id, reason=reason, supervisor=SUPERVISOR, nonce=next(_NONCES)
    )
