"""How a screen ends: once, and its work before its widgets."""

from typing import ClassVar, TypeVar

from textual import on
from textual.await_complete import AwaitComplete
from textual.events import ScreenResume
from textual.messages import Prune
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

T = TypeVar("T")


class EndingScreen(Screen[T]):
    """A screen that answers once, and whose workers look for no widget that is gone."""

    # Whoever gets the focus or loses it is painted anew. Textual would paint all of the screen.
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    LETS_STAFF_IN: ClassVar[bool] = False
    """Whether the staff's chord asks for a PIN here."""

    def on_compose(self) -> None:
        """Know how large the terminal is before anything is here whose look depends on it."""
        app = self.app
        for length, steps in (
            (app.size.width, app.HORIZONTAL_BREAKPOINTS),
            (app.size.height, app.VERTICAL_BREAKPOINTS),
        ):
            reached = [name for start, name in steps or () if start <= length]
            self.add_class(*reached[-1:])

    @on(ScreenResume)
    def _keep_styles(self, event: ScreenResume) -> None:
        # They are right already: a new screen has just got them, the others' are kept so.
        event.refresh_styles = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        """Close with an answer; the first one counts, however fast the next key comes."""
        # Textual would close whatever screen is uppermost by now.
        gone = self not in self.app.screen_stack
        return AwaitComplete() if gone else super().dismiss(result)

    async def on_prune(self, event: Prune) -> None:
        # Textual ends them only after the widgets, and an answer may well come in between.
        self.workers.cancel_node(self)
