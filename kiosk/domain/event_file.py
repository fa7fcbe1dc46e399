"""An event as one TOML file: checked whole, every fault with its line, before anything is made."""

import re
import tomllib
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kiosk.domain.errors import EventFileError, Fault
from kiosk.domain.event_file_links import check_links
from kiosk.domain.event_file_sale import SaleReader
from kiosk.domain.event_file_tokens import TokenReader
from kiosk.domain.event_reader import Faults, Read, Table
from kiosk.domain.events import (
    ORDER_MAX_DEFAULT,
    CodeOfConduct,
    Event,
    ProviderName,
    Role,
    StaffMember,
)
from kiosk.domain.money import CURRENCIES

_PIN_HASH: Final = re.compile(
    r"\$argon2id\$v=19\$m=\d+,t=\d+,p=\d+\$[A-Za-z0-9+/]+\$[A-Za-z0-9+/]+"
)
_ROLES: Final = {role.name.lower(): role for role in Role}
_ORDER_MAX: Final = 50
"""An order is one chain of transfers, and a chain must fit into one request."""
_PACKS_MAX: Final = 20
_RESOURCES_MAX: Final = 65_535


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
    top.allow(
        *("event", "payments", "conduct", "halls", "pools", "slots", "goodies"),
        *("discounts", "access", "tokens", "packs", "stalls", "staff"),
    )
    head = top.table("event")
    head.allow(
        *("key", "name", "currency", "timezone", "hold_seconds", "tickets_per_order"),
        *("transfer_until", "self_check_in", "emptied_at"),
    )
    zone, name = _zone(head), head.text("name")
    currency = head.choice("currency", {code: code for code in sorted(CURRENCIES)})
    sale = SaleReader(zone, currency)
    tokens = TokenReader(sale, read)
    event = Event(
        key=sale.key(head),
        name=name or "",
        currency=currency or "",
        timezone=zone.key if zone else "",
        hold_seconds=head.whole("hold_seconds", 30, 86_400, default=300),
        order_max=head.whole("tickets_per_order", 1, _ORDER_MAX, default=ORDER_MAX_DEFAULT),
        transfer_until=head.instant("transfer_until", zone),
        self_check_in=head.flag("self_check_in", default=True),
        emptied_at=head.time_of_day("emptied_at"),
        providers=_providers(top),
        conduct=_conduct(top.table("conduct"), read),
        halls=tuple(sale.hall(table) for table in top.tables("halls", required=False)),
        pools=tuple(sale.pool(table) for table in top.tables("pools", required=False)),
        slots=tuple(sale.slot(table) for table in top.tables("slots", required=True)),
        goodies=tuple(sale.goodie(table) for table in top.tables("goodies", required=False)),
        discounts=tuple(sale.discount(table) for table in top.tables("discounts", required=False)),
        access_codes=tuple(sale.access(table) for table in top.tables("access", required=False)),
        tokens=tuple(tokens.token(table) for table in top.tables("tokens", required=False)),
        packs=tuple(sale.pack(table) for table in top.tables("packs", required=False)),
        stalls=tuple(sale.stall(table) for table in top.tables("stalls", required=False)),
        staff=tuple(_staff(table) for table in top.tables("staff", required=False)),
    )
    check_links(event, top.faults)
    counted = (("slots", event.slots), ("pools", event.pools), ("halls", event.halls))
    for kind, entries in counted:
        if len(entries) > _RESOURCES_MAX:
            top.fault(kind, f"at most {_RESOURCES_MAX} {kind}")
    if len(event.packs) > _PACKS_MAX:
        top.fault("packs", f"at most {_PACKS_MAX} packs: an order may have all of them")
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


def _providers(top: Table) -> tuple[ProviderName, ...]:
    if "payments" not in top:
        return (ProviderName.CASH,)
    table = top.table("payments")
    table.allow(*ProviderName)
    return tuple(name for name in ProviderName if table.flag(name, default=False))


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
        table.fault("", 'one language or more, like en = "conduct.en.md"')
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
