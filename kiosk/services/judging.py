"""What a door says by what is on record: units of work, each for one claim that it locks."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias
from zoneinfo import ZoneInfo

from sqlmodel import Session

from kiosk.domain import codes
from kiosk.domain.admission import (
    ClaimRecord,
    NeedsConduct,
    Presented,
    Reason,
    Scan,
    Verdict,
    Way,
    refusal,
    verdict_on,
)
from kiosk.domain.audit import Actor
from kiosk.domain.entries import (
    EntryRule,
    Standing,
    Step,
    StepKind,
    Wish,
    step_kind,
    way_refusal,
)
from kiosk.domain.orders import SlotClaim
from kiosk.domain.presented import Named
from kiosk.services.catalog import Catalog
from kiosk.store import claims, door, pairings, terminals
from kiosk.store.door import Request


@dataclass(frozen=True, slots=True)
class Terminal:
    """A terminal by its name, and by the number that stands for it on the ledger."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Question:
    """May the holder of a claim pass?"""

    named: Named
    scan: Scan
    at: datetime
    asks_conduct: bool = True
    """Whether whoever has not accepted the Code of Conduct is there to be asked."""


@dataclass(frozen=True, slots=True)
class Intent:
    """A step that nothing on record is in the way of; its wish is stored."""

    claim: SlotClaim
    standing: Standing
    wish: Wish
    refused: Verdict
    """With all that is known of the ticket, for whatever the ledger has against it."""
    granted: Verdict

    def done(self, at: datetime) -> Verdict:
        """What the door says once the ledger has taken the step."""
        # Of an undone admission it is told when that was.
        return self.granted if self.wish.kind is StepKind.UNDO else replace(self.granted, at=at)


@dataclass(frozen=True, slots=True)
class Unsure:
    """Somebody else's wish is not answered: the ledger may know more than the record."""

    wish: Wish


Judged: TypeAlias = Verdict | NeedsConduct | Intent | Unsure

_REPEATED: Final = (Reason.ADMITTED, Reason.LEFT, Reason.UNDONE)
"""What is only said once more, of a step that is on record."""


