"""Wallets in memory: a test says what is in them, who there is, and what is refused."""

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Final

from kiosk.domain import codes
from kiosk.domain.airdrops import Airdrop, Progress, Share, ShareState
from kiosk.domain.bills import Bill, InsufficientTokens
from kiosk.domain.errors import WrongPin
from kiosk.domain.events import StaffMember
from kiosk.domain.gifts import ClaimedGift, Gift, GiftFault, GiftRefused
from kiosk.domain.orders import Order
from kiosk.domain.people import Attendee, checked_email
from kiosk.domain.pins import PinsLocked, checked_pin
from kiosk.domain.statements import Allowance, HistoryKind, HistoryLine, Statement
from kiosk.domain.token_moves import Move, MoveKind, MoveState
from kiosk.domain.token_receipts import MoveReceipt
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import (
    CodeFault,
    CodeRefused,
    NoWallet,
    OpenWallet,
    PresentedWallet,
    Recipient,
    SameWallet,
    WalletLimit,
)
from kiosk.services.airdrops import Airdrops
from kiosk.services.gifts import Gifts
from kiosk.services.recipients import Recipients
from kiosk.services.statements import Statements
from kiosk.services.token_receipts import TokenReceipts
from kiosk.services.wallet_access import WalletAccess
from kiosk.services.wallets import Also, Errand, Wallets
from kiosk.store.wallets import OwnerRecord
from tests.kiosk.fake_events import CODE, NOON, code_of
from tests.kiosk.fake_sales import Answers

DRINK: Final = Token("drink", "Drink", 5000, number=1)
COFFEE: Final = Token("coffee", "Coffee", 500, number=2)
MINE: Final = 1
THEIRS: Final = 2
PIN: Final = "4711"
ADA: Final = Attendee("Ada Lovelace", "ada@example.org")
TONY: Final = Attendee("Tony Hoare", "tony@example.org")
OWN_CODE: Final = CODE
THEIR_CODE: Final = code_of(1)
RECEIPT_CODE: Final = code_of(2)
GIFT_CODE: Final = codes.ticket_number(1)


def a_bill(amount: int, hours: int | None = None, number: int = 1) -> Bill:
    """One that expires in so many hours, or never."""
    expires_at = None if hours is None else NOON + timedelta(hours=hours)
    return Bill(number, amount, expires_at, NOON - timedelta(days=number), number)


@dataclass
class Purse(Answers):
    """What all the fakes know together."""

    owner: Attendee = ADA
    pin: str = PIN
    is_locked: bool = False
    version: int = 1
    bills: dict[str, list[Bill]] = field(default_factory=dict)
    lines: list[HistoryLine] = field(default_factory=list)
    people: list[Attendee] = field(default_factory=lambda: [TONY])
    offers: list[tuple[Airdrop, Share]] = field(default_factory=list)
    gifts: list[Gift] = field(default_factory=list)
    is_slow: bool = False
    """Whether what is claimed waits for its conditions, or for a chain."""
    most: int | None = None
    limit: WalletLimit | None = None
    asked: list[int] = field(default_factory=list)
    """The errands that were to be done, by their ids."""
    moves: list[Move] = field(default_factory=list)
    resets: list[str] = field(default_factory=list)

    def of(self, token: Token) -> list[Bill]:
        """The bills of one kind."""
        return self.bills.get(token.key, [])


