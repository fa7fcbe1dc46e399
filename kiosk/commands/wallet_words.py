"""What `kiosk wallet` prints, in the words and at the times of the event."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.bills import Bill
from kiosk.domain.books import TokenTotals
from kiosk.domain.events import Event
from kiosk.domain.lineage import BillRecord, BillUse, Branch, branches
from kiosk.domain.people import Attendee
from kiosk.domain.spreadsheets import printable
from kiosk.domain.statements import HistoryKind, HistoryLine, Statement
from kiosk.domain.token_moves import MoveKind
from kiosk.domain.token_receipts import CheckedReceipt, MoveReceipt, ReceiptVerdict
from kiosk.services.gifts import GiftState, GiftStatus
from kiosk.store.wallets import Wallet

ID_DIGITS: Final = 12
"""Hexadecimal digits of a bill's id that are shown: as many as tell bills apart."""

_KINDS: Final = {
    HistoryKind.BOUGHT: "bought",
    HistoryKind.GRANTED: "from the organiser",
    HistoryKind.RECEIVED: "from",
    HistoryKind.SENT: "to",
    HistoryKind.GIFT_GIVEN: "gift for",
    HistoryKind.GIFT_CLAIMED: "gift from",
    HistoryKind.GIFT_RETURNED: "gift that nobody claimed",
    HistoryKind.AIRDROP: "airdrop",
    HistoryKind.SPENT: "spent at",
    HistoryKind.GIVEN_BACK: "given back by",
    HistoryKind.EXPIRED: "expired",
    HistoryKind.REFUNDED: "went back with a refund",
    HistoryKind.TAKEN_BACK: "taken back by the organiser",
}
_USES: Final = {
    MoveKind.SPEND: "spent at",
    MoveKind.EXPIRE: "expired",
    MoveKind.CLAW_BACK: "taken back",
    MoveKind.GIFT: "given as gifts",
}
_VERDICTS: Final = {
    ReceiptVerdict.VALID: "valid",
    ReceiptVerdict.FORGED: "FORGED: this event never signed it",
    ReceiptVerdict.OTHER_EVENT: "of another event, or forged: this event never signed it",
    ReceiptVerdict.NOT_A_RECEIPT: "no receipt at all; expected the text of a receipt's QR code",
}


