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
    History,
    Standing,
    Step,
    StepKind,
    Wish,
    step_kind,
    way_refusal,
)
from kiosk.domain.events import Event
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
class Undo:
    """Did the latest admission of a claim not happen after all?"""

    claim_id: int
    nonce: int
    request: Request


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
    """Judges for one terminal. With `is_sure`, unanswered wishes of others do not count.

    Each of them raises `NotPaired`.
    """

    def __init__(self, catalog: Catalog, terminal: Terminal) -> None:
        self._catalog = catalog
        self._terminal = terminal

    def scan(self, session: Session, question: Question, *, is_sure: bool = False) -> Judged:
        """Whether the holder of a claim may pass."""
        pairings.require_paired(session, self._terminal.number)
        actor = Actor(self._terminal.number, question.scan.staff)
        record, version = _find(session, question.named)
        if record is None:
            door.turn_away(session, None, Reason.UNKNOWN, actor, question.at)
            return Verdict(Reason.UNKNOWN)
        case = self._case(session, record)
        judged = case.before(question.scan.nonce, is_sure) or case.passing(question, version)
        if isinstance(judged, Verdict) and judged.reason not in _REPEATED:
            door.turn_away(session, record.claim.id, judged.reason, actor, question.at)
        return judged

    def turn_away(self, session: Session, scan: Scan, said: Verdict, at: datetime) -> None:
        """Put on record what was said to somebody before anything was looked up."""
        pairings.require_paired(session, self._terminal.number)
        actor = Actor(self._terminal.number, scan.staff)
        door.turn_away(session, said.claim_id, said.reason, actor, at)

    def undo(self, session: Session, asked: Undo, *, is_sure: bool = False) -> Judged:
        """Whether there is an admission of a claim to take back."""
        pairings.require_paired(session, self._terminal.number)
        record = door.claim_by_id(session, asked.claim_id)
        if record is None:
            return Verdict(Reason.UNKNOWN)
        case = self._case(session, record)
        if judged := case.before(asked.nonce, is_sure):
            return judged
        if case.standing.entered is None:
            return case.about(Reason.NOTHING_TO_UNDO, None)
        return case.intent(StepKind.UNDO, asked.nonce, asked.request)

    def _case(self, session: Session, record: ClaimRecord) -> "_Case":
        history = door.history(session, record.claim.id)
        return _Case(session, self._catalog.event, self._terminal, record, history)


@dataclass(frozen=True, slots=True)
class _Case:
    """One claim before one terminal, within a unit of work."""

    session: Session
    event: Event
    terminal: Terminal
    record: ClaimRecord
    history: History

    @property
    def standing(self) -> Standing:
        """What its recorded steps come to."""
        return self.history.standing

    def before(self, nonce: int, is_sure: bool) -> Verdict | Unsure | None:
        """What was said to this scan before, or whose wish has to be looked into first."""
        if mine := self.standing.step_of(nonce, self.terminal.number):
            return self._said(self.standing, mine)
        rival = self.history.rival(nonce, self.terminal.number)
        return Unsure(rival) if rival and not is_sure else None

    def passing(self, question: Question, version: int | None) -> Verdict | NeedsConduct | Intent:
        """Whether nothing on record is in the holder's way."""
        event, claim, scan, at = self.event, self.record.claim, question.scan, question.at
        if refused := refusal(self.record, event, Presented(scan.way, scan.gate, version), at):
            return refused
        rule = EntryRule(event.slot(claim.slot_key).entry, ZoneInfo(event.timezone))
        if reason := way_refusal(rule, self.standing.whereabouts, scan.way, at):
            is_in = reason is Reason.ALREADY_IN
            return self.about(reason, self.standing.entered if is_in else self.standing.left)
        wants_conduct = question.asks_conduct and scan.way is Way.IN
        if wants_conduct and not door.has_accepted(self.session, event, claim.holder):
            number = codes.format_number(claim.ticket_number)
            return NeedsConduct(scan.text, number, claim.holder, claim.slot_key, claim.id)
        kind = step_kind(self.standing, scan.way)
        return self.intent(kind, scan.nonce, Request(at, scan.staff))

    def intent(self, kind: StepKind, nonce: int, request: Request) -> Intent:
        """The next step, its wish being stored."""
        standing, at = self.standing, request.at
        step = Step(standing.next_number, kind, nonce, self.terminal.number, at, at)
        wish = Wish(self.record.claim.id, step.number, kind, nonce, step.terminal)
        return Intent(
            self.record.claim,
            standing,
            door.ask(self.session, wish, request),
            refused=self.about(Reason.HALL_FULL, None),
            granted=self._said(Standing.after((*standing.steps, step)), step),
        )

    def about(self, reason: Reason, step: Step | None) -> Verdict:
        """A verdict with all that is known of the ticket, and when and where a step was taken."""
        said = verdict_on(self.record, self.event, reason)
        if step is None:
            return said
        is_here = step.terminal == self.terminal.number
        name = self.terminal.name if is_here else terminals.name(self.session, step.terminal)
        return replace(said, at=step.done_at, terminal=name)

    def _said(self, standing: Standing, mine: Step) -> Verdict:
        """What the scan hears that a step is of, unless that was undone since."""
        before = standing.before(mine)
        match mine.kind:
            case StepKind.ENTER | StepKind.RETURN if mine in standing.standing:
                return replace(self.about(Reason.ADMITTED, mine), entry=len(before.standing) + 1)
            case StepKind.LEAVE:
                return self.about(Reason.LEFT, mine)
            case StepKind.UNDO:
                return self.about(Reason.UNDONE, before.entered)
            case _:
                return self.about(Reason.UNDONE, mine)


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
