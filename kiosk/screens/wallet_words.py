"""What is said about a wallet: how much, what becomes of it, and what was."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from kiosk.domain.airdrops import Condition, Requirement
from kiosk.domain.bills import Bill
from kiosk.domain.statements import Expiring, HistoryKind, HistoryLine
from kiosk.domain.tokens import Token
from kiosk.screens.base import Desk
from kiosk.services.token_payments import PLACE
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import cut

_EXPIRIES_MAX = 2
_NAME_COLUMNS = 24
_SOON = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WalletWords:
    """Says to its owner what a wallet holds."""

    desk: Desk

    def amount(self, count: int, token: Token) -> str:
        """`5 × Drink`."""
        return f"{self.desk.words.number(count)} × {cut(token.name, _NAME_COLUMNS)}"

    def expiries(self, expiring: Sequence[Expiring]) -> str:
        """`3 are gone at 02:00 tonight. 5 are gone on Saturday at 09:00. The others stay.`"""
        words, now = self.desk.words, self.desk.now()
        gone: Counter[str] = Counter()
        for one in expiring:
            if one.at is not None:
                # What is a few seconds apart is said as one.
                gone[words.ahead(one.at, now)] += one.amount
        if not gone:
            return words("They do not expire.") if expiring else ""
        soonest = list(gone.items())
        said = [
            words.count("One is gone {when}.", "{n} are gone {when}.", amount, when=when)
            for when, amount in soonest[:_EXPIRIES_MAX]
        ]
        if later := sum(amount for _, amount in soonest[_EXPIRIES_MAX:]):
            said.append(words.count("One is gone later.", "{n} are gone later.", later))
        if any(one.at is None for one in expiring):
            said.append(words("The others stay."))
        return " ".join(said)

    def is_soon_gone(self, expiring: Sequence[Expiring]) -> bool:
        """Whether something is gone within a day."""
        first = next((one.at for one in expiring if one.at is not None), None)
        return first is not None and first - self.desk.now() < _SOON

    def history(self, line: HistoryLine) -> PickRow:
        """`+5  from T•••` and when it was."""
        words = self.desk.words
        sign = "+" if line.amount > 0 else "−"
        note = f" “{line.note}”" if line.note else ""
        return PickRow(
            f"{self._what(line)}{note}",
            words.ago(line.at, self.desk.now()),
            number=f"{sign}{words.number(abs(line.amount))}",
        )

    def bill(self, bill: Bill) -> PickRow:
        """`5  gone on Saturday at 09:00`, and since when it is there."""
        words, now = self.desk.words, self.desk.now()
        fate = words("stays")
        if bill.expires_at is not None:
            fate = words("gone {when}", when=words.ahead(bill.expires_at, now))
        came = words("came {when}", when=words.ago(bill.received_at, now))
        return PickRow(fate, came, number=words.number(bill.amount))

    def conditions(self, requirements: Sequence[Requirement]) -> str:
        """`as soon as you are checked in`, or nothing."""
        return self.desk.words(" and ").join(map(self._condition, requirements))

    def _condition(self, requirement: Requirement) -> str:
        words, slot = self.desk.words, ""
        if requirement.slot_key:
            slot = self.desk.front.event.slot(requirement.slot_key).title
        match requirement.condition:
            case Condition.REDEEMED if slot:
                return words("as soon as you were let in to {slot}", slot=slot)
            case Condition.REDEEMED:
                return words("as soon as you were let in")
            case Condition.CONDUCT:
                return words("as soon as you accepted the Code of Conduct")
            case Condition.BOUGHT if slot:
                return words("if you have a ticket for {slot}", slot=slot)
            case Condition.BOUGHT:
                return words("if you have a ticket")

    def _what(self, line: HistoryLine) -> str:
        words, place = self.desk.words, line.place
        name = line.other.name if line.other else words("somebody")
        match line.kind:
            case HistoryKind.BOUGHT:
                return words("bought")
            case HistoryKind.GRANTED:
                return words("from the organisers")
            case HistoryKind.RECEIVED:
                return words("from {name}", name=name)
            case HistoryKind.SENT:
                return words("to {name}", name=name)
            case HistoryKind.GIFT_GIVEN:
                return words("gift for {name}", name=place)
            case HistoryKind.GIFT_CLAIMED:
                return words("gift from {name}", name=name)
            case HistoryKind.GIFT_RETURNED:
                return words("your gift came back")
            case HistoryKind.AIRDROP:
                return words("airdrop: {name}", name=place) if place else words("airdrop")
            case HistoryKind.SPENT:
                return words("spent: {place}", place=self._place(place))
            case HistoryKind.GIVEN_BACK:
                return words("given back: {place}", place=self._place(place))
            case HistoryKind.EXPIRED:
                return words("expired")
            case HistoryKind.REFUNDED:
                return words("went back with a refund")
            case HistoryKind.TAKEN_BACK:
                return words("taken back by the organisers")

    def _place(self, app: str) -> str:
        return (
            self.desk.words("an order") if app == PLACE else self.desk.front.event.place_name(app)
        )