class WalletPrinter:
    """Prints about the wallets of one event."""

    def __init__(self, event: Event) -> None:
        self._event = event
        self._zone = ZoneInfo(event.timezone)

    def wallet(self, wallet: Wallet) -> None:
        """Whose it is, and what opens it."""
        pin = "no PIN yet" if not wallet.pin_hash else "a PIN"
        if wallet.tries.is_locked:
            pin = "a PIN that is LOCKED: `kiosk wallet reset-pin`"
        print(f"{_whole(wallet.owner)}  code version {wallet.version}, {pin}")

    def statement(self, statement: Statement, history: Iterable[HistoryLine]) -> None:
        """One kind of token in a wallet."""
        away = f", {statement.on_its_way:,} on their way" if statement.on_its_way else ""
        print(f"  {printable(statement.token.name)}: {statement.balance:,} to spend{away}")
        for expiring in statement.expiries:
            print(f"    {expiring.amount:,} {self._until(expiring.at)}")
        for bill in statement.bills:
            print(f"    {self._bill(bill)}")
        for line in history:
            print(f"    {self._line(line)}")

    def tree(self, bills: Iterable[BillRecord]) -> None:
        """Where tokens came from and went."""
        for branch in branches(bills):
            print(self._branch(branch))

    def totals(self, totals: Sequence[TokenTotals]) -> None:
        """Where all tokens are."""
        for one in totals:
            print(
                f"{printable(one.token.name)}: {one.issued:,} issued ="
                f" {one.in_wallets:,} in wallets + {one.on_its_way:,} on their way"
                f" + {one.spent:,} spent"
                f" + {one.expired:,} expired; {one.left:,} left to issue"
            )
            if not one.balances:
                print(f"  {one.accounted - one.issued:+,}: look into the log before anything else")
        wrong = sum(not one.balances for one in totals)
        print(f"The books of {wrong} kinds DO NOT BALANCE" if wrong else "The books balance")

    def reissued(self, wallet: Wallet) -> None:
        """What a new code of a wallet is good for."""
        opens = "opens it with its PIN" if wallet.pin_hash else "chooses its PIN"
        name = printable(wallet.owner.name)
        print(f"{name} {opens} and this code; codes given out before open nothing")

    def reset(self, wallet: Wallet) -> None:
        """What a wallet's owner does next."""
        print(
            f"{printable(wallet.owner.name)} chooses a new PIN with a ticket, or with a code of"
            " `kiosk wallet reissue`; codes given out before open nothing"
        )

    def checked(self, checked: CheckedReceipt) -> None:
        """What a receipt is worth."""
        print(_VERDICTS[checked.verdict])
        if checked.receipt is not None:
            self.receipt(checked.receipt)
        elif checked.facts is not None:
            facts = checked.facts
            at = self._at(facts.at)
            print(f"{facts.amount:,} tokens of kind {facts.token_number}, {at}; not on record here")

    def receipt(self, receipt: MoveReceipt) -> None:
        """What a receipt is for."""
        print(f"{receipt.amount:,} {printable(receipt.token.name)}, {self._at(receipt.at)}")
        for word, who in (("from", receipt.sender), ("to", receipt.receiver)):
            if who is not None:
                print(f"{word} {_whole(who)}")
        if receipt.place:
            print(f"at {printable(self._event.place_name(receipt.place))}")
        if receipt.email:
            print(f"as a gift for {printable(receipt.email)}")

    def gifts(self, found: Iterable[GiftStatus]) -> None:
        """What became of gifts."""
        for status in found:
            gift = status.gift
            print(
                f"{self._at(gift.given_at)}  {gift.amount:,} {printable(gift.token.name)}"
                f"  from {_whole(gift.giver)} for {printable(gift.email)}"
                f"  {self._fate(status)}"
            )

    def _fate(self, status: GiftStatus) -> str:
        waits = status.state is GiftState.WAITING
        back = f", goes back {self._at(status.gift.returns_at)}" if waits else ""
        return f"{status.state}{back}"

    def _line(self, line: HistoryLine) -> str:
        other = _whole(line.other) if line.other else ""
        note = f'"{printable(line.note)}"' if line.note else ""
        until = self._until(line.expires_at) if line.expires_at else ""
        is_stall = line.kind in (HistoryKind.SPENT, HistoryKind.GIVEN_BACK)
        place = self._event.place_name(line.place) if is_stall else line.place
        words = (_KINDS[line.kind], other, printable(place), note, until)
        return f"{self._at(line.at)}  {line.amount:+,} {' '.join(filter(None, words))}"

    def _bill(self, bill: Bill) -> str:
        since = f"since {self._at(bill.received_at)}"
        return f"bill {_id(bill.id)}  {bill.amount:,} {self._until(bill.expires_at)}, {since}"

    def _branch(self, branch: Branch) -> str:
        bill = branch.bill
        until = f", {self._until(bill.expires_at)}" if bill.expires_at else ""
        facts = [f"{bill.left:,} left{until}", *map(self._use, bill.uses)]
        head = f"{branch.knot()}bill {_id(bill.id)}  {bill.amount:,} to {_whole(bill.owner)}"
        return f"{head}  {self._at(bill.received_at)}  ({', '.join(facts)})"

    def _use(self, use: BillUse) -> str:
        place = printable(self._event.place_name(use.place)) if use.place else ""
        return " ".join(filter(None, (f"{use.amount:,}", _USES[use.kind], place)))

    def _until(self, at: datetime | None) -> str:
        return "never expire" if at is None else f"until {self._at(at)}"

    def _at(self, at: datetime) -> str:
        return f"{at.astimezone(self._zone):%F %H:%M}"


def _id(bill: int) -> str:
    return f"{bill:032x}"[:ID_DIGITS]


def _whole(person: Attendee) -> str:
    return printable(f"{person.name} <{person.email}>")