class FakeWalletAccess(WalletAccess):
    """Opens the wallet of the test by its owner's code and PIN."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def present(self, text: str) -> PresentedWallet:
        purse = self._purse
        purse.check()
        if text != OWN_CODE:
            raise CodeRefused(CodeFault.NOT_OURS)
        return PresentedWallet(
            text, MINE, purse.owner.masked, purse.version, bool(purse.pin), purse.is_locked
        )

    async def choose_pin(self, presented: PresentedWallet, pin: str) -> OpenWallet:
        self._purse.check()
        self._purse.pin = checked_pin(pin)
        return self._open()

    async def unlock(self, presented: PresentedWallet, pin: str) -> OpenWallet:
        self._try(pin)
        return self._open()

    async def change_pin(self, opened: OpenWallet, old: str, new: str) -> None:
        self._try(old)
        self._purse.pin = checked_pin(new)

    async def code(self, opened: OpenWallet) -> str:
        self._purse.check()
        return OWN_CODE if opened.version == 1 else THEIR_CODE

    async def code_of_bought(self, order: Order) -> str | None:
        self._purse.check()
        return None if self._purse.pin else OWN_CODE

    async def reissue(self, opened: OpenWallet) -> OpenWallet:
        self._purse.check()
        self._purse.version += 1
        return self._open()

    async def reset_pin(self, wallet_id: int, by: StaffMember | None = None) -> None:
        self._purse.check()
        self._purse.resets.append(by.name if by else "")
        self._purse.pin, self._purse.is_locked = "", False

    def _try(self, pin: str) -> None:
        self._purse.check()
        if self._purse.is_locked:
            raise PinsLocked
        if pin != self._purse.pin:
            raise WrongPin(0)

    def _open(self) -> OpenWallet:
        return OpenWallet(MINE, self._purse.owner, self._purse.version)


class FakeStatements(Statements):
    """Tells what the test put into the wallet."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def statement(self, wallet_id: int, token: Token) -> Statement:
        self._purse.check()
        return Statement.of(token, self._purse.of(token), NOON)

    async def history(
        self, wallet_id: int, token: Token, *, skipped: int = 0, limit: int = 50
    ) -> list[HistoryLine]:
        return self._purse.lines[skipped : skipped + limit]

    async def allowance(self, wallet_id: int, token: Token) -> Allowance:
        self._purse.check()
        most = sum(bill.amount for bill in self._purse.of(token))
        return Allowance(most if self._purse.most is None else self._purse.most, self._purse.limit)


class FakeRecipients(Recipients):
    """Knows Tony, by his code and by his address."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def who(self, text: str, asker: int) -> list[Recipient]:
        self._purse.check()
        if text == OWN_CODE:
            raise SameWallet(asker)
        if text == THEIR_CODE:
            return [Recipient(THEIRS, self._purse.people[0].masked)]
        if "@" not in text:
            raise CodeRefused(CodeFault.NOT_OURS)
        email = checked_email(text)
        found = [one for one in self._purse.people if one.email == email]
        if not found:
            raise NoWallet(email)
        return [Recipient(THEIRS + at, one.masked) for at, one in enumerate(found)]


class FakeWallets(Wallets):
    """Sends what is there, and notes it."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    def errand(self, token: Token, amount: int, note: str = "") -> Errand:
        return Errand(900 + len(self._purse.moves), token, amount, note)

    async def send(
        self, errand: Errand, sender: int, receiver: int, also: Also | None = None
    ) -> Move:
        self._purse.asked.append(errand.id)
        self._purse.check()
        bills = self._purse.of(errand.token)
        if (there := sum(bill.amount for bill in bills)) < errand.amount:
            raise InsufficientTokens(errand.amount, there)
        self._purse.bills[errand.token.key] = [replace(bills[0], amount=there - errand.amount)]
        move = Move(
            errand.id,
            MoveKind.SEND,
            errand.token.number,
            errand.amount,
            sender,
            receiver,
            NOON,
            (),
            state=MoveState.DONE,
            done_at=NOON,
        )
        self._purse.moves.append(move)
        return move

    async def owner_history(self, bill: int) -> list[OwnerRecord]:
        records = [(TONY, 9), (self._purse.owner, 1)]
        return [OwnerRecord(bill, who, NOON - timedelta(days=days), 5) for who, days in records]


