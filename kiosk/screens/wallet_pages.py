"""Pages of a wallet: every bill, all that was, the gifts that wait, and what else one can do."""

from collections.abc import Sequence
from enum import Enum
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from kiosk.domain.bills import Bill
from kiosk.domain.gifts import Gift, GiftRefused
from kiosk.domain.statements import HistoryLine
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.picking import PickStep
from kiosk.screens.step import Step
from kiosk.screens.wallet_refusals import WalletRefusals
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.pick_list import PickRow
from kiosk.widgets.plain import content
from kiosk.widgets.target import Target

PAGE = 200
"""Lines of history that are asked for at once."""


class AllOfItScreen(PickStep[None]):
    """The bills of one token in the order they are spent, and what was; the arrows turn over."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("left,right,tab", "turn_over", show=False)]

    def __init__(self, desk: Desk, opened: OpenWallet, token: Token) -> None:
        super().__init__(desk)
        self._opened = opened
        self._token = token
        self._said = WalletWords(desk)
        self._bills: Sequence[Bill] = ()
        self._history: list[HistoryLine] = []
        self._has_more = True
        self._shows_bills = True

    def question(self) -> str:
        words = self.words
        title = words("What you have") if self._shows_bills else words("What was")
        return f"{title} · {self._token.name}"

    def rows(self) -> Sequence[PickRow]:
        if self._shows_bills:
            return [self._said.bill(bill) for bill in self._bills]
        return [self._said.history(line) for line in self._history]

    def keys(self) -> Sequence[Key]:
        words = self.words
        other = words("What was") if self._shows_bills else words("What you have")
        return (
            Key("←→", other, "turn_over"),
            Key("↑↓", words("Choose"), "mark(1)"),
            Key("Esc", words("My wallet"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.all_of_it(self.words, self.keys())

    def on_mount(self) -> None:
        self._read()

    @work(group="read")
    async def _read(self) -> None:
        statements = self.desk.services.statements
        wallet_id, token = self._opened.wallet_id, self._token
        try:
            self._bills = (await statements.statement(wallet_id, token)).bills
            self._add(await statements.history(wallet_id, token, limit=PAGE))
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.offer()

    @work(group="read", exclusive=True)
    async def _read_on(self) -> None:
        statements, skipped = self.desk.services.statements, len(self._history)
        try:
            found = await statements.history(
                self._opened.wallet_id, self._token, skipped=skipped, limit=PAGE
            )
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
            return
        self._add(found)
        self.offer()

    def _add(self, found: Sequence[HistoryLine]) -> None:
        self._history.extend(found)
        self._has_more = len(found) == PAGE

    def marked(self, index: int) -> None:
        at_end = not self._shows_bills and index == len(self._history) - 1
        if self._shows_bills:
            self._tell_story(self._bills[index].id)
        else:
            self.about("")
        if at_end and self._has_more:
            self._read_on()

    @work(group="story", exclusive=True)
    async def _tell_story(self, bill: int) -> None:
        words, now = self.words, self.desk.now()
        try:
            owners = await self.desk.services.wallets.owner_history(bill)
        except AWAY:
            return
        said = [
            words(
                "{name}, {when}", name=one.owner.masked.name, when=words.ago(one.received_at, now)
            )
            for one in owners[:-1]
        ]
        self.about(words("Before you: {owners}", owners=" → ".join(said)) if said else "")

    async def action_turn_over(self) -> None:
        self._shows_bills = not self._shows_bills
        self.query_one(".question", Static).update(content(self.question()))
        await self.query_one(KeyBar).show(self.footer())
        self.offer()

    def action_back(self) -> None:
        self.finish(None)


class MoreWish(Enum):
    """What else one can do with a wallet; the value is the class of its target."""

    CLAIM = "claim"
    GIFTS = "gifts"
    PIN = "pin"
    LOST = "lost"


class MoreScreen(Step[MoreWish | None]):
    """What is not wanted every day."""

    CSS_PATH = "wallet_pages.tcss"
    AUTO_FOCUS = "Target"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left,up", "app.focus_previous", show=False),
        Binding("right,down", "app.focus_next", show=False),
    ]

    def body(self) -> ComposeResult:
        words = self.words
        with Vertical(classes="column"):
            yield Static(content(words("What would you like to do?")), classes="question")
            yield Target(words("I have a gift code"), classes=MoreWish.CLAIM.value)
            yield Target(words("Gifts I gave"), classes=MoreWish.GIFTS.value)
            yield Target(words("Change my PIN"), classes=MoreWish.PIN.value)
            yield Target(words("I lost my code: make a new one"), classes=MoreWish.LOST.value)

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "app.focus_next"),
            Key("Enter", words("Take it"), "press"),
            Key("Esc", words("My wallet"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.more(self.words, self.keys())

    @on(Target.Pressed)
    def pressed(self, pressed: Target.Pressed) -> None:
        self.finish(next(one for one in MoreWish if pressed.target.has_class(one.value)))

    def action_press(self) -> None:
        if isinstance(self.focused, Target):
            self.focused.action_press()

    def action_back(self) -> None:
        self.finish(None)


class GiftsScreen(PickStep[Gift | None]):
    """Gifts that nobody has claimed yet: Enter shows the code again, F2 takes one back."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("f2", "take_back", show=False)]

    def __init__(self, desk: Desk, opened: OpenWallet) -> None:
        super().__init__(desk)
        self._opened = opened
        self._gifts: Sequence[Gift] = ()

    def question(self) -> str:
        return self.words("Gifts that wait")

    def rows(self) -> Sequence[PickRow]:
        said = WalletWords(self.desk)
        return [
            PickRow(f"{said.amount(gift.amount, gift.token)}  {gift.email}", self._until(gift))
            for gift in self._gifts
        ]

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("↑↓", words("Choose"), "mark(1)"),
            Key("Enter", words("Show the code"), "pick"),
            Key("F2", words("Take it back"), "take_back"),
            Key("Esc", words("Back"), "back"),
        )

    def help(self) -> Help:
        return wallet_helps.gifts(self.words, self.keys())

    def on_mount(self) -> None:
        self._read()

    @work(group="read", exclusive=True)
    async def _read(self) -> None:
        await self._look()
        if not self._gifts:
            self.say(self.words("None waits."))

    async def _look(self) -> None:
        try:
            self._gifts = await self.desk.services.gifts.waiting(self._opened.wallet_id)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        else:
            self.offer()

    def picked(self, index: int) -> None:
        self.finish(self._gifts[index])

    def action_take_back(self) -> None:
        if self.list.mark is not None and not self.busy:
            self.busy = True
            self._take_back(self._gifts[self.list.mark])

    @work(group="take back")
    async def _take_back(self, gift: Gift) -> None:
        words, gifts = self.words, self.desk.services.gifts
        try:
            amount = await gifts.take_back(gift.id, self._opened.wallet_id)
        except GiftRefused as refused:
            await self._look()
            self.say(WalletRefusals(self.desk).gift(refused.fault))
        except AWAY:
            self.say(words("The books do not answer just now. Please try again."))
        else:
            await self._look()
            back = WalletWords(self.desk).amount(amount, gift.token)
            self.say(words("✔ Yours again: {amount}", amount=back), fine=True)
        self.busy = False

    def _until(self, gift: Gift) -> str:
        words = self.words
        return words("waits until {when}", when=words.moment(gift.returns_at))

    def action_back(self) -> None:
        self.finish(None)