class Judge:
    """Judges for one terminal. With `is_sure`, unanswered wishes of others do not count."""

    def __init__(self, catalog: Catalog, terminal: Terminal) -> None:
        self._catalog = catalog
        self._terminal = terminal

    def scan(self, session: Session, question: Question, *, is_sure: bool = False) -> Judged:
        """Whether the holder of a claim may pass; raises `NotPaired`."""
        pairings.require_paired(session, self._terminal.number)
        record, version = _find(session, question.named)
        if record is None:
            return Verdict(Reason.UNKNOWN)
        judged = self._of_claim(session, record, version, question, is_sure=is_sure)
        if isinstance(judged, Verdict) and judged.reason not in _REPEATED:
            actor = Actor(self._terminal.number, question.scan.staff)
            door.turn_away(session, record.claim.id, judged.reason, actor, question.at)
        return judged

    def _of_claim(
        self,
        session: Session,
        record: ClaimRecord,
        version: int | None,
        question: Question,
        *,
        is_sure: bool,
    ) -> Judged:
        event, scan, at = self._catalog.event, question.scan, question.at
        history = door.history(session, record.claim.id)
        standing = history.standing
        if mine := standing.step_of(scan.nonce, self._terminal.number):
            return self._again(session, record, standing, mine)
        if refused := refusal(record, event, Presented(scan.way, scan.gate, version), at):
            return refused
        if not is_sure and (rival := history.rival(scan.nonce, self._terminal.number)):
            return Unsure(rival)
        rule = EntryRule(event.slot(record.claim.slot_key).entry, ZoneInfo(event.timezone))
        if reason := way_refusal(rule, standing.whereabouts, scan.way, at):
            return self._refused(session, record, standing, reason)
        wants_conduct = question.asks_conduct and scan.way is Way.IN
        if wants_conduct and not door.has_accepted(session, event, record.claim.holder):
            return _conduct(record, scan)
        wish = self._wish(record, standing, step_kind(standing, scan.way), scan.nonce)
        return self._intent(session, record, standing, wish, Request(at, scan.staff))

    def undo(
        self,
        session: Session,
        claim_id: int,
        nonce: int,
        request: Request,
        *,
        is_sure: bool = False,
    ) -> Judged:
        """Whether there is an admission of this claim to take back; raises `NotPaired`."""
        pairings.require_paired(session, self._terminal.number)
        record = door.claim_by_id(session, claim_id)
        if record is None:
            return Verdict(Reason.UNKNOWN)
        history = door.history(session, claim_id)
        standing = history.standing
        if mine := standing.step_of(nonce, self._terminal.number):
            return self._again(session, record, standing, mine)
        if not is_sure and (rival := history.rival(nonce, self._terminal.number)):
            return Unsure(rival)
        if standing.entered is None:
            return verdict_on(record, self._catalog.event, Reason.NOTHING_TO_UNDO)
        wish = self._wish(record, standing, StepKind.UNDO, nonce)
        return self._intent(session, record, standing, wish, request)

    def _intent(
        self,
        session: Session,
        record: ClaimRecord,
        standing: Standing,
        wish: Wish,
        request: Request,
    ) -> Intent:
        step = Step(wish.number, wish.kind, wish.nonce, wish.terminal, request.at, request.at)
        after = Standing.after((*standing.steps, step))
        return Intent(
            record.claim,
            standing,
            door.ask(session, wish, request),
            refused=verdict_on(record, self._catalog.event, Reason.HALL_FULL),
            granted=self._again(session, record, after, step),
        )

    def _again(
        self, session: Session, record: ClaimRecord, standing: Standing, mine: Step
    ) -> Verdict:
        """The same answer to the same scan, unless its admission was undone since."""
        before = standing.before(mine)
        match mine.kind:
            case StepKind.ENTER | StepKind.RETURN if mine in standing.standing:
                said = self._about(session, record, Reason.ADMITTED, mine)
                return replace(said, entry=len(before.standing) + 1)
            case StepKind.LEAVE:
                return self._about(session, record, Reason.LEFT, mine)
            case StepKind.UNDO:
                return self._about(session, record, Reason.UNDONE, before.entered)
            case _:
                return self._about(session, record, Reason.UNDONE, mine)

    def _refused(
        self, session: Session, record: ClaimRecord, standing: Standing, reason: Reason
    ) -> Verdict:
        is_in = reason is Reason.ALREADY_IN
        return self._about(session, record, reason, standing.entered if is_in else standing.left)

    def _about(
        self, session: Session, record: ClaimRecord, reason: Reason, step: Step | None
    ) -> Verdict:
        said = verdict_on(record, self._catalog.event, reason)
        if step is None:
            return said
        is_here = step.terminal == self._terminal.number
        name = self._terminal.name if is_here else terminals.name(session, step.terminal)
        return replace(said, at=step.done_at, terminal=name)

    def _wish(self, record: ClaimRecord, standing: Standing, kind: StepKind, nonce: int) -> Wish:
        number = standing.next_number
        return Wish(record.claim.id, number, kind, nonce, self._terminal.number)


def _find(session: Session, named: Named) -> tuple[ClaimRecord | None, int | None]:
    """The claim, and of which version its ticket is; the number of the newest one has none."""
    if named.payload is not None:
        payload = named.payload
        return door.claim_by_id(session, payload.claim_id), payload.version
    assert named.number is not None
    record = door.claim_by_number(session, named.number)
    if record is None and (former := claims.former(session, named.number)):
        return door.claim_by_id(session, former.claim_id), former.version
    return record, None


def _conduct(record: ClaimRecord, scan: Scan) -> NeedsConduct:
    claim = record.claim
    number = codes.format_number(claim.ticket_number)
    return NeedsConduct(scan.text, number, claim.holder, claim.slot_key)
