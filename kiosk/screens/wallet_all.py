"""All of one token in a wallet: every bill, and all that was."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.widgets import Static

from kiosk.domain.bills import Bill
from kiosk.domain.statements import HistoryLine
from kiosk.domain.tokens import Token
from kiosk.domain.wallets import OpenWallet
from kiosk.screens import wallet_helps
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.help import Help
from kiosk.screens.picking import PickStep
from kiosk.screens.wallet_words import WalletWords
from kiosk.widgets.frame import Key, KeyBar
from kiosk.widgets.pick_list import PickRow, ToldRows
from kiosk.widgets.plain import content

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
            return ToldRows(self._bills, self._said.bill)
        return ToldRows(self._history, self._said.history)

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
