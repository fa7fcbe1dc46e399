"""An event of three days, and the people and codes the fakes know."""

from dataclasses import replace
from datetime import UTC, datetime

from kiosk.domain.errors import (
    KioskError,
)
from kiosk.domain.events import (
    AccessCode,
    CodeOfConduct,
    Discount,
    Event,
    EventSlot,
    Goodie,
    ProviderName,
    Role,
    StaffMember,
    Window,
)
from kiosk.domain.money import Money
from ledger.engine import LedgerUnavailable

NOON = datetime(2027, 3, 12, 17, 4, 11, tzinfo=UTC)
CODE = ("7K2M4QX0AB3CD5EFGH6JLMNPQRSTUVWX189" * 5)[:154]
NUMBER = "7K2M-4QX0-AB3C"
PINS = {
    "1111": StaffMember("Robin", Role.STEWARD, ""),
    "2222": StaffMember("Kim", Role.CASHIER, ""),
    "3333": StaffMember("Sasha", Role.SUPERVISOR, ""),
    "4444": StaffMember("Noor", Role.ORGANISER, ""),
}
LEDGER_AWAY: KioskError | LedgerUnavailable = LedgerUnavailable("no answer")


def code_of(at: int) -> str:
    """The code of the ticket at this position of an order; that of the first is `CODE`."""
    return CODE if at == 0 else f"{at}{CODE[1:]}"


def number_of(at: int) -> str:
    """The number of the ticket at this position of an order; that of the first is `NUMBER`."""
    return NUMBER if at == 0 else f"{at}{NUMBER[1:]}"


def a_slot(
    key: str, name: str, category: str = "", *, minor: int = 400, **changes: object
) -> EventSlot:
    """A valid slot, with whatever is changed."""
    slot = EventSlot(
        key=key,
        name=name,
        category=category,
        place="all halls",
        price=Money(minor, "USD"),
        capacity=200,
        sale=Window(),
        valid=Window(datetime(2027, 3, 12, 8, tzinfo=UTC), datetime(2027, 3, 14, 17, tzinfo=UTC)),
        number=1,
    )
    return replace(slot, **changes)  # type: ignore[arg-type]


def an_event(**changes: object) -> Event:
    """A valid event of three days, with whatever is changed."""
    saturday = Window(datetime(2027, 3, 13, 9, tzinfo=UTC), datetime(2027, 3, 13, 12, tzinfo=UTC))
    conduct = "Be kind. Ask before you take a picture.\n\nNo harassment of any kind. " * 6
    event = Event(
        key="gopherfest-2027",
        name="GopherFest 2027",
        currency="USD",
        timezone="Europe/Berlin",
        hold_seconds=300,
        slots=(
            a_slot("early", "General Admission", "Early Bird", minor=300),
            a_slot("regular", "General Admission", "Regular"),
            a_slot(
                "workshop",
                "Workshop: Profiling Go",
                minor=0,
                place="room 2",
                valid=saturday,
                requires=("early", "regular"),
                order_max=2,
            ),
            a_slot("party", "Party", place="hall 3", valid=saturday),
            a_slot("crew", "General Admission", "Crew", minor=0, public=False),
        ),
        conduct={
            "en": CodeOfConduct("en", "Code of Conduct", f"## How we are here\n\n{conduct}"),
            "es": CodeOfConduct("es", "Código de conducta", f"## Cómo estamos aquí\n\n{conduct}"),
        },
        staff=tuple(PINS.values()),
        id=1,
        goodies=(Goodie("shirt", "T-shirt", 100, slot_keys=("early", "regular"), number=1),),
        access_codes=(AccessCode("CREW", ("crew",)),),
        providers=(ProviderName.CASH, ProviderName.SANDBOX),
        discounts=(Discount("HALF", percent=50), Discount("ALL", percent=100)),
    )
    return replace(event, **changes)  # type: ignore[arg-type]
