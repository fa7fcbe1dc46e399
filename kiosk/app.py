"""The kiosk's app: it holds the screens, watches for silence, and lets nobody out but the staff."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path, PurePath
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar, Final

from rich.console import Console
from textual import events, on, work
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import ANSIToTruecolor, LineFilter
from textual.screen import Screen
from textual.theme import Theme
from textual.worker import Worker

from kiosk.domain.events import Role, StaffMember
from kiosk.domain.rights import least_role
from kiosk.forgetting import FORGET_SECONDS, FORGET_SECONDS_MAX, forget_what_was_shown
from kiosk.pauses import look_through
from kiosk.quiet import Quiet
from kiosk.screens.base import Desk, KioskScreen
from kiosk.screens.dialog import Dialog
from kiosk.screens.ending import EndingScreen
from kiosk.screens.help import HelpScreen
from kiosk.screens.moment import MomentScreen
from kiosk.screens.pairing import PairingScreen
from kiosk.screens.pin import PinDialog
from kiosk.screens.shift import Shift
from kiosk.screens.silence import HOME_SECONDS, WARNING_SECONDS, Silence, StillThereScreen
from kiosk.screens.staff import NEEDS, StaffDialog, StaffWish
from kiosk.screens.welcome import Purpose, WelcomeScreen
from kiosk.services.front import Front
from kiosk.settings import LogOuts, Mode
from kiosk.widgets.theme import PALETTES, THEMES, dress, learn_palettes

if TYPE_CHECKING:
    from kiosk.screens.visit import Visit
    from kiosk.services.kiosk import Services

log = logging.getLogger(__name__)
_HERE = Path(__file__).parent

TIDY_SECONDS = 600
_FIRST_WISH: Final = {"door": StaffWish.DOOR, "organiser": StaffWish.WATCH}
"""What a PIN opens first, by the mode that was asked for."""


class KioskApp(App[None], inherit_bindings=False):
    """Attendees come and go on their own; the staff unlock the door mode with a chord and a PIN."""

    # All at once: a sheet that comes with its screen has the whole app styled anew.
    CSS_PATH: ClassVar[list[str | PurePath]] = [
        _HERE / "app.tcss",
        *sorted((_HERE / "screens").glob("*.tcss")),
    ]
    TITLE = "Turnstile"
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (72, "-medium"), (100, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    ENABLE_COMMAND_PALETTE = False
    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [Binding("f10", "staff", show=False, priority=True)]

    def __init__(
        self,
        front: "Front | Services",
        start_mode: Mode = "attendee",
        log_outs: LogOuts | None = None,
    ) -> None:
        super().__init__()
        self.desk = Desk.of(front)
        self._start_mode = start_mode
        self._silence = Silence(self.desk.front.clock)
        self._quiet = Quiet()
        self._forgot_at = 0.0
        self._shift = Shift(self, self.desk, self._silence, log_outs or LogOuts(), self._forget)
        self._visit: Visit | None = None
        self._visit_worker: Worker[None] | None = None
        self._at_home = asyncio.Event()
        """No screen of a visit is left, though its worker may still give back what it held."""
        self._at_home.set()
        self._staff_are_served = False
        # A traceback on a kiosk's screen helps nobody and shows people's data; it is logged.
        self.error_console = Console(quiet=True)
        dress(self)

    def get_theme(self, theme_name: str) -> Theme | None:
        """One of the three palettes; Textual asks for it with every line that it paints."""
        return THEMES.get(theme_name) or super().get_theme(theme_name)

    def get_line_filters(self) -> Sequence[LineFilter]:
        """All but the one for the terminal's own colours; no palette has any of these."""
        filters = super().get_line_filters()
        return [each for each in filters if not isinstance(each, ANSIToTruecolor)]

    def get_default_screen(self) -> Screen[None]:
        return WelcomeScreen(self.desk)

    def on_mount(self) -> None:
        self._open_up()
        self.set_interval(1, self.tick)
        self.set_interval(TIDY_SECONDS, self._tidy)
        if (wish := _FIRST_WISH.get(self._start_mode)) is not None:
            self._once_open(self.desk, partial(self._unlock, wish))

    @work(group="opening")
    async def _open_up(self) -> None:
        front = self.desk.front
        if (pairing := await front.asked_to_pair()) is not None:
            await self.push_screen_wait(PairingScreen(self.desk, pairing))
        if not await front.opened():
            # Whoever could not open them says why, once the terminal is free.
            self.exit()
            return
        self._stop_when_revoked()
        self.run_worker(self.desk.services.reconciliation.run_forever(), group="reconciliation")
        self.run_worker(self.desk.services.lane.run_forever(), group="lane")
        self.run_worker(self._learn_palettes(), group="palettes")

    async def _learn_palettes(self) -> None:
        for _ in learn_palettes(self):
            await asyncio.sleep(0)
            await self._quiet.comes()

    @work(group="pairing")
    async def _stop_when_revoked(self) -> None:
        await self.desk.services.pairing.revoked()
        self.desk.front.was_revoked = True
        self.exit()

    def _once_open(self, desk: Desk, go_on: Callable[[], object]) -> None:
        """Go on at once, or as soon as the books are open; a calm page waits for them."""

        def answered(is_open: bool | None) -> None:
            if is_open:
                go_on()

        if desk.front.is_open:
            go_on()
        else:
            self.push_screen(MomentScreen(desk), answered)

    @on(WelcomeScreen.Begun)
    def begin(self, begun: WelcomeScreen.Begun) -> None:
        # Two presses may both arrive: one of them begins. Staff may just have ended a visit.
        if self._visit is None and len(self.screen_stack) == 1 and not self._staff_are_served:
            desk = self.desk.speaking(begun.language)
            self._once_open(desk, partial(self._begin, begun.purpose, desk))

    def _begin(self, purpose: Purpose, desk: Desk) -> None:
        from kiosk.screens.visits import VISITS

        self._at_home.clear()
        self._visit = VISITS[purpose](self, desk)
        self._visit_worker = self._accompany(self._visit)

    @work(group="visit")
    async def _accompany(self, visit: "Visit") -> None:
        try:
            await visit.run()
        finally:
            # Whoever comes next may begin as soon as the first screen shows.
            self._visit = None
            await visit.go_home()
            self._at_home.set()
            await visit.give_back()
            # Not from here: a worker keeps what started it, and with it the visit.
            self.call_later(self._forget)

    @work(group="forgetting")
    async def _forget(self) -> None:
        await asyncio.sleep(FORGET_SECONDS)
        due = monotonic()
        await self._quiet.comes(within=FORGET_SECONDS_MAX)
        if self._visit_worker and self._visit_worker.is_finished:
            self._visit_worker = None
        # In a rush, several people are waiting to be forgotten, and one look is for all of them.
        if self._forgot_at < due:
            self._forgot_at = monotonic()
            forget_what_was_shown()

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, events.InputEvent):
            self._silence.end()
            self._quiet.end()
            if isinstance(event, events.Key | events.MouseDown):
                self._make_room()
        await super().on_event(event)

    def push_screen(self, *args: Any, **kwargs: Any) -> Any:
        """Open a screen, as Textual does; whoever waits to buy waits for it too."""
        # What it answers was pressed long ago, if the ledger or a PIN had to be asked.
        self._make_room()
        return super().push_screen(*args, **kwargs)

    def _make_room(self) -> None:
        if self.desk.front.is_open:
            self.desk.services.courtesy.key_pressed()

    def post_display_hook(self) -> None:
        """Tell whoever waits for keys to be answered that something was painted."""
        # Within a batch, Textual comes here and has painted nothing.
        if self.desk.front.is_open and not self._batch_count:
            self.desk.services.courtesy.painted()

    def tick(self) -> None:
        """Warn of silence, then go home; never while something is being held or paid."""
        if self._visit and self._visit.busy:
            self._silence.end()
        elif (mode := self._shift.mode) is not None:
            self._forget_asker()
            self._shift.tick(mode)
        elif self._visit is None:
            self._forget_asker()
        elif self._silence.seconds >= HOME_SECONDS:
            self._visit.leave()
        elif self._silence.seconds >= WARNING_SECONDS and not self._is_warning():
            self.push_screen(StillThereScreen(self.desk, self._silence))

    def _tidy(self) -> None:
        if self._visit_worker is None and self._silence.seconds >= HOME_SECONDS:
            look_through()

    def _is_warning(self) -> bool:
        return isinstance(self.screen, StillThereScreen)

    def _forget_asker(self) -> None:
        """Whoever asked something here, or chose a language, has gone without a word."""
        if self._silence.seconds < HOME_SECONDS:
            return
        match self.screen:
            case Dialog() | HelpScreen() as left:
                left.dismiss(None)
            case WelcomeScreen() as welcome:
                self.call_later(welcome.forget)

    def action_staff(self) -> None:
        """The chord: invisible, and worth nothing without a PIN."""
        if isinstance(self.screen, EndingScreen) and self.screen.LETS_STAFF_IN:
            self._once_open(self.desk, self._unlock)

    @work(group="staff", exclusive=True)
    async def _unlock(self, wish: StaffWish | None = None) -> None:
        desk = self._desk_here()
        cost = self._visit.cost if self._visit else ""
        role = Role.STEWARD if wish is None else least_role(NEEDS[wish])
        asking = PinDialog(desk, role, cost or desk.words("Staff"))
        if member := await self.push_screen_wait(asking):
            wanted = wish or await self.push_screen_wait(StaffDialog(desk, member))
            self._staff_are_served = True
            try:
                await self._serve(wanted, desk, member)
            finally:
                self._staff_are_served = False

    async def _serve(self, wanted: StaffWish | None, desk: Desk, member: StaffMember) -> None:
        match wanted:
            case StaffWish.CLOSE:
                await self._end_visit()
                if self._visit_worker:
                    await self._visit_worker.wait()
                self.exit()
            case StaffWish():
                await self._open(wanted, desk, member)

    async def _open(self, wanted: StaffWish, desk: Desk, member: StaffMember) -> None:
        """Open a staff mode in place of whatever is open: locking it leads home."""
        from kiosk.screens.modes import MODES

        if not isinstance(self.screen, MODES[wanted]):
            await self._end_visit()
            await self._shift.open(MODES[wanted](desk, member))

    def _desk_here(self) -> Desk:
        """The desk in the language that is spoken on the screen."""
        return self.screen.desk if isinstance(self.screen, KioskScreen) else self.desk

    async def _end_visit(self) -> None:
        if self._visit:
            self._visit.end()
        await self._at_home.wait()

    def action_next_theme(self) -> None:
        """Ink, paper, contrast, and ink again."""
        names = list(PALETTES)
        self.theme = names[(names.index(self.theme) + 1) % len(names)]

    def _handle_exception(self, error: Exception) -> None:
        log.critical("the app has ended", exc_info=error)
        super()._handle_exception(error)
