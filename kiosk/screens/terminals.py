"""All terminals, for the organiser: let one in, send one out, free one that was guessed at."""

from collections.abc import Awaitable, Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from kiosk.domain.events import StaffMember
from kiosk.domain.terminals import (
    CODE_LIFE,
    InvalidTerminalName,
    Invitation,
    TerminalState,
    TerminalStatus,
    checked_terminal_name,
)
from kiosk.screens.base import AWAY, Desk
from kiosk.screens.code import CodeDialog
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.dialog import Dialog
from kiosk.screens.listing import ListScreen
from kiosk.screens.shift import StaffMode
from kiosk.widgets.frame import Key
from kiosk.widgets.headline import Headline
from kiosk.widgets.plain import fit

_NAME_COLUMNS = 22
_STATE_COLUMNS = 21
_MINUTES = int(CODE_LIFE.total_seconds()) // 60


class InvitationDialog(Dialog[None]):
    """Shows the code of one terminal, to be typed there."""

    def __init__(self, desk: Desk, invitation: Invitation) -> None:
        super().__init__(desk, desk.words("A code for {name}", name=invitation.terminal))
        self._invitation = invitation

    def body(self) -> ComposeResult:
        yield Headline(self._invitation.code)
        until = self.words("Type it there within {n} minutes. It is good once.", n=_MINUTES)
        yield Static(Content(until), id="ask")


class TerminalsScreen(ListScreen[TerminalStatus], StaffMode):
    """Every terminal there ever was, and what may be done to it."""

    CSS_PATH = "terminals.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "new", show=False),
        Binding("f3", "search", show=False),
        Binding("f4", "send_out", show=False),
        Binding("f5", "free", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk, staff)
        self._terminals = desk.services.terminals

    def heading(self) -> str:
        return self.words("TERMINALS")

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Enter", words("Code"), "pick"),
            Key("F2", words("New"), "new"),
            Key("F3", words("Search on or off"), "search"),
            Key("F4", words("Send out"), "send_out"),
            Key("F5", words("Free"), "free"),
            self.lock_key(),
        )

    async def found(self) -> Sequence[TerminalStatus]:
        return await self._terminals.all()

    def identity(self, item: TerminalStatus) -> int:
        return item.number

    def row(self, item: TerminalStatus) -> str:
        words, now = self.words, self.desk.now()
        match item.state:
            case TerminalState.NEW:
                state = words("not let in yet")
            case TerminalState.PAIRED:
                state = words("let in")
            case TerminalState.REVOKED:
                state = words("sent out")
        if item.since is not None:
            state = f"{state} {words.when(item.since, now)}"
        facts = [
            *[words("you are here")] * (item.name == self.desk.services.terminal),
            *[words("PINs locked")] * item.is_locked,
            *[words("search off")] * (not item.may_search),
        ]
        if item.invited_until is not None:
            facts.append(words("code until {time}", time=words.clock(item.invited_until)))
        name, since = fit(item.name, _NAME_COLUMNS), fit(state, _STATE_COLUMNS)
        return f"{name}  {since}  {' · '.join(facts)}"

    def pick(self, item: TerminalStatus) -> None:
        self._invite(item.name)

    @work(group="change")
    async def _invite(self, name: str) -> None:
        try:
            invitation = await self._terminals.invite(name, self.staff)
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        else:
            await self.app.push_screen_wait(InvitationDialog(self.desk, invitation))
            self.look()

    @work(group="change")
    async def action_new(self) -> None:
        words = self.words
        asked = CodeDialog(
            self.desk,
            words("A new terminal"),
            words("What is it called? The name must be the one it was started with."),
            self._problem_with,
        )
        if name := await self.app.push_screen_wait(asked):
            self._invite(name)

    async def _problem_with(self, name: str) -> str:
        try:
            checked_terminal_name(name)
        except InvalidTerminalName:
            return self.words("A name has 1 to 64 letters that can be shown.")
        return ""

    def action_search(self) -> None:
        if (one := self.marked) and one.state is TerminalState.PAIRED:
            self._change(self._terminals.let_search(one.name, not one.may_search, self.staff))

    def action_free(self) -> None:
        if (one := self.marked) and one.wrong_pins:
            self._change(self._terminals.free(one.name, self.staff))

    def action_send_out(self) -> None:
        one = self.marked
        if one is None or one.state is TerminalState.REVOKED:
            return
        if one.name == self.desk.services.terminal:
            self.say(self.words("You are at this one: send it out from another."))
        else:
            self._send_out(one.name)

    @work(group="change")
    async def _send_out(self, name: str) -> None:
        words = self.words
        asked = ConfirmDialog(
            self.desk,
            words("Send {name} out?", name=name),
            words("Within seconds it does nothing any more, until it is given a new code."),
            words("Send out"),
        )
        if await self.app.push_screen_wait(asked):
            self._change(self._terminals.revoke(name, self.staff))

    @work(group="change")
    async def _change(self, change: Awaitable[None]) -> None:
        self.say("")
        try:
            await change
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
        self.look()
