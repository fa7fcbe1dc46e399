"""How the work of a screen ends when the screen goes."""

from typing import TypeVar

from textual.messages import Prune
from textual.screen import Screen

T = TypeVar("T")


class EndingScreen(Screen[T]):
    """A screen whose workers end before its widgets do, so that none looks for what is gone."""

    async def on_prune(self, event: Prune) -> None:
        # Textual ends them only after the widgets, and an answer may well come in between.
        self.workers.cancel_node(self)
