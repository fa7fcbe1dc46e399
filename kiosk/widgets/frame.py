"""The frame of every screen: a header row that says where you are, a footer of keys in words."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from kiosk.widgets.plain import content


@dataclass(frozen=True, slots=True)
class Key:
    """A key, what it does in a word or two, and the screen's action."""

    label: str
    words: str
    action: str


class KeyHint(Static):
    """One key of the footer; touching it does what the key does."""

    DEFAULT_CSS = """
    KeyHint {
        width: auto;
        height: 1;
        padding: 0 1;
        margin: 0 1 0 0;
        color: $quiet;
        &:hover { background: $raised; color: $ink; }
    }
    """

    def __init__(self, key: Key) -> None:
        super().__init__(_key_words(key))
        self._key = key

    def say(self, key: Key) -> None:
        """Offer another key."""
        if key != self._key:
            self._key = key
            self.update(_key_words(key))

    async def on_click(self, click: events.Click) -> None:
        click.stop()
        await self.screen.run_action(self._key.action)


def _key_words(key: Key) -> Content:
    return Content.assemble(Content.styled(key.label, "bold $ink"), " ", key.words)


class KeyBar(Horizontal):
    """The footer."""

    DEFAULT_CSS = """
    KeyBar {
        dock: bottom;
        height: 2;
        padding: 0 1;
        border-top: solid $line;
        background: $ground;
    }
    """

    def __init__(self, keys: Sequence[Key]) -> None:
        super().__init__()
        self._keys = tuple(keys)

    @property
    def keys(self) -> tuple[Key, ...]:
        """What it offers now."""
        return self._keys

    def compose(self) -> ComposeResult:
        for key in self._keys:
            yield KeyHint(key)

    async def show(self, keys: Sequence[Key]) -> None:
        """Offer other keys."""
        self._keys = tuple(keys)
        hints = list(self.query(KeyHint))
        for hint, key in zip(hints, keys, strict=False):
            hint.say(key)
        # To mount a hint takes longer than to have it say something else.
        if spare := hints[len(keys) :]:
            await self.remove_children(spare)
        if more := self._keys[len(hints) :]:
            await self.mount_all(map(KeyHint, more))


class FrameHeader(Horizontal):
    """The header: what event, which step, and at the right whatever the screen keeps in view."""

    DEFAULT_CSS = """
    FrameHeader {
        dock: top;
        height: 2;
        padding: 0 2;
        border-bottom: solid $line;
        background: $ground;
        & > .header--title {
            width: 1fr; height: 1; text-style: bold; text-wrap: nowrap; text-overflow: ellipsis;
        }
        & > .header--steps { width: auto; height: 1; margin: 0 2; color: $quiet; }
        & > .header--right { width: 1fr; height: 1; align-horizontal: right; }
    }
    """

    def __init__(self, title: str, steps: Content, right: Widget) -> None:
        super().__init__()
        self._title = title
        self._steps = steps
        self._right = right

    def compose(self) -> ComposeResult:
        yield Static(content(self._title), classes="header--title")
        yield Static(self._steps, classes="header--steps")
        with Horizontal(classes="header--right"):
            yield self._right

    def say(self, title: str) -> None:
        """Another title."""
        self.query_one(".header--title", Static).update(content(title))


def steps(names: Sequence[str], here: int) -> Content:
    """`Choose ─ You ─ Pay ─ Tickets`, where you are now written in ink."""
    parts: list[Content | tuple[str, str]] = []
    for index, name in enumerate(names):
        if parts:
            parts.append((" ─ ", "$line"))
        parts.append((name, "bold $ink" if index == here else "$quiet"))
    return Content.assemble(*parts)