class FakeTokenReceipts(TokenReceipts):
    """Signs nothing, but has a receipt of what was sent."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def of(self, move_id: int) -> MoveReceipt:
        self._purse.check()
        [move] = [one for one in self._purse.moves if one.id == move_id]
        receiver = self._purse.people[0].masked
        return MoveReceipt(
            RECEIPT_CODE, "GopherFest", DRINK, move.amount, NOON, self._purse.owner.masked, receiver
        )


class FakeGifts(Gifts):
    """Keeps the gifts of the test; that of `GIFT_CODE` is for whoever types it."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def give(self, errand: Errand, giver: int, email: str) -> Gift:
        self._purse.check()
        gift = a_gift(amount=errand.amount, email=email, id=errand.id)
        self._purse.gifts.append(gift)
        return gift

    async def claim(self, typed: str, wallet_id: int) -> ClaimedGift:
        self._purse.check()
        if typed.replace("-", "") != GIFT_CODE:
            raise GiftRefused(GiftFault.UNKNOWN)
        return ClaimedGift(DRINK, 4, TONY.masked, "happy birthday")

    async def waiting(self, wallet_id: int) -> list[Gift]:
        self._purse.check()
        return list(self._purse.gifts)

    async def take_back(self, gift_id: int, wallet_id: int) -> int:
        self._purse.check()
        [gift] = [one for one in self._purse.gifts if one.id == gift_id]
        self._purse.gifts.remove(gift)
        return gift.amount


class FakeAirdrops(Airdrops):
    """Offers what the test says; what is claimed is there at once."""

    def __init__(self, purse: Purse) -> None:
        self._purse = purse

    async def offered(self, wallet_id: int) -> list[tuple[Airdrop, Share]]:
        return list(self._purse.offers)

    async def claim(self, airdrop: Airdrop, share: Share) -> None:
        self._purse.check()
        self._purse.offers.remove((airdrop, share))

    async def run(self, airdrop: Airdrop) -> Progress:
        self._purse.check()
        if self._purse.is_slow:
            return Progress({ShareState.PENDING: 1}, {ShareState.PENDING: 100})
        self._purse.bills[DRINK.key] = [*self._purse.of(DRINK), a_bill(100, number=7)]
        return Progress({}, {})


def a_gift(**changes: object) -> Gift:
    """One that nobody has claimed yet."""
    gift = Gift(
        id=7,
        code=GIFT_CODE,
        token=DRINK,
        amount=4,
        giver=ADA.masked,
        email="grace@example.org",
        note="",
        given_at=NOON,
        returns_at=NOON + timedelta(days=7),
    )
    return replace(gift, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def an_offer(amount: int = 100) -> tuple[Airdrop, Share]:
    """What Ada may claim."""
    airdrop = Airdrop(5, "Early birds", DRINK.number, (), True, "", NOON)
    return airdrop, Share(5, 1, ADA, MINE, amount, state=ShareState.OFFERED)


def filled(purse: Purse) -> None:
    """Thirteen to spend, of which some are soon gone, and a past."""
    purse.bills[DRINK.key] = [a_bill(3, 8, 3), a_bill(5, 40, 2), a_bill(5, None, 1)]
    purse.bills[COFFEE.key] = [a_bill(2, None, 4)]
    purse.lines = _past()


def _past() -> list[HistoryLine]:
    known = {HistoryKind.RECEIVED: TONY.masked, HistoryKind.SENT: Attendee("M•••", "m•••@x.org")}

    def line(
        hours: int, kind: HistoryKind, amount: int, *, place: str = "", note: str = ""
    ) -> HistoryLine:
        at = NOON - timedelta(hours=hours)
        return HistoryLine(at, kind, amount, known.get(kind), place, note)

    return [
        line(1, HistoryKind.SPENT, -2, place="bar"),
        line(23, HistoryKind.SENT, -2),
        line(30, HistoryKind.AIRDROP, 10, place="Early birds"),
        line(24 * 9, HistoryKind.RECEIVED, 5, note="for the taxi"),
        line(24 * 10, HistoryKind.BOUGHT, 10),
    ]
