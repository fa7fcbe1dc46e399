"""What somebody who checks in alone is told: never blamed, and never left without a next step."""

from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.domain.admission import Reason, Verdict
from kiosk.screens.base import Desk
from kiosk.screens.notice import Notice
from kiosk.widgets.plain import cut

_NAME_COLUMNS = 30


@dataclass(frozen=True, slots=True)
class CheckInWords:
    """Says verdicts to the holder of the ticket."""

    desk: Desk

    def misread(self, reason: Reason) -> str:
        """Why it is to be scanned or typed once more."""
        words = self.desk.words
        match reason:
            case Reason.TYPO:
                return words("A letter or digit is not right. Please type the number once more.")
            case Reason.WALLET:
                return words("This code opens your wallet. Look for the one on your ticket.")
            case _:
                return words(
                    "This is not one of our tickets. Look for the square code on your ticket."
                )

    def notice(self, verdict: Verdict, goodies: Sequence[str] = ()) -> Notice:
        """The page that ends it, with what waits at the desk."""
        words, text = self.desk.words, list(self._text(verdict))
        if goodies:
            text.append("★ " + words("At the desk: {goodies}", goodies=", ".join(goodies)))
        another = words("Check in another ticket")
        return Notice(self._headline(verdict), tuple(text), words("Done"), another)

    def _headline(self, verdict: Verdict) -> str:
        words = self.desk.words
        match verdict.reason:
            case Reason.ADMITTED if verdict.holder:
                first = verdict.holder.name.split()[0]
                return words("Welcome, {name}!", name=cut(first, _NAME_COLUMNS))
            case Reason.ADMITTED:
                return words("Welcome!")
            case Reason.ALREADY_IN:
                return words("Already checked in")
            case Reason.NOT_VALID_YET:
                return words("You are early")
            case Reason.HALL_FULL:
                return words("Full just now")
            case _:
                return words("Please go to the desk")

    def _text(self, verdict: Verdict) -> tuple[str, ...]:
        words = self.desk.words
        slot = self._slot(verdict)
        desk = words("The people at the desk will find out what is wrong, and help.")
        match verdict.reason:
            case Reason.ADMITTED:
                return tuple(filter(None, (slot, words("You are checked in: just walk in."))))
            case Reason.ALREADY_IN:
                helps = words("If that was not you, the people at the desk help you at once.")
                return (self._since(verdict), helps)
            case Reason.NOT_VALID_YET if verdict.valid and verdict.valid.starts:
                when = words.when(verdict.valid.starts, self.desk.now())
                return (slot, words("It is valid from {when}. See you then!", when=when))
            case Reason.NOT_VALID_ANY_MORE if verdict.valid and verdict.valid.ends:
                when = words.when(verdict.valid.ends, self.desk.now())
                return (slot, words("It was valid until {when}.", when=when), desk)
            case Reason.HALL_FULL:
                soon = words("As soon as somebody leaves, there is room. Please try again then.")
                return (verdict.hall or slot, soon)
            case Reason.REPLACED:
                return (words("A newer ticket took the place of this one: scan that one."), desk)
            case Reason.UNPAID:
                return (words("It has not been paid yet. You can pay at the desk."),)
            case Reason.OTHER_EVENT if verdict.other_event:
                return (words("This ticket is for {event}.", event=verdict.other_event), desk)
            case _:
                return (desk,)

    def _slot(self, verdict: Verdict) -> str:
        titles = {slot.key: slot.title for slot in self.desk.services.catalog.event.slots}
        return titles.get(verdict.slot_key or "", "")

    def _since(self, verdict: Verdict) -> str:
        words = self.desk.words
        if verdict.at is None:
            return words("This ticket was checked in before.")
        when = words.when(verdict.at, self.desk.now())
        place = verdict.terminal or ""
        return words("This ticket was checked in at {when}, {place}.", when=when, place=place)
