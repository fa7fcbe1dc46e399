"""The services of the door, answering at once from memory."""

from collections import deque

from kiosk.domain.admission import EVERY_SLOT, Gate, NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.doorways import Doorway
from kiosk.domain.events import StaffMember
from kiosk.domain.lane import Conflict, LaneStatus
from kiosk.services.admission import Admission
from kiosk.services.doorways import Doorways
from kiosk.services.emptyings import Emptyings
from kiosk.services.lane import Lane
from kiosk.services.turnout import DoorCounters
from tests.kiosk.fake_events import LEDGER_AWAY
from tests.kiosk.fake_sales import Answers


class FakeAdmission(Admission, Answers):
    """Gives the verdicts queued by the test, else that the code is not ours."""

    def __init__(self, terminal: str) -> None:
        Answers.__init__(self)
        self.terminal = terminal
        self.verdicts: deque[Verdict | NeedsConduct] = deque()
        self.scans: list[Scan] = []
        self.accepted: list[str] = []
        self.refused: list[NeedsConduct] = []
        self.undone: list[tuple[int, str, str, int]] = []
        """Claim, reason, supervisor, nonce."""
        self.counted: DoorCounters | None = DoorCounters(412, 600, 389, None, 14)
        """None if there is no answer."""
        self._nonces = 0

    def new_nonce(self) -> int:
        self._nonces += 1
        return self._nonces

    async def scan(self, scan: Scan) -> Verdict | NeedsConduct:
        self.scans.append(scan)
        self.check()
        return self.verdicts.popleft() if self.verdicts else Verdict(Reason.NOT_OURS)

    async def accept_conduct(self, needs: NeedsConduct, language: str, scan: Scan) -> Verdict:
        self.accepted.append(language)
        self.check()
        return Verdict(Reason.ADMITTED, needs.ticket_number, needs.holder, needs.slot_key)

    async def refuse_conduct(self, needs: NeedsConduct, scan: Scan) -> Verdict:
        self.refused.append(needs)
        self.check()
        return needs.refused

    async def undo(
        self, claim_id: int, *, reason: str, supervisor: StaffMember, nonce: int
    ) -> Verdict:
        self.undone.append((claim_id, reason, supervisor.name, nonce))
        self.check()
        return Verdict(Reason.UNDONE, claim_id=claim_id)

    async def counters(self, gate: Gate = EVERY_SLOT) -> DoorCounters:
        if self.counted is None:
            raise LEDGER_AWAY
        return self.counted


class FakeDoorways(Doorways, Answers):
    """Remembers for as long as the test lasts."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.doorway = Doorway()
        self.kept_by: list[str] = []

    async def kept(self) -> Doorway:
        self.check()
        return self.doorway

    async def keep(self, doorway: Doorway, staff: str) -> None:
        self.check()
        self.doorway = doorway
        self.kept_by.append(staff)


class FakeEmptyings(Emptyings, Answers):
    """Lets out as many as the test says."""

    def __init__(self) -> None:
        Answers.__init__(self)
        self.out = 389
        self.asked: list[tuple[Gate, str]] = []

    async def empty(self, gate: Gate, supervisor: StaffMember) -> int:
        self.asked.append((gate, supervisor.name))
        self.check()
        return self.out


class FakeLane(Lane, Answers):
    """On line, unless the test says otherwise: what the fake admission says is what it says."""

    def __init__(self, admission: FakeAdmission) -> None:
        Answers.__init__(self)
        self.terminal = admission.terminal
        self._fake = admission
        self.said = LaneStatus()
        self.found: list[Conflict] = []

    @property
    def status(self) -> LaneStatus:
        return self.said

    def new_nonce(self) -> int:
        return self._fake.new_nonce()

    async def scan(self, scan: Scan) -> Verdict | NeedsConduct:
        return await self._fake.scan(scan)

    async def accept_conduct(self, needs: NeedsConduct, language: str, scan: Scan) -> Verdict:
        return await self._fake.accept_conduct(needs, language, scan)

    async def refuse_conduct(self, needs: NeedsConduct, scan: Scan) -> Verdict:
        return await self._fake.refuse_conduct(needs, scan)

    async def conflicts(self) -> list[Conflict]:
        self.check()
        return self.found

    async def acknowledge(self, conflict: Conflict, staff: StaffMember) -> None:
        self.found.remove(conflict)

    async def run_forever(self) -> None:
        return
