"""The door: scan, record the Code of Conduct, admit once."""

import secrets
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlmodel import Session

from kiosk.domain import chart_places, codes
from kiosk.domain.admission import (
    FIRST_ENTRY,
    ClaimRecord,
    NeedsConduct,
    Reason,
    Verdict,
    refusal,
    verdict_on,
)
from kiosk.domain.chart import TransferCode
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.tickets import SignedPayload, read_code
from kiosk.services.backing import Backing
from kiosk.services.booking import instant
from kiosk.services.catalog import Catalog
from kiosk.store import door, events, terminals
from kiosk.store.door import Acceptance, Wish
from ledger.types import CreateTransferStatus as Status
from ledger.types import Transfer


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal by its name, and by the number that stands for it on the ledger."""

    number: int
    name: str


Accepted = bool
"""Whether the holder has accepted the Code of Conduct; if so, the wish to admit is stored."""


@dataclass(frozen=True, slots=True)
class _Presented:
    """What somebody presents: a ticket of ours, or a number as typed."""

    number: str | None = None
    signed: SignedPayload | None = None

    @property
    def version(self) -> int | None:
        return self.signed.payload.version if self.signed else None


class Admission:
    """Verdicts of one terminal's door.

    `LedgerUnavailable` or `StoreUnavailable` out of a scan means that the outcome is unknown:
    scan again with the same nonce.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: Terminal) -> None:
        self.terminal = terminal.name
        self._terminal = terminal.number
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog

    def new_nonce(self) -> int:
        """63 bits that name one scan: a repeated question about it gets the same answer."""
        return secrets.randbits(63) or 1

    async def scan(self, text: str, nonce: int) -> Verdict | NeedsConduct:
        """Judge a QR's text or a typed ticket number, and admit if nothing is in the way."""
        presented = await self._read(text)
        if isinstance(presented, Verdict):
            return presented
        judged = await self._judge(presented, nonce)
        if isinstance(judged, Verdict):
            return judged
        record, accepted = judged
        if accepted:
            return await self._redeem(record, nonce)
        # The text may have changed since this ticket was admitted; that is no second question.
        if found := await self._ledger.lookup_transfers(
            [chart_places.redeem_id(record.claim.id, FIRST_ENTRY)]
        ):
            return await self._answer(record, found[0], nonce)
        return NeedsConduct(
            text=text,
            ticket_number=codes.format_number(record.claim.ticket_number),
            holder=record.claim.holder,
            slot_key=record.claim.slot_key,
        )

    async def accept_conduct(self, needs: NeedsConduct, language: str, nonce: int) -> Verdict:
        """Record that the holder accepted the text in `language`, and go on with the scan."""
        acceptance = Acceptance(
            event_id=self._catalog.event.id,
            attendee=needs.holder,
            conduct=self._catalog.event.conduct[language],
            accepted_at=self._clock.now(),
            terminal=self._terminal,
        )
        await self._store.transaction(lambda session: door.accept(session, acceptance))
        verdict = await self.scan(needs.text, nonce)
        assert isinstance(verdict, Verdict), "an acceptance is on record by now"
        return verdict

    async def _read(self, text: str) -> _Presented | Verdict:
        if (number := codes.parse_number(text)) is not None:
            intact = codes.is_number_intact(number)
            return _Presented(number=number) if intact else Verdict(Reason.TYPO)
        signed = read_code(text)
        if signed is None:
            return Verdict(Reason.NOT_OURS)
        if signed.is_signed_by(self._catalog.signing_key.public_key()):
            return _Presented(signed=signed)
        event_id = self._catalog.event.id
        others = await self._store.transaction(lambda session: events.other_keys(session, event_id))
        for other in others:
            if signed.is_signed_by(Ed25519PublicKey.from_public_bytes(other.public_key)):
                return Verdict(Reason.OTHER_EVENT, other_event=other.event_name)
        return Verdict(Reason.NOT_OURS)

    async def _judge(
        self, presented: _Presented, nonce: int
    ) -> Verdict | tuple[ClaimRecord, Accepted]:
        event, now = self._catalog.event, self._clock.now()

        def judge(session: Session) -> Verdict | tuple[ClaimRecord, Accepted]:
            record = _find(session, presented)
            if record is None:
                return Verdict(Reason.UNKNOWN)
            if refused := refusal(record, event, presented.version, now):
                return refused
            accepted = door.has_accepted(session, event, record.claim.holder)
            if accepted:
                door.ask(session, self._wish(record, nonce), now)
            return record, accepted

        return await self._store.transaction(judge)

    async def _redeem(self, record: ClaimRecord, nonce: int) -> Verdict:
        transfer = chart_places.redeem(
            self._catalog.event,
            record.claim,
            entry=FIRST_ENTRY,
            nonce=nonce,
            terminal=self._terminal,
        )
        [result] = await self._ledger.create_transfers([transfer])
        match result.status:
            case Status.CREATED | Status.EXISTS:
                transfer.timestamp = result.timestamp
            case (
                Status.EXISTS_WITH_DIFFERENT_USER_DATA_64
                | Status.EXISTS_WITH_DIFFERENT_USER_DATA_32
                # A refund was faster: the return of the place has the id of its admission.
                | Status.EXISTS_WITH_DIFFERENT_FLAGS
                | Status.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID
            ):
                [transfer] = await self._ledger.lookup_transfers([transfer.id])
            case status:
                what = f"admission of ticket {record.claim.ticket_number}"
                raise LedgerContradicts(what, status.name)
        return await self._answer(record, transfer, nonce)

    async def _answer(self, record: ClaimRecord, admission: Transfer, nonce: int) -> Verdict:
        """Record which scan the ledger admitted, and say so."""
        ours = self._wish(record, nonce)
        if admission.code == TransferCode.TAKE_BACK:
            await self._store.transaction(lambda session: door.refused(session, ours))
            return verdict_on(record, self._catalog.event, Reason.REFUNDED)
        winner = Wish(ours.claim_id, ours.entry, admission.user_data_64, admission.user_data_32)
        at = instant(admission.timestamp)

        def note(session: Session) -> str:
            if winner != ours:
                door.refused(session, ours)
            door.admitted(session, winner, at)
            return terminals.name(session, winner.terminal)

        terminal = await self._store.transaction(note)
        claim = record.claim
        return Verdict(
            Reason.ADMITTED if winner == ours else Reason.ALREADY_IN,
            ticket_number=codes.format_number(claim.ticket_number),
            holder=claim.holder,
            slot_key=claim.slot_key,
            valid=self._catalog.event.slot(claim.slot_key).valid,
            at=at,
            terminal=terminal,
        )

    def _wish(self, record: ClaimRecord, nonce: int) -> Wish:
        return Wish(record.claim.id, FIRST_ENTRY, nonce, self._terminal)


def _find(session: Session, presented: _Presented) -> ClaimRecord | None:
    if presented.number is not None:
        return door.claim_by_number(session, presented.number)
    assert presented.signed is not None
    return door.claim_by_id(session, presented.signed.payload.claim_id)
