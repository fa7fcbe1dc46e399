"""The lamps at the foot of the organiser's view: what is well, and what somebody must look into."""

from collections.abc import Sequence
from datetime import datetime

from textual.content import Content

from kiosk.domain.books import BookReport
from kiosk.domain.terminals import TerminalState, TerminalStatus
from kiosk.services.stats import Health
from kiosk.widgets.told import Told
from kiosk.words import Words

_GAP = Content("   ")


class Lamps(Told):
    """Two rows: what people must see to comes first."""

    def __init__(self, words: Words) -> None:
        super().__init__("", id="lamps")
        self.words = words
        self.health: Health | None = None
        self.attention = 0
        self.conflicts = 0

    def show(
        self, report: BookReport | None, terminals: Sequence[TerminalStatus], now: datetime
    ) -> None:
        """Light them as it is now."""
        first, second = self._health(), [self._books(report), *self._terminals(terminals, now)]
        self.update(Content("\n").join([_GAP.join([*self._alerts(), *first]), _GAP.join(second)]))

    def _alerts(self) -> list[Content]:
        words, said = self.words, []
        if self.attention:
            said.append(
                words.count("1 order needs attention", "{n} orders need attention", self.attention)
            )
        if self.conflicts:
            said.append(words.count("1 conflict", "{n} conflicts", self.conflicts))
        return [Content.styled(f"▲ {one}", "$alert") for one in said]

    def _health(self) -> list[Content]:
        health, words = self.health, self.words
        if health is None:
            return []
        ledger = words("ledger {engine}", engine=health.ledger_engine)
        return [
            self._answering(ledger, health.ledger_seconds),
            self._answering(words("store"), health.store_seconds),
        ]

    def _answering(self, name: str, seconds: float | None) -> Content:
        if seconds is None:
            away = self.words("{what} does not answer", what=name)
            return Content.styled(f"✖ {away}", "$alert")
        took = self.words("{n} ms", n=f"{seconds * 1000:.1f}")
        return Content.assemble(("● ", "$fine"), name, (f" {took}", "$quiet"))

    def _books(self, report: BookReport | None) -> Content:
        words = self.words
        if report is None:
            return Content.styled("◌ " + words("books are being compared"), "$quiet")
        if report.balances:
            return Content.assemble(("● ", "$fine"), words("books balance"))
        return Content.styled("✖ " + words("books do not balance"), "$alert")

    def _terminals(self, terminals: Sequence[TerminalStatus], now: datetime) -> list[Content]:
        words = self.words
        paired = [one for one in terminals if one.state is TerminalState.PAIRED]
        if not paired:
            return []
        silent = sum(one.is_silent(now) for one in paired)
        said = words.count("1 terminal", "{n} terminals", len(paired))
        lamp = Content.assemble(("● ", "$fine"), said)
        if silent:
            said = words("{n} of them silent", n=words.number(silent))
            lamp = lamp + Content.styled(f", ▲ {said}", "$hurry")
        return [lamp]
