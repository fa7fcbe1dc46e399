"""What an event file says of tokens: how many there are, what one wallet may do, when they go."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from kiosk.domain.event_file_sale import SaleReader
from kiosk.domain.event_reader import Read, Table
from kiosk.domain.tokens import (
    CONDITIONS,
    GIFT_LIFE,
    SUPPLY_MAX,
    ExpiryRule,
    Hook,
    HookFailed,
    Limits,
    Origin,
    Token,
    python_hook,
)

T = TypeVar("T")

_DAYS_MAX: Final = 36_500
_GIFT_HOURS_MAX: Final = 8_760
_ORIGINS: Final = {origin.value: origin for origin in Origin}
_HOOK: Final = 'a file and a function in it, like "expiry.py:happy_hour"'


@dataclass(frozen=True, slots=True)
class TokenReader:
    """Reads tables of tokens; `read` gives the files beside the event file."""

    sale: SaleReader
    read: Read

    def token(self, table: Table) -> Token:
        """One table of `[[tokens]]`."""
        table.allow(
            *("key", "name", "supply", "expiry", "contract", "gift_hours", "value"),
            *("balance_max", "transfer_max", "daily_max", "pin_above"),
        )
        return Token(
            key=self.sale.key(table),
            name=table.text("name") or "",
            supply=table.whole("supply", 1, SUPPLY_MAX),
            expiry=tuple(self._rule(rule) for rule in table.tables("expiry", required=False)),
            limits=Limits(
                balance_max=table.some("balance_max", 1, SUPPLY_MAX),
                transfer_max=table.some("transfer_max", 1, SUPPLY_MAX),
                daily_max=table.some("daily_max", 1, SUPPLY_MAX),
                pin_above=table.whole("pin_above", 0, SUPPLY_MAX, default=0),
            ),
            gift_life=_gift_life(table),
            value=self.sale.some_money(table, "value"),
            contract=_contract(table),
        )

    def _rule(self, table: Table) -> ExpiryRule:
        table.allow("within_days", "until", "origins", "when", "hook")
        days = table.some("within_days", 1, _DAYS_MAX)
        rule = ExpiryRule(
            within=None if days is None else timedelta(days=days),
            until=table.instant("until", self.sale.zone),
            origins=frozenset(_some(table, "origins", _ORIGINS)) or frozenset(Origin),
            conditions=_some(table, "when", CONDITIONS),
            hook=self._hook(table),
        )
        if not {"within_days", "until", "hook"} & set(table):
            table.fault("", "within_days, until or hook")
        return rule

    def _hook(self, table: Table) -> Hook | None:
        named = table.text("hook", default="")
        if not named:
            return None
        file, _, function = named.partition(":")
        source = self.read(file) if function.isidentifier() else None
        if source is None:
            table.fault("hook", _HOOK)
            return None
        try:
            return python_hook(source, file, function)
        except HookFailed as failed:
            table.fault("hook", f"{_HOOK}: {failed}")
            return None


def _gift_life(table: Table) -> timedelta:
    hours = table.some("gift_hours", 1, _GIFT_HOURS_MAX)
    return GIFT_LIFE if hours is None else timedelta(hours=hours)


def _contract(table: Table) -> str:
    address = table.text("contract", default="") or ""
    # Whether its capital letters are right is asked when it is used, by who knows the chain.
    if address and not re.fullmatch("0x[0-9a-fA-F]{40}", address):
        table.fault("contract", "an address like 0x52908400098527886E0F7030069857D2E4169EE7")
    return address


def _some(table: Table, key: str, known: Mapping[str, T]) -> tuple[T, ...]:
    expected = f"some of {', '.join(known)} in square brackets"
    words = table.texts(key, expected)
    if not set(words) <= set(known):
        table.fault(key, expected)
    return tuple(known[word] for word in words if word in known)
