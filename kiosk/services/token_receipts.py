"""Receipts of tokens that moved, and whether somebody shows a real one."""

from functools import partial

from kiosk.domain.token_receipts import (
    CheckedReceipt,
    MoveReceipt,
    NoReceipt,
    ReceiptFacts,
    ReceiptVerdict,
    event_tag,
    read_receipt,
)
from kiosk.services.backing import Backing
from kiosk.services.catalog import Catalog
from kiosk.store import token_history
from kiosk.store.token_history import FinishedMove


class TokenReceipts:
    """Receipts of one event; the same move has the same one, however often it is asked for."""

    def __init__(self, backing: Backing, catalog: Catalog) -> None:
        self._store = backing.store
        self._catalog = catalog

    async def of(self, move_id: int) -> MoveReceipt:
        """The receipt of a move; raises `NoReceipt` unless it has happened."""
        move = await self._find(move_id)
        if move is None:
            raise NoReceipt(move_id)
        return self._receipt(move)

    async def check(self, text: str) -> CheckedReceipt:
        """Whether a text is a receipt of this event, and what it is for."""
        signed = read_receipt(text)
        if signed is None:
            return CheckedReceipt(ReceiptVerdict.NOT_A_RECEIPT)
        event, key = self._catalog.event, self._catalog.signing_key.public_key()
        if not signed.is_signed_by(key):
            is_ours = signed.facts.event_tag == event_tag(event.id)
            return CheckedReceipt(ReceiptVerdict.FORGED if is_ours else ReceiptVerdict.OTHER_EVENT)
        # The signature alone says that it is real; what is on record of it says whose it is.
        move = await self._find(signed.facts.move_id)
        receipt = None if move is None else self._receipt(move)
        return CheckedReceipt(ReceiptVerdict.VALID, signed.facts, receipt)

    async def _find(self, move_id: int) -> FinishedMove | None:
        move = await self._store.transaction(partial(token_history.finished, move_id=move_id))
        return move if move and move.event_id == self._catalog.event.id else None

    def _receipt(self, move: FinishedMove) -> MoveReceipt:
        event = self._catalog.event
        facts = ReceiptFacts.of(event.id, move.id, move.token_number, move.amount, move.at)
        return MoveReceipt(
            code=facts.signed(self._catalog.signing_key),
            event=event.name,
            token=next(one for one in event.tokens if one.number == move.token_number),
            amount=move.amount,
            at=move.at,
            sender=move.sender and move.sender.masked,
            receiver=move.receiver and move.receiver.masked,
            place=move.app,
            email=move.gift_email,
        )
