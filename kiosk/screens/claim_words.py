"""What staff read about a ticket, and why it is not changed."""

from collections.abc import Iterable
from dataclasses import dataclass

from kiosk.domain.claim_transfers import ChangeFault, TicketKept
from kiosk.domain.claims import ClaimCard, ClaimState
from kiosk.domain.hand_outs import PieceCard
from kiosk.screens.base import Desk
from kiosk.screens.verdicts import DoorWords


@dataclass(frozen=True, slots=True)
class ClaimWords:
    """Says tickets in the language of a desk."""

    desk: Desk

    def slot(self, card: ClaimCard) -> str:
        """What it is for."""
        return self._title(card.slot_key)

    def slots(self, cards: Iterable[ClaimCard]) -> str:
        """What they are for."""
        return ", ".join(map(self.slot, cards))

    def state(self, card: ClaimCard) -> str:
        """Where the ticket and its holder are."""
        words = self.desk.words
        match card.state:
            case ClaimState.IN | ClaimState.LEFT if card.since:
                when = words.when(card.since, self.desk.now())
                if card.state is ClaimState.IN:
                    return words("in since {when}, {place}", when=when, place=card.terminal)
                return words("left {when}, {place}", when=when, place=card.terminal)
            case ClaimState.UNPAID:
                return words("not paid")
            case ClaimState.REFUNDED:
                return words("refunded")
            case ClaimState.REVOKED:
                return words("revoked: {why}", why=card.revoked)
            case _:
                return words("not in yet")

    def why_not_in(self, card: ClaimCard) -> str:
        """What the door would say instead of letting the holder in."""
        if card.refusal is None:
            return ""
        event = self.desk.services.catalog.event
        return DoorWords(self.desk.words, event, self.desk.now()).headline(card.refusal)

    def kept(self, kept: TicketKept) -> str:
        """Why a ticket stays as it is."""
        words = self.desk.words
        slots = ", ".join(self._title(key) for key in kept.slot_keys)
        return {
            ChangeFault.NOT_PAID: words("it is not paid for, or its money is going back"),
            ChangeFault.REVOKED: words("it was revoked"),
            ChangeFault.USED: words("somebody is in with it, or was"),
            ChangeFault.STARTED: words("what it is for has begun"),
            ChangeFault.FROZEN: words("tickets are not passed on any more"),
            ChangeFault.REQUIRES: words(
                "the receiver needs a ticket for {slots} first", slots=slots
            ),
            ChangeFault.LEAVES: words("{slots} must go with it", slots=slots),
            ChangeFault.VERSIONS_USED_UP: words("it was replaced too often"),
        }[kept.reason]

    def piece(self, piece: PieceCard) -> str:
        """What is handed out."""
        goodies = self.desk.services.catalog.event.goodies
        names = {goodie.key: goodie.name for goodie in goodies}
        return names.get(piece.goodie_key, piece.goodie_key)

    def handed(self, piece: PieceCard) -> str:
        """When, where and by whom it was handed out."""
        words = self.desk.words
        if piece.handed_at is None:
            return words("waiting")
        when = words.when(piece.handed_at, self.desk.now())
        return " · ".join(filter(None, (when, piece.terminal, piece.staff)))

    def _title(self, slot_key: str) -> str:
        titles = {slot.key: slot.title for slot in self.desk.services.catalog.event.slots}
        return titles.get(slot_key, slot_key)
