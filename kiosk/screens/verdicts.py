"""Verdicts in words: what the door says about each reason, and what would make it right."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from kiosk.domain.admission import Colour, Reason, Verdict
from kiosk.domain.events import EntryPolicy, Event
from kiosk.widgets.plain import cut, fit, one_line
from kiosk.widgets.verdict import VerdictFace
from kiosk.words import Words

SYMBOLS = {Colour.GREEN: "✔", Colour.AMBER: "▲", Colour.RED: "✖", Colour.GREY: "◌"}
_NAME_COLUMNS = 18


def short_name(name: str) -> str:
    """`Ada L.`: enough to greet by, not enough to read over a shoulder."""
    words = one_line(name).split()
    return " ".join([words[0], *[f"{word[0]}." for word in words[-1:] if len(words) > 1]])


def masked_email(email: str) -> str:
    """`a•••@example.org`."""
    local, _, domain = one_line(email).rpartition("@")
    return f"{local[:1]}•••@{domain}"


@dataclass(frozen=True, slots=True)
class DoorWords:
    """Says verdicts for one event, at one moment."""

    words: Words
    event: Event
    now: datetime

    def face(self, verdict: Verdict) -> VerdictFace:
        """The panel of a verdict."""
        lines = [line for line in (self._slot(verdict), self._holder(verdict)) if line]
        lines.append(self.because(verdict))
        colour = verdict.colour
        return VerdictFace(
            colour.value, SYMBOLS[colour], self.headline(verdict.reason), tuple(lines)
        )

    def headline(self, reason: Reason) -> str:
        """Two or three words."""
        words = self.words
        return {
            Reason.ADMITTED: words("Welcome"),
            Reason.LEFT: words("Goodbye"),
            Reason.ALREADY_IN: words("Already in"),
            Reason.NOT_INSIDE: words("Not inside"),
            Reason.NO_RETURN: words("No way back"),
            Reason.HALL_FULL: words("Hall full"),
            Reason.WRONG_SLOT: words("Other door"),
            Reason.TYPO: words("Mistyped"),
            Reason.NOT_OURS: words("Not a ticket"),
            Reason.WALLET: words("A wallet"),
            Reason.UNKNOWN: words("Not known"),
            Reason.OTHER_EVENT: words("Other event"),
            Reason.UNPAID: words("Not paid"),
            Reason.REFUNDED: words("Refunded"),
            Reason.REVOKED: words("Revoked"),
            Reason.CONDUCT_REFUSED: words("Not admitted"),
            Reason.REPLACED: words("Replaced"),
            Reason.NOT_VALID_YET: words("Not valid yet"),
            Reason.NOT_VALID_ANY_MORE: words("Not valid now"),
            Reason.UNDONE: words("Undone"),
            Reason.NOTHING_TO_UNDO: words("Nothing to undo"),
            Reason.HISTORY_UNKNOWN: words("Not checked"),
        }[reason]

    def because(self, verdict: Verdict) -> str:
        """Why, and what would make it right, in one sentence."""
        words = self.words
        match verdict.reason:
            case Reason.ADMITTED:
                return self._entry(verdict)
            case Reason.LEFT:
                return words("out again")
            case Reason.ALREADY_IN:
                return "; ".join(filter(None, (self._inside(verdict), self._way_back(verdict))))
            case Reason.NOT_INSIDE:
                return self._since(verdict) or words("this ticket let nobody in")
            case Reason.NO_RETURN:
                return self._no_return(verdict)
            case Reason.HALL_FULL:
                hall = verdict.hall or words("the hall")
                return words("{hall} takes nobody until somebody leaves", hall=hall)
            case Reason.WRONG_SLOT:
                return self._other_door(verdict)
            case Reason.TYPO:
                return words("a letter or digit is wrong: type the number once more")
            case Reason.NOT_OURS:
                return words("this is not one of our codes: ask for the ticket itself")
            case Reason.WALLET:
                return words("this code opens a wallet and admits nobody: ask for the ticket")
            case Reason.UNKNOWN:
                return words("there is no such ticket: ask for the order's e-mail")
            case Reason.OTHER_EVENT:
                other = verdict.other_event or words("another event")
                return words("this ticket is for {event}: ask for the one for here", event=other)
            case Reason.UNPAID:
                return words("it was not paid: the desk takes the money, or sells another")
            case Reason.REFUNDED:
                return words("the money for it went back: the desk can sell another")
            case Reason.REVOKED:
                return words("it was taken back: the desk can tell why")
            case Reason.CONDUCT_REFUSED:
                return words("the Code of Conduct was not accepted: scan again to read it")
            case Reason.REPLACED:
                return words("a newer one was issued: ask for the newer one")
            case Reason.NOT_VALID_YET | Reason.NOT_VALID_ANY_MORE:
                return self._validity(verdict)
            case Reason.UNDONE:
                return self._undone(verdict)
            case Reason.NOTHING_TO_UNDO:
                return words("no admission of this ticket stands")
            case Reason.HISTORY_UNKNOWN:
                return words("let them in: the signature is good, its history is not known now")

    def log_line(self, verdict: Verdict) -> str:
        """One line of the last scans."""
        who = short_name(verdict.holder.name) if verdict.holder else verdict.ticket_number or ""
        said = self._slot(verdict) if verdict.reason is Reason.ADMITTED else self.because(verdict)
        return f"{fit(who or self.headline(verdict.reason), _NAME_COLUMNS)}  {one_line(said)}"

    def _slot(self, verdict: Verdict) -> str:
        known = {slot.key: slot.title for slot in self.event.slots}
        return known.get(verdict.slot_key or "", "")

    def _holder(self, verdict: Verdict) -> str:
        holder = verdict.holder
        if holder is None:
            return ""
        return f"{cut(short_name(holder.name), 30)} · {masked_email(holder.email)}"

    def _entry(self, verdict: Verdict) -> str:
        if verdict.entry <= 1:
            return self.words("first entry")
        return self.words("entry {n}", n=verdict.entry)

    def _way_back(self, verdict: Verdict) -> str:
        """What would let somebody in again who is inside, as far as the ticket does."""
        if verdict.policy is not EntryPolicy.FREE:
            return ""
        return self.words("once scanned out, it admits again")

    def _inside(self, verdict: Verdict) -> str:
        words = self.words
        if verdict.at is None:
            return words("admitted before")
        when = words.when(verdict.at, self.now)
        if verdict.terminal is None:
            return words("since {when}", when=when)
        return words("since {when}, {place}", when=when, place=verdict.terminal)

    def _since(self, verdict: Verdict) -> str:
        """When and where somebody left, if they did."""
        if verdict.at is None:
            return ""
        when = self.words.when(verdict.at, self.now)
        if verdict.terminal is None:
            return self.words("left {when}", when=when)
        return self.words("left {when}, {place}", when=when, place=verdict.terminal)

    def _no_return(self, verdict: Verdict) -> str:
        words = self.words
        again = self._admits_tomorrow(verdict)
        rule = words("it admits again tomorrow") if again else words("it admits only once")
        return "; ".join(filter(None, (self._since(verdict), rule)))

    def _admits_tomorrow(self, verdict: Verdict) -> bool:
        zone = ZoneInfo(self.event.timezone)
        midnight = datetime.combine(self.now.astimezone(zone) + timedelta(days=1), time(), zone)
        is_over = verdict.valid is not None and verdict.valid.is_after(midnight)
        return verdict.policy is EntryPolicy.DAILY and not is_over

    def _other_door(self, verdict: Verdict) -> str:
        for slot in self.event.slots:
            if slot.key == verdict.slot_key:
                where = f"{slot.title}, {slot.place}" if slot.place else slot.title
                return self.words("good, but for another door: {slot}", slot=where)
        return self.words("good, but for another door")

    def _undone(self, verdict: Verdict) -> str:
        words = self.words
        if verdict.at is None:
            return words("that admission is taken back")
        when = words.when(verdict.at, self.now)
        return words("the admission of {when} is taken back", when=when)

    def _validity(self, verdict: Verdict) -> str:
        words, valid = self.words, verdict.valid
        if verdict.reason is Reason.NOT_VALID_YET and valid and valid.starts:
            return words("valid from {when}", when=words.when(valid.starts, self.now))
        if valid and valid.ends:
            return words(
                "it was valid until {when}; the desk can sell another",
                when=words.when(valid.ends, self.now),
            )
        return words("it does not admit at this hour")
