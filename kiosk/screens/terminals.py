"""All terminals, for the organiser: let one in, send one out, free one that was guessed at."""

from collections.abc import Awaitable, Sequence
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from kiosk.domain.events import StaffMember
from kiosk.domain.terminals import (
    CODE_LIFE,
    InvalidTerminalName,
    Invitation,
    TerminalState,
    TerminalStatus,
    checked_terminal_name,
)
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.screens.code import CodeDialog
from kiosk.screens.confirm import ConfirmDialog
from kiosk.screens.dialog import Dialog
from kiosk.widgets.frame import FrameHeader, Key, KeyBar
from kiosk.widgets.headline import Headline
from kiosk.widgets.plain import content, fit

REFRESH_SECONDS = 2
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


class TerminalsScreen(KioskScreen[None]):
    """Shows the terminals again every other second; closes when it is locked."""

    CSS_PATH = "terminals.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f2", "new", show=False),
        Binding("f3", "search", show=False),
        Binding("f4", "send_out", show=False),
        Binding("f5", "free", show=False),
        Binding("f8", "app.next_theme", show=False),
        Binding("f9,escape", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self._staff = staff
        self._terminals = desk.services.terminals
        self._shown: list[TerminalStatus] = []

    def compose(self) -> ComposeResult:
        title = " · ".join([self.words("TERMINALS"), self._staff.name])
        yield FrameHeader(title, Content(""), Static(""))
        yield OptionList(markup=False)
        yield Static("", id="problem")
        yield KeyBar(self.keys())

    def keys(self) -> Sequence[Key]:
        words = self.words
        return (
            Key("Enter", words("Code"), "invite"),
            Key("F2", words("New"), "new"),
            Key("F3", words("Search on or off"), "search"),
            Key("F4", words("Send out"), "send_out"),
            Key("F5", words("Free"), "free"),
            Key("F9", words("Lock"), "lock"),
        )

    def on_mount(self) -> None:
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """Show the terminals as they are now."""
        try:
            found = await self._terminals.all()
        except AWAY:
            self._say(self.words("The books do not answer just now. Please try again."))
            return
        if found != self._shown:
            self._show(found)

    def _show(self, found: list[TerminalStatus]) -> None:
        listed = self.query_one(OptionList)
        marked = listed.highlighted or 0
        self._shown = found
        listed.clear_options()
        listed.add_options([Content(self._row(one)) for one in found])
        if found:
            listed.highlighted = min(marked, len(found) - 1)

    def _row(self, one: TerminalStatus) -> str:
        words, now = self.words, self.desk.now()
        match one.state:
            case TerminalState.NEW:
                state = words("not let in yet")
            case TerminalState.PAIRED:
                state = words("let in")
            case TerminalState.REVOKED:
                state = words("sent out")
        if one.since is not None:
            state = f"{state} {words.when(one.since, now)}"
        facts = [
            *[words("you are here")] * (one.name == self.desk.services.terminal),
            *[words("PINs locked")] * one.is_locked,
            *[words("search off")] * (not one.may_search),
        ]
        if one.invited_until is not None:
            facts.append(words("code until {time}", time=words.clock(one.invited_until)))
        name, since = fit(one.name, _NAME_COLUMNS), fit(state, _STATE_COLUMNS)
        return f"{name}  {since}  {' · '.join(facts)}"

    @property
    def _marked(self) -> TerminalStatus | None:
        marked = self.query_one(OptionList).highlighted
        return None if marked is None or not self._shown else self._shown[marked]

    @on(OptionList.OptionSelected)
    def action_invite(self) -> None:
        if (one := self._marked) is not None:
            self._invite(one.name)

    @work(group="change")
    async def _invite(self, name: str) -> None:
        try:
            invitation = await self._terminals.invite(name, self._staff)
        except AWAY:
            self._say(self.words("The books do not answer just now. Please try again."))
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
        if (one := self._marked) and one.state is TerminalState.PAIRED:
            self._change(self._terminals.let_search(one.name, not one.may_search, self._staff))

    def action_free(self) -> None:
        if (one := self._marked) and one.wrong_pins:
            self._change(self._terminals.free(one.name, self._staff))

    def action_send_out(self) -> None:
        one = self._marked
        if one is None or one.state is TerminalState.REVOKED:
            return
        if one.name == self.desk.services.terminal:
            self._say(self.words("You are at this one: send it out from another."))
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
            self._change(self._terminals.revoke(name, self._staff))

    @work(group="change")
    async def _change(self, change: Awaitable[None]) -> None:
        self._say("")
        try:
            await change
        except AWAY:
            self._say(self.words("The books do not answer just now. Please try again."))
        self.look()

    def _say(self, text: str) -> None:
        self.query_one("#problem", Static).update(content(text))

    def action_lock(self) -> None:
        self.dismiss(None)
