"""The door: scan, record the Code of Conduct, let in once, let out, take back."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import partial

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from kiosk.domain.admission import EVERY_SLOT, Gate, NeedsConduct, Reason, Scan, Verdict
from kiosk.domain.events import StaffMember
from kiosk.domain.presented import Named, read_named
from kiosk.domain.reasons import checked_reason
from kiosk.domain.rights import Right, require
from kiosk.domain.tickets import read_code
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.services.judging import Intent, Judge, Judged, Question, Undo, Unsure
from kiosk.services.judging import Terminal as Terminal
from kiosk.services.steps import Steps
from kiosk.services.turnout import DoorCounters, Turnout
from kiosk.store import door, events
from kiosk.store.door import Acceptance, Request


class Admission:
    """Verdicts of one terminal's door.

    `LedgerUnavailable` or `StoreUnavailable` out of a call means that the outcome is unknown:
    call again with the same nonce.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: Terminal) -> None:
        self.terminal = terminal.name
        self._terminal = terminal.number
        self._store = backing.store
        self._clock = backing.clock
        self._catalog = catalog
        self._public_key = catalog.signing_key.public_key()
        self._judge = Judge(catalog, terminal)
        self._steps = Steps(backing, catalog)
        self._turnout = Turnout(backing, catalog)

    def new_nonce(self) -> int:
        """63 bits that name one scan: a repeated question about it gets the same answer."""
        return secrets.randbits(63) or 1

    async def scan(self, scan: Scan) -> Verdict | NeedsConduct:
        """Judge what is presented, and let its holder pass if nothing is in the way."""
        return await self._pass(scan, self._clock.now())

    async def accept_conduct(self, needs: NeedsConduct, language: str, scan: Scan) -> Verdict:
        """Record that the holder accepted the text in `language`, and go on with the scan."""
        assert needs.holder is not None, "whose ticket it is was known when it was judged"
        now = self._clock.now()
        acceptance = Acceptance(
            event_id=self._catalog.event.id,
            attendee=needs.holder,
            conduct=self._catalog.event.conduct[language],
            accepted_at=now,
            terminal=self._terminal,
            staff=scan.staff,
        )
        await self._store.transaction(lambda session: door.accept(session, acceptance))
        verdict = await self._pass(scan, now)
        if isinstance(verdict, NeedsConduct):
            # It became another person's while this one read.
            return Verdict(Reason.REPLACED, ticket_number=needs.ticket_number)
        return verdict

    async def refuse_conduct(self, needs: NeedsConduct, scan: Scan) -> Verdict:
        """Record that the holder did not accept the text: nobody is admitted by the scan."""
        said = needs.refused
        await self._turn_away(scan, said, self._clock.now())
        return said

    async def replay(self, scan: Scan, at: datetime) -> Verdict:
        """As `scan`, for somebody whom this terminal let pass at `at` without ledger and store.

        Judged and recorded as of then. Nobody is there any more to be asked about the Code of
        Conduct.
        """
        verdict = await self._pass(scan, at, asks_conduct=False)
        assert isinstance(verdict, Verdict)
        return verdict

    async def undo(
        self, claim_id: int, *, reason: str, supervisor: StaffMember, nonce: int
    ) -> Verdict:
        """Take the latest admission of a ticket back, for a reason that stays on record.

        The same nonce again is the same undo. Raises `InvalidReason` or `NotAllowed`.
        """
        require(supervisor, Right.UNDO)
        request = Request(self._clock.now(), supervisor.name, checked_reason(reason))
        asked = Undo(claim_id, nonce, request)
        verdict = await self._settle(partial(self._judge.undo, asked=asked))
        assert isinstance(verdict, Verdict)
        return verdict

    async def counters(self, gate: Gate = EVERY_SLOT) -> DoorCounters:
        """How many went through the doors to what `gate` leads to."""
        return await self._turnout.counters(gate)

    async def _pass(
        self, scan: Scan, at: datetime, *, asks_conduct: bool = True
    ) -> Verdict | NeedsConduct:
        named = await self._read(scan.text)
        if isinstance(named, Verdict):
            await self._turn_away(scan, named, at)
            return named
        question = Question(named, scan, at, asks_conduct)
        return await self._settle(partial(self._judge.scan, question=question))

    async def _turn_away(self, scan: Scan, said: Verdict, at: datetime) -> None:
        record = partial(self._judge.turn_away, scan=scan, said=said, at=at)
        await self._store.transaction(record)

    async def _settle(self, judge: Callable[..., Judged]) -> Verdict | NeedsConduct:
        """Judge until nobody else is faster: each time round, another scan has come further."""
        while True:
            judged = await self._store.transaction(judge)
            if isinstance(judged, Unsure) and not await self._steps.find_out(judged.wish):
                judged = await self._store.transaction(partial(judge, is_sure=True))
            answer = await self._take(judged) if isinstance(judged, Intent) else judged
            if isinstance(answer, Verdict | NeedsConduct):
                return answer

    async def _take(self, intent: Intent) -> Verdict | None:
        """Ask the ledger for a step; None if it went to another scan."""
        taken = await self._steps.take(intent.claim, intent.standing, intent.wish)
        if isinstance(taken, Reason):
            return replace(intent.refused, reason=taken)
        return intent.done(taken.at) if taken.is_for(intent.wish) else None

    async def _read(self, text: str) -> Named | Verdict:
        named = read_named(text, self._public_key)
        if isinstance(named, Named):
            return named
        signed = read_code(text)
        if signed is None:
            return Verdict(named)
        event_id = self._catalog.event.id
        others = await self._store.transaction(lambda session: events.other_keys(session, event_id))
        for other in others:
            if signed.is_signed_by(Ed25519PublicKey.from_public_bytes(other.public_key)):
                return Verdict(Reason.OTHER_EVENT, other_event=other.event_name)
        return Verdict(Reason.NOT_OURS)
