"""One ticket, and what the staff may do about it."""

from enum import Enum

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.claim_transfers import TicketKept
from kiosk.domain.claims import ClaimCard, ClaimState
from kiosk.domain.events import Role, StaffMember
from kiosk.domain.rights import Right, least_role, may
from kiosk.screens.base import Desk
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import one_line


class ClaimWish(Enum):
    """What is to be done about a ticket."""

    ADMIT = "admit"
    UNDO = "undo"
    HAND_OUT = "hand_out"
    COMPANIONS = "companions"
    TRANSFER = "transfer"
    REISSUE = "reissue"
    NOTE = "note"
    REVOKE = "revoke"
    RESTORE = "restore"


class ClaimCardDialog(DoorDialog[ClaimWish]):
    """Answers what is to be done."""

    def __init__(self, desk: Desk, card: ClaimCard, staff: StaffMember) -> None:
        super().__init__(desk, card.holder.name)
        self._card = card
        self._staff = staff
        self._wishes = [*self._offers()]

    def body(self) -> ComposeResult:
        card, said = self._card, ClaimWords(self.desk)
        lines = [f"{card.holder.email} · {card.ticket_number}", said.slot(card), said.state(card)]
        yield Static(Content("\n".join(map(one_line, lines))), classes="told")
        if card.note:
            yield Static(Content(f"⚑ {one_line(card.note)}"), classes="note")
        yield from super().body()

    def on_mount(self) -> None:
        self.offer([row for _, row in self._wishes])

    def picked(self, index: int) -> None:
        self.dismiss(self._wishes[index][0])

    def _offers(self) -> list[tuple[ClaimWish, PickRow]]:
        card, words, said = self._card, self.words, ClaimWords(self.desk)
        admit = PickRow(words("Admit"), why_not=said.why_not_in(card))
        offers = [(ClaimWish.ADMIT, admit)]
        if card.state is ClaimState.IN:
            # Who may not do it themselves asks a supervisor for it on the spot.
            offers.append((ClaimWish.UNDO, PickRow(words("Take the admission back"))))
        if self.desk.services.catalog.event.goodies:
            # What is handed out already is taken back in there.
            waiting = words.count("one waits", "{n} wait", card.goodies) if card.goodies else ""
            offers.append((ClaimWish.HAND_OUT, PickRow(words("Hand out"), waiting)))
        if card.companions:
            others = words.number(card.companions)
            offers.append((ClaimWish.COMPANIONS, PickRow(words("More in this order"), others)))
        return [*offers, *self._changes()]

    def _changes(self) -> list[tuple[ClaimWish, PickRow]]:
        words = self.words
        return [
            (ClaimWish.NOTE, PickRow(words("Note for all doors"), why_not=self._no(Right.NOTE))),
            (
                ClaimWish.TRANSFER,
                PickRow(words("Pass it on to somebody"), why_not=self._kept()),
            ),
            (
                ClaimWish.REISSUE,
                PickRow(words("New ticket for a lost one"), why_not=self._no(Right.REISSUE)),
            ),
            (
                (ClaimWish.RESTORE, PickRow(words("Good again"), why_not=self._no(Right.REVOKE)))
                if self._card.revoked
                else (ClaimWish.REVOKE, PickRow(words("Revoke"), why_not=self._no(Right.REVOKE)))
            ),
        ]

    def _kept(self) -> str:
        card, refused = self._card, self._no(Right.TRANSFER)
        if refused or card.kept is None:
            return refused
        # Before anybody types a name and an address for nothing.
        return ClaimWords(self.desk).kept(TicketKept(card.claim_id, card.kept))

    def _no(self, right: Right) -> str:
        if may(self._staff.role, right):
            return ""
        words = self.words
        return {
            Role.STEWARD: words("needs a steward"),
            Role.CASHIER: words("needs a cashier"),
            Role.SUPERVISOR: words("needs a supervisor"),
            Role.ORGANISER: words("needs an organiser"),
        }[least_role(right)]
