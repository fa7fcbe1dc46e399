"""The staff's time at this terminal: the mode somebody opened, until they leave it."""

import logging
from collections.abc import Callable
from typing import ClassVar, Final

from textual.app import App

from kiosk.domain.events import StaffMember
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.screens.silence import LogOutBand, Silence
from kiosk.settings import LogOuts

log = logging.getLogger(__name__)

WARNING_SECONDS: Final = 15
"""So long before staff are logged out they are told, once."""


class StaffMode(KioskScreen[None]):
    """What the staff open for themselves: whoever leaves it is home."""

    AT_DOOR: ClassVar[bool] = False
    """Whether it is locked after as long a silence as a door."""
    staff: StaffMember
    """Who works here; a badge may change it."""


class Shift:
    """Opens staff modes, locks those that nobody touches, and has on record who left."""

    def __init__(
        self,
        app: App[None],
        desk: Desk,
        silence: Silence,
        log_outs: LogOuts,
        forget: Callable[[], object],
    ) -> None:
        self._app = app
        self._desk = desk
        self._silence = silence
        self._log_outs = log_outs
        self._forget = forget
        self._by_silence = False

    @property
    def mode(self) -> StaffMode | None:
        """The mode that is open, whatever lies on top of it."""
        return next((one for one in self._app.screen_stack if isinstance(one, StaffMode)), None)

    async def open(self, screen: StaffMode) -> None:
        """Open a mode in place of the one that is open."""
        while self.mode is not None:
            # What lies on top of it, first.
            await self._app.screen.dismiss(None)

        def left(_: None) -> None:
            by_silence, self._by_silence = self._by_silence, False
            self._app.run_worker(self._record(screen.staff, by_silence), group="leave")
            # Staff see people's names and addresses, too. Whoever forgets them here and now would
            # keep the screen that tells this.
            self._app.call_later(self._forget)

        await self._app.push_screen(screen, left)

    def tick(self, mode: StaffMode) -> None:
        """Warn of silence, then lock; a key or a scan ends the silence."""
        minutes = self._log_outs.door if mode.AT_DOOR else self._log_outs.organiser
        left = minutes * 60 - self._silence.seconds
        if minutes and left <= 0:
            # What lies on top goes first, one with each tick.
            self._by_silence = self._app.screen is mode
            self._app.screen.dismiss(None)
        elif minutes and left <= WARNING_SECONDS:
            self._warn(mode, left)
        else:
            mode.query(LogOutBand).remove()

    def _warn(self, mode: StaffMode, left: int) -> None:
        text = mode.words.count(
            "Still there? In one second this locks itself; any key keeps it open.",
            "Still there? In {n} seconds this locks itself; any key keeps it open.",
            left,
        )
        bands = mode.query(LogOutBand)
        if bands:
            bands.first().say(text)
        else:
            mode.mount(LogOutBand(text))

    async def _record(self, member: StaffMember, by_silence: bool) -> None:
        try:
            await self._desk.services.staff.log_out(member, by_silence=by_silence)
        except AWAY as away:
            log.warning("%s has left, and it is not on record: %s", member.name, away)
