"""Hand goodies out, each once, to whoever presents a ticket of the order that they came with."""

import secrets
from dataclasses import replace
from datetime import datetime
from functools import partial

from sqlmodel import Session

from kiosk.domain import chart_goodies
from kiosk.domain.admission import Reason
from kiosk.domain.audit import Action, Actor, AuditEntry
from kiosk.domain.chart import TransferCode
from kiosk.domain.errors import LedgerContradicts
from kiosk.domain.events import StaffMember
from kiosk.domain.hand_outs import (
    HandOut,
    HandOutUndo,
    HandOutWish,
    NothingHandedOut,
    PieceCard,
)
from kiosk.domain.orders import OrderState
from kiosk.domain.reasons import checked_reason
from kiosk.domain.rights import Right, require
from kiosk.services.admission import Terminal
from kiosk.services.backing import Backing
from kiosk.services.booking import book, instant
from kiosk.services.catalog import Catalog
from kiosk.store import audit, door, hand_outs, pairings
from ledger.types import CreateTransferStatus as Status
from ledger.types import Transfer


class HandOuts:
    """Goodies of one event, at one terminal's desk.

    `LedgerUnavailable` or `StoreUnavailable` mean that the outcome is unknown: repeat the call
    with the same nonce. If nobody does, reconciliation finishes what was stored.
    """

    def __init__(self, backing: Backing, catalog: Catalog, terminal: Terminal) -> None:
        self._store = backing.store
        self._ledger = backing.ledger
        self._clock = backing.clock
        self._catalog = catalog
        self._terminal = terminal.number

    def new_nonce(self) -> int:
        """63 bits that name one press: a repeated question about it gets the same answer."""
        return secrets.randbits(63) or 1

    async def pieces(self, claim_id: int) -> list[PieceCard]:
        """The pieces that a ticket opens: all of its order, waiting or handed out."""

        def read(session: Session) -> list[PieceCard]:
            order_id = hand_outs.order_of(session, claim_id)
            return [] if order_id is None else hand_outs.pieces(session, order_id)

        return await self._store.transaction(read)

    async def hand_out(
        self, claim_id: int, piece: PieceCard, nonce: int, staff: StaffMember
    ) -> HandOut:
        """Hand out one of the pieces that a ticket opens; the same nonce gets the same answer.

        Of two desks one does; the other hears when and where. Raises `NothingHandedOut` if the
        ticket is not good.
        """
        require(staff, Right.HAND_OUT)
        wish = HandOutWish(piece.order_id, piece.position, piece.attempt, nonce, self._terminal)
        now = self._clock.now()

        def intend(session: Session) -> None:
            self._check(session, claim_id)
            assert hand_outs.order_of(session, claim_id) == piece.order_id
            hand_outs.ask(session, wish, staff.name, now)

        await self._store.transaction(intend)
        transfer = chart_goodies.hand_out(self._catalog.event, piece.goodie_number, wish)
        [result] = await self._ledger.create_transfers([transfer])
        match result.status:
            case Status.CREATED | Status.EXISTS:
                transfer.timestamp = result.timestamp
            case (
                Status.EXISTS_WITH_DIFFERENT_USER_DATA_64
                | Status.EXISTS_WITH_DIFFERENT_USER_DATA_32
                # A refund was faster: the return of the piece has the id of its handing out.
                | Status.EXISTS_WITH_DIFFERENT_CREDIT_ACCOUNT_ID
            ):
                [transfer] = await self._ledger.lookup_transfers([transfer.id])
            case status:
                raise LedgerContradicts(f"goodie of order {piece.order_id:x}", status.name)
        if transfer.code == TransferCode.TAKE_BACK:
            await self._store.transaction(lambda session: hand_outs.refused(session, wish))
            raise NothingHandedOut(Reason.REFUNDED)
        return await self._store.transaction(partial(self._answer, piece, wish, transfer))

    async def undo(self, piece: PieceCard, reason: str, supervisor: StaffMember) -> PieceCard:
        """Take back in what a card shows as handed out; the card as it is now.

        Only that hand-out is undone, however often this is asked for. Raises `InvalidReason`.
        """
        require(supervisor, Right.UNDO)
        assert piece.handed_at is not None
        said = checked_reason(reason)
        wanted = HandOutUndo(
            order_id=piece.order_id,
            position=piece.position,
            goodie_number=piece.goodie_number,
            attempt=piece.attempt,
            terminal=self._terminal,
            staff=supervisor.name,
            reason=said,
        )
        now = self._clock.now()

        def intend(session: Session) -> HandOutUndo:
            pairings.require_paired(session, self._terminal)
            hand_outs.ask_undo(session, wanted, now)
            stored = hand_outs.find_undo(session, piece)
            assert stored is not None
            return stored

        await self._finish_undo(await self._store.transaction(intend))
        return await self._store.transaction(lambda session: _now(session, piece))

    async def unfinished(self) -> list[HandOutWish | HandOutUndo]:
        """What a crash left of this event."""
        event_id = self._catalog.event.id
        return await self._store.transaction(
            lambda session: [
                *hand_outs.unanswered(session, event_id),
                *hand_outs.unfinished_undos(session, event_id),
            ]
        )

    async def finish(self, left: HandOutWish | HandOutUndo) -> None:
        """Bring what was left to its end."""
        if isinstance(left, HandOutUndo):
            await self._finish_undo(left)
            return
        transfer_id = chart_goodies.hand_out_id(left.order_id, left.position, left.attempt)
        found = await self._ledger.lookup_transfers([transfer_id])
        await self._store.transaction(partial(self._record, left, found))

    def _check(self, session: Session, claim_id: int) -> None:
        pairings.require_paired(session, self._terminal)
        record = door.claim_by_id(session, claim_id)
        if record is None or record.event_id != self._catalog.event.id:
            raise NothingHandedOut(Reason.UNKNOWN)
        if record.state is not OrderState.PAID:
            refunded = record.state is OrderState.REFUNDED
            raise NothingHandedOut(Reason.REFUNDED if refunded else Reason.UNPAID)
        if record.claim.revoked:
            raise NothingHandedOut(Reason.REVOKED)

    def _answer(
        self, piece: PieceCard, wish: HandOutWish, transfer: Transfer, session: Session
    ) -> HandOut:
        winner = replace(wish, nonce=transfer.user_data_64, terminal=transfer.user_data_32)
        if winner != wish:
            hand_outs.refused(session, wish)
        self._handed(session, winner, instant(transfer.timestamp))
        return HandOut(_now(session, piece), is_ours=winner == wish)

    async def _finish_undo(self, undo: HandOutUndo) -> None:
        event, now = self._catalog.event, self._clock.now()
        transfer = chart_goodies.undo_hand_out(event, undo)
        if refusal := await book(self._ledger, [transfer]):
            raise LedgerContradicts(f"goodie of order {undo.order_id:x}", refusal.name)

        def record(session: Session) -> None:
            if hand_outs.undone(session, undo, now):
                actor, detail = Actor(undo.terminal, undo.staff), _detail(undo.position)
                said = f"{detail}: {undo.reason}"
                entry = AuditEntry(now, actor, Action.HAND_OUT_UNDONE, undo.order_id, said)
                audit.record(session, entry)

        await self._store.transaction(record)

    def _record(self, wish: HandOutWish, found: list[Transfer], session: Session) -> None:
        # Not sent again: whoever pressed is gone, and another press may hand the piece out.
        by = [(one.user_data_64, one.user_data_32) for one in found]
        if by == [(wish.nonce, wish.terminal)]:
            self._handed(session, wish, instant(found[0].timestamp))
        else:
            hand_outs.refused(session, wish)

    def _handed(self, session: Session, wish: HandOutWish, at: datetime) -> None:
        staff = hand_outs.handed(session, wish, at)
        if staff is not None:
            now, actor = self._clock.now(), Actor(wish.terminal, staff)
            entry = AuditEntry(now, actor, Action.HANDED_OUT, wish.order_id, _detail(wish.position))
            audit.record(session, entry)


def _detail(position: int) -> str:
    return f"piece {position + 1}"


def _now(session: Session, piece: PieceCard) -> PieceCard:
    found = hand_outs.pieces(session, piece.order_id)
    return next((one for one in found if one.position == piece.position), piece)
