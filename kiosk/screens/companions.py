"""The others of an order, after one of them came: all at once, or some."""

from collections.abc import Sequence

from kiosk.domain.claims import ClaimCard
from kiosk.screens.base import Desk
from kiosk.screens.claim_words import ClaimWords
from kiosk.screens.door_dialog import DoorDialog
from kiosk.widgets.pick_list import PickRow


class CompanionsDialog(DoorDialog[list[ClaimCard]]):
    """Answers whom to admit: everybody who can be, unless somebody is unticked."""

    def __init__(self, desk: Desk, cards: Sequence[ClaimCard]) -> None:
        super().__init__(desk, desk.words("More in this order"))
        self._cards = cards
        self._going = {card.claim_id for card in cards if card.refusal is None}

    def on_mount(self) -> None:
        self._show()

    def _show(self) -> None:
        words, going = self.words, len(self._going)
        admit = words.count("Admit one", "Admit {n}", going)
        nobody = "" if going else words("nobody is chosen")
        self.offer([PickRow(admit, why_not=nobody), *map(self._row, self._cards)])

    def _row(self, card: ClaimCard) -> PickRow:
        said = ClaimWords(self.desk)
        tick = "✔" if card.claim_id in self._going else "·"
        text = f"{tick} {card.holder.name} · {said.slot(card)}"
        return PickRow(text, card.ticket_number, said.why_not_in(card))

    def picked(self, index: int) -> None:
        if index == 0:
            self.dismiss([card for card in self._cards if card.claim_id in self._going])
        else:
            self._going ^= {self._cards[index - 1].claim_id}
            self._show()
