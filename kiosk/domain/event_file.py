"""An event as one TOML file: checked whole, every fault with its line, before anything is made."""

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.domain.errors import EventFileError, Fault
from kiosk.domain.event_reader import Faults, Read, Table
from kiosk.domain.events import CodeOfConduct, Event, EventSlot, Role, StaffMember, Window
from kiosk.domain.money import CURRENCIES, Money, parse_amount, zero

_KEY: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PIN_HASH: Final = re.compile(
    r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
)
_ROLES: Final = {role.name.lower(): role for role in Role}
_CAPACITY_MAX: Final = 10_000_000
_SLOTS_MAX: Final = 65_535


def parse_event(text: str, file: str, read: Read) -> Event:
    """The event that `text` describes; raises `EventFileError` with all its faults.

    `file` names the text in faults; `read` gives the files it refers to.
    """
    try:
        values = tomllib.loads(text, parse_float=Decimal)
    except tomllib.TOMLDecodeError as error:
        raise EventFileError((_syntax_fault(file, text, str(error)),)) from None
    faults = Faults(file, text)
    event = _event(Table(values, (), faults), read)
    if found := faults.found():
        raise EventFileError(found)
    return event


def _syntax_fault(file: str, text: str, message: str) -> Fault:
    # The message ends in "(at line 3, column 5)" or "(at end of document)".
    what, _, where = message.partition(" (at ")
    named = re.search(r"line (\d+)", where)
    line = int(named[1]) if named else max(len(text.splitlines()), 1)
    return Fault(file, line, "", f"valid TOML: {what}")


def _event(top: Table, read: Read) -> Event:
    top.allow("event", "conduct", "slots", "staff")
    head = top.table("event")
    head.allow("key", "name", "currency", "timezone", "hold_seconds")
    zone = _zone(head)
    currency = head.choice("currency", {code: code for code in sorted(CURRENCIES)})
    event = Event(
        key=_key(head) or "",
        name=head.text("name") or "",
        currency=currency or "",
        timezone=zone.key if zone else "",
        hold_seconds=head.whole("hold_seconds", 30, 86_400, default=300),
        slots=tuple(_slot(table, zone, currency) for table in top.tables("slots", required=True)),
        conduct=_conduct(top.table("conduct"), read),
        staff=tuple(_staff(table) for table in top.tables("staff", required=False)),
    )
    _unique(top, "slots", "key", (slot.key for slot in event.slots))
    _unique(top, "staff", "name", (member.name for member in event.staff))
    if len(event.slots) > _SLOTS_MAX:
        top.fault("slots", f"at most {_SLOTS_MAX} slots")
    return event


def _zone(head: Table) -> ZoneInfo | None:
    name = head.text("timezone")
    if name is None:
        return None
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        head.fault("timezone", "the IANA name of a time zone, like Europe/Madrid")
        return None


def _key(table: Table) -> str | None:
    key = table.text("key")
    if key is not None and not _KEY.fullmatch(key):
        table.fault("key", "lower-case letters, digits and single dashes between them")
    return key


def _slot(table: Table, zone: ZoneInfo | None, currency: str | None) -> EventSlot:
    table.allow(
        *("key", "name", "category", "place", "price", "capacity", "public"),
        *("sale_starts", "sale_ends", "valid_starts", "valid_ends"),
    )
    return EventSlot(
        key=_key(table) or "",
        name=table.text("name") or "",
        category=table.text("category", default="") or "",
        place=table.text("place", default="") or "",
        price=_price(table, currency),
        capacity=table.whole("capacity", 0, _CAPACITY_MAX),
        sale=_window(table, "sale", zone),
        valid=_window(table, "valid", zone),
        public=table.flag("public", default=True),
    )


def _price(table: Table, currency: str | None) -> Money:
    expected = "an amount of money without a currency, like 4.00"
    amount = table.number("price", expected)
    if amount is None or currency is None:
        return zero(currency or "USD")
    money = parse_amount(amount, currency)
    if money is None:
        digits = CURRENCIES[currency].digits
        table.fault("price", f"0 or more {currency}, with {digits} decimals at most")
    return money or zero(currency)


def _window(table: Table, name: str, zone: ZoneInfo | None) -> Window:
    window = Window(
        table.instant(f"{name}_starts", zone),
        table.instant(f"{name}_ends", zone),
    )
    if window.starts and window.ends and window.starts >= window.ends:
        table.fault(f"{name}_ends", f"a time after {name}_starts")
    return window


def _conduct(table: Table, read: Read) -> dict[str, CodeOfConduct]:
    conduct = {}
    for language in table:
        file = table.text(language)
        if not re.fullmatch(r"[a-z]{2,3}", language):
            table.fault(language, "the code of a language, like en")
        if file is None:
            continue
        markdown = read(file)
        if markdown is None or not markdown.strip():
            table.fault(language, f"a Markdown file in UTF-8: {file}")
        else:
            conduct[language] = CodeOfConduct(language, _title(markdown), markdown)
    if not list(table):
        table.fault("", 'expected one language or more, like en = "conduct.en.md"')
    return conduct


def _title(markdown: str) -> str:
    first = next(line for line in markdown.splitlines() if line.strip())
    return first.lstrip("#").strip()


def _staff(table: Table) -> StaffMember:
    table.allow("name", "role", "pin_hash")
    pin_hash = table.text("pin_hash") or ""
    if pin_hash and not _PIN_HASH.fullmatch(pin_hash):
        table.fault("pin_hash", "an argon2id hash, like $argon2id$v=19$m=…")
    return StaffMember(
        name=table.text("name") or "",
        role=table.choice("role", _ROLES) or Role.STEWARD,
        pin_hash=pin_hash,
    )


def _unique(top: Table, array: str, key: str, values: Iterable[str]) -> None:
    counts = Counter[str]()
    for index, value in enumerate(values):
        counts[value] += 1
        if value and counts[value] == 2:
            top.faults.add((array, index, key), f"a {key} of its own: {value} is taken")
