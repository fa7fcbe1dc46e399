"""A list that staff choose from: looked at again and again, and the mark stays where it is."""

from collections.abc import Hashable, Sequence
from typing import ClassVar, Generic, TypeVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import OptionList, Static

from kiosk.domain.events import StaffMember
from kiosk.screens.base import AWAY, Desk, KioskScreen
from kiosk.widgets.frame import FrameHeader, Key, KeyBar
from kiosk.widgets.plain import content

Item = TypeVar("Item")

REFRESH_SECONDS = 2


class ListScreen(KioskScreen[None], Generic[Item]):
    """Shows the list again every other second; closes when it is locked."""

    CSS_PATH = "listing.tcss"
    AUTO_FOCUS = "OptionList"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f8", "app.next_theme", show=False),
        Binding("f9,escape", "lock", show=False),
    ]

    def __init__(self, desk: Desk, staff: StaffMember) -> None:
        super().__init__(desk)
        self.staff = staff
        self.shown: Sequence[Item] = ()
        self._has_looked = False

    def heading(self) -> str:
        """What is listed, in capitals."""
        raise NotImplementedError

    async def found(self) -> Sequence[Item]:
        """What there is now; may raise what `AWAY` has."""
        raise NotImplementedError

    def identity(self, item: Item) -> Hashable:
        """What tells an item from all others, however it changes."""
        raise NotImplementedError

    def row(self, item: Item) -> str:
        """One line of the list."""
        raise NotImplementedError

    def nothing(self) -> str:
        """What is said of an empty list."""
        return ""

    def detail(self, item: Item) -> str:
        """What the row of the marked item has no room for."""
        return ""

    def pick(self, item: Item) -> None:
        """Enter was pressed on an item, or it was touched."""
        raise NotImplementedError

    def compose(self) -> ComposeResult:
        title = " · ".join([self.heading(), self.staff.name])
        yield FrameHeader(title, Content(""), Static(""))
        yield OptionList(markup=False)
        yield Static("", id="detail")
        yield Static("", id="problem")
        yield KeyBar(self.footer())

    def lock_key(self) -> Key:
        """The key that closes it."""
        return Key("F9", self.words("Lock"), "lock")

    def on_mount(self) -> None:
        self.look()
        self.set_interval(REFRESH_SECONDS, self.look)

    @work(group="look", exclusive=True)
    async def look(self) -> None:
        """Show what there is now."""
        try:
            found = await self.found()
        except AWAY:
            self.say(self.words("The books do not answer just now. Please try again."))
            return
        if found != self.shown or not self._has_looked:
            self._show(found)

    def _show(self, found: Sequence[Item]) -> None:
        """Show these; the mark stays on the item it is on, wherever that is now."""
        listed, marked = self.query_one(OptionList), self.marked
        at = listed.highlighted or 0
        self.shown, self._has_looked = found, True
        listed.clear_options()
        listed.add_options([Content(self.row(one)) for one in found])
        if found:
            ids = [self.identity(one) for one in found]
            stays = marked is not None and self.identity(marked) in ids
            listed.highlighted = (
                ids.index(self.identity(marked)) if marked and stays else min(at, len(found) - 1)
            )
        self.describe()

    @on(OptionList.OptionHighlighted)
    def describe(self) -> None:
        """Say of the marked item what its row has no room for."""
        marked = self.marked
        said = self.nothing() if marked is None else self.detail(marked)
        self.query_one("#detail", Static).update(content(said))

    @property
    def marked(self) -> Item | None:
        """The item that keys are about, if there is any."""
        at = self.query_one(OptionList).highlighted
        return None if at is None or at >= len(self.shown) else self.shown[at]

    def action_mark_next(self) -> None:
        self.query_one(OptionList).action_cursor_down()

    @on(OptionList.OptionSelected)
    def action_pick(self) -> None:
        if (one := self.marked) is not None and not self.busy:
            self.pick(one)

    def say(self, text: str) -> None:
        """What came of the last key."""
        self.query_one("#problem", Static).update(content(text))

    def action_lock(self) -> None:
        # Whoever leaves now would not read whether it is on record.
        if not self.busy:
            self.dismiss(None)
