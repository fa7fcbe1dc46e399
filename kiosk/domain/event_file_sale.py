"""What an event file says is sold: slots, their pools and halls, goodies, codes for buyers."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from kiosk.domain.event_reader import Table
from kiosk.domain.events import (
    ORDER_MAX_DEFAULT,
    AccessCode,
    Discount,
    EntryPolicy,
    EventSlot,
    Goodie,
    Hall,
    Per,
    Pool,
    Stall,
    TokenPack,
    Window,
    folded_code,
)
from kiosk.domain.money import CURRENCIES, Money, parse_amount, zero

_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_CODE: Final = re.compile(r"[A-Z0-9]+(-[A-Z0-9]+)*")
_CODE_LENGTHS: Final = range(3, 33)
_CAPACITY_MAX: Final = 10_000_000
_ORDER_MAX: Final = 50
_USES_MAX: Final = 1_000_000_000
_TOKENS_MAX: Final = 1_000_000
_PACKS_MAX: Final = 1000
_ENTRY: Final = {policy.value: policy for policy in EntryPolicy}
_PER: Final = {per.value: per for per in Per}
_SLOT_KEYS: Final = 'keys of slots in square brackets, like ["general"]'


@dataclass(frozen=True, slots=True)
class SaleReader:
    """Reads tables of what is sold, at the event's local time and in its currency."""

    zone: ZoneInfo | None
    currency: str | None

    def key(self, table: Table) -> str:
        """What stands for something in the file and, for ever, in the store."""
        key = table.text("key") or ""
        if key and not _KEY.fullmatch(key):
            table.fault("key", "lower-case letters, digits and single dashes between them")
        return key

    def pool(self, table: Table) -> Pool:
        """One table of `[[pools]]`."""
        table.allow("key", "name", "capacity")
        return Pool(
            key=self.key(table),
            name=table.text("name") or "",
            capacity=table.whole("capacity", 0, _CAPACITY_MAX),
        )

    def hall(self, table: Table) -> Hall:
        """One table of `[[halls]]`."""
        table.allow("key", "name", "limit")
        return Hall(
            key=self.key(table),
            name=table.text("name") or "",
            limit=table.whole("limit", 0, _CAPACITY_MAX),
        )

    def slot(self, table: Table) -> EventSlot:
        """One table of `[[slots]]`."""
        table.allow(
            *("key", "name", "category", "place", "price", "capacity", "pool", "public"),
            *("requires", "per_order", "sale_starts", "sale_ends", "valid_starts", "valid_ends"),
            *("hall", "entry"),
        )
        return EventSlot(
            key=self.key(table),
            name=table.text("name") or "",
            category=table.text("category", default="") or "",
            place=table.text("place", default="") or "",
            price=self._price(table),
            capacity=table.whole("capacity", 0, _CAPACITY_MAX),
            sale=self._window(table, "sale_"),
            valid=self._window(table, "valid_"),
            public=table.flag("public", default=True),
            pool=table.text("pool", default="") or None,
            requires=table.texts("requires", _SLOT_KEYS),
            order_max=table.some("per_order", 1, _ORDER_MAX),
            hall=table.text("hall", default="") or None,
            entry=table.choice("entry", _ENTRY, default=EntryPolicy.SINGLE) or EntryPolicy.SINGLE,
        )

    def goodie(self, table: Table) -> Goodie:
        """One table of `[[goodies]]`."""
        table.allow("key", "name", "count", "per", "slots")
        return Goodie(
            key=self.key(table),
            name=table.text("name") or "",
            count=table.whole("count", 0, _CAPACITY_MAX),
            per=table.choice("per", _PER, default=Per.ORDER) or Per.ORDER,
            slot_keys=table.texts("slots", _SLOT_KEYS),
        )

    def pack(self, table: Table) -> TokenPack:
        """One table of `[[packs]]`."""
        table.allow(
            *("key", "name", "token", "tokens", "price", "per_order", "sale_starts", "sale_ends")
        )
        return TokenPack(
            key=self.key(table),
            name=table.text("name") or "",
            token=table.text("token") or "",
            tokens=table.whole("tokens", 1, _TOKENS_MAX),
            price=self._price(table),
            sale=self._window(table, "sale_"),
            order_max=table.whole("per_order", 1, _PACKS_MAX, default=ORDER_MAX_DEFAULT),
        )

    def stall(self, table: Table) -> Stall:
        """One table of `[[stalls]]`."""
        table.allow("key", "name")
        return Stall(key=self.key(table), name=table.text("name") or "")

    def discount(self, table: Table) -> Discount:
        """One table of `[[discounts]]`."""
        table.allow("code", "percent", "amount", "slots", "uses", "starts", "ends")
        amount = self.some_money(table, "amount")
        percent = table.some("percent", 1, 100)
        if ("percent" in table) == ("amount" in table):
            table.fault("", "either percent or amount")
        return Discount(
            code=_code(table),
            percent=percent,
            amount=amount,
            slot_keys=table.texts("slots", _SLOT_KEYS),
            uses_max=table.some("uses", 1, _USES_MAX),
            window=self._window(table, ""),
        )

    def access(self, table: Table) -> AccessCode:
        """One table of `[[access]]`."""
        table.allow("code", "slots", "starts", "ends")
        return AccessCode(
            code=_code(table),
            slot_keys=table.texts("slots", _SLOT_KEYS, required=True),
            window=self._window(table, ""),
        )

    def _price(self, table: Table) -> Money:
        amount = table.number("price", "an amount of money without a currency, like 4.00")
        nothing = zero(self.currency or "USD")
        return nothing if amount is None else self._money(table, "price", amount) or nothing

    def some_money(self, table: Table, key: str) -> Money | None:
        """More than nothing, if the table says anything of it."""
        expected = "an amount of money without a currency, like 1.50"
        amount = table.number(key, expected, required=False)
        if amount is None:
            return None
        money = self._money(table, key, amount)
        if money is not None and not money:
            table.fault(key, "more than 0")
        return money

    def _money(self, table: Table, key: str, amount: Decimal) -> Money | None:
        if self.currency is None:
            return None
        money = parse_amount(amount, self.currency)
        if money is None:
            digits = CURRENCIES[self.currency].digits
            table.fault(key, f"0 or more {self.currency}, with {digits} decimals at most")
        return money

    def _window(self, table: Table, prefix: str) -> Window:
        starts, ends = f"{prefix}starts", f"{prefix}ends"
        window = Window(table.instant(starts, self.zone), table.instant(ends, self.zone))
        if window.starts and window.ends and window.starts >= window.ends:
            table.fault(ends, f"a time after {starts}")
        return window


def _code(table: Table) -> str:
    code = folded_code(table.text("code") or "")
    if code and not (_CODE.fullmatch(code) and len(code) in _CODE_LENGTHS):
        shortest, longest = _CODE_LENGTHS[0], _CODE_LENGTHS[-1]
        table.fault(
            "code",
            f"{shortest} to {longest} letters of A to Z, digits and single dashes between them",
        )
    return code
