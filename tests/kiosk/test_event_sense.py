"""What an event file says that is allowed and hardly meant."""

from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from kiosk.domain.event_sense import cautions
from kiosk.domain.events import (
    AccessCode,
    Discount,
    EntryPolicy,
    Event,
    EventSlot,
    Goodie,
    Hall,
    Pool,
    ProviderName,
    Role,
    Window,
)
from kiosk.services.event_files import check_event
from tests.kiosk.factories import NOW, a_cashier, a_slot, an_event, usd

BEFORE, SOON, LATER = (NOW + timedelta(days=days) for days in (-1, 1, 2))
STAFF = (a_cashier(role=Role.ORGANISER),)
GENERAL = a_slot()


def sensible(*slots: EventSlot, **changes: object) -> Event:
    return an_event(*slots, **({"staff": STAFF} | changes))


def free(key: str = "free", **changes: object) -> EventSlot:
    return a_slot(key, price=usd(0), **changes)


NONSENSE = {
    "a visible slot with no capacity": (
        sensible(GENERAL, a_slot("none", capacity=0)),
        ("slots", 1, "capacity"),
        "everybody sees none",
    ),
    "a slot no code opens": (
        sensible(GENERAL, a_slot("crew", public=False)),
        ("slots", 1, "public"),
        "no access code opens crew",
    ),
    "validity in the past": (
        sensible(a_slot(valid=Window(ends=NOW))),
        ("slots", 0, "valid_ends"),
        "valid no more",
    ),
    "sold only after it is valid": (
        sensible(a_slot(sale=Window(starts=LATER), valid=Window(ends=SOON))),
        ("slots", 0, "sale_starts"),
        "on sale only when",
    ),
    "sold longer than it is valid": (
        sensible(a_slot(sale=Window(ends=LATER), valid=Window(ends=SOON))),
        ("slots", 0, "sale_ends"),
        "still on sale when",
    ),
    "a limit that limits nothing": (
        sensible(a_slot(order_max=9), order_max=5),
        ("slots", 0, "per_order"),
        "allows 5 of anything",
    ),
    "nothing on sale any more": (
        sensible(a_slot(sale=Window(ends=BEFORE)), a_slot("b", sale=Window(ends=NOW))),
        ("slots", 0),
        "nothing is on sale",
    ),
    "a required slot without places": (
        sensible(GENERAL, a_slot("old", capacity=0), a_slot("workshop", requires=("old",))),
        ("slots", 2, "requires"),
        "requires old, which cannot be bought",
    ),
    "a required slot nobody can buy": (
        sensible(a_slot("crew", public=False), a_slot("workshop", requires=("crew",))),
        ("slots", 1, "requires"),
        "requires crew",
    ),
    "a required slot that is sold only later": (
        sensible(
            a_slot(sale=Window(starts=LATER)),
            a_slot("workshop", requires=("general",), sale=Window(ends=SOON)),
        ),
        ("slots", 1, "requires"),
        "cannot be bought before it",
    ),
    "windows that never meet": (
        sensible(
            a_slot(valid=Window(ends=SOON)),
            a_slot("workshop", requires=("general",), valid=Window(starts=SOON)),
        ),
        ("slots", 1, "requires"),
        "never valid at the same time as general",
    ),
    "a pool nobody uses": (
        sensible(GENERAL, pools=(Pool("hall", "Hall", 5),)),
        ("pools", 0, "key"),
        "no slot takes its places from hall",
    ),
    "a pool that is never full": (
        sensible(a_slot(pool="hall"), pools=(Pool("hall", "Hall", 11),)),
        ("pools", 0, "capacity"),
        "10 places together",
    ),
    "a pool smaller than a slot": (
        sensible(a_slot(pool="hall"), a_slot("b", pool="hall"), pools=(Pool("hall", "Hall", 9),)),
        ("pools", 0, "capacity"),
        "alone has 10 places",
    ),
    "a hall nobody uses": (
        sensible(GENERAL, halls=(Hall("dome", "Dome", 5),)),
        ("halls", 0, "key"),
        "no slot leads to dome",
    ),
    "a hall for nobody": (
        sensible(a_slot(hall="dome"), halls=(Hall("dome", "Dome", 0),)),
        ("halls", 0, "limit"),
        "nobody gets into dome",
    ),
    "a hall that is never full": (
        sensible(
            a_slot(pool="all", hall="dome"),
            a_slot("b", pool="all", hall="dome"),
            a_slot("c", hall="dome"),
            pools=(Pool("all", "All", 12),),
            halls=(Hall("dome", "Dome", 22),),
        ),
        ("halls", 0, "limit"),
        "22 places together, so dome is never full",
    ),
    "a hall where everybody stays the night": (
        sensible(a_slot(valid=Window(NOW, LATER), hall="dome"), halls=(Hall("dome", "Dome", 5),)),
        ("halls", 0, "limit"),
        "dome is used for days and never emptied",
    ),
    "every day of one": (
        sensible(a_slot(valid=Window(SOON, SOON + timedelta(hours=9)), entry=EntryPolicy.DAILY)),
        ("slots", 0, "entry"),
        "daily is the same as single",
    ),
    "no goodie": (
        sensible(GENERAL, goodies=(Goodie("shirt", "T-shirt", 0),)),
        ("goodies", 0, "count"),
        "no shirt to get",
    ),
    "a goodie nobody can get": (
        sensible(
            GENERAL,
            a_slot("crew", public=False),
            goodies=(Goodie("shirt", "T-shirt", 9, slot_keys=("crew",)),),
        ),
        ("goodies", 0, "slots"),
        "nobody can get shirt",
    ),
    "a discount on what is free": (
        sensible(GENERAL, free(), discounts=(Discount("HALF", 50, slot_keys=("free",)),)),
        ("discounts", 0, "code"),
        "HALF lowers nothing",
    ),
    "a discount that is over": (
        sensible(GENERAL, discounts=(Discount("HALF", 50, window=Window(ends=NOW)),)),
        ("discounts", 0, "ends"),
        "HALF counts no more",
    ),
    "a discount that never counts": (
        sensible(
            a_slot(sale=Window(ends=SOON)),
            discounts=(Discount("HALF", 50, window=Window(starts=SOON)),),
        ),
        ("discounts", 0),
        "never counts while its slots are on sale",
    ),
    "an access code for everybody": (
        sensible(GENERAL, access_codes=(AccessCode("GOLD", ("general",)),)),
        ("access", 0, "slots"),
        "everybody can buy it without GOLD",
    ),
    "an access code that is over": (
        sensible(
            GENERAL,
            a_slot("crew", public=False),
            access_codes=(AccessCode("CREW", ("crew",), Window(ends=BEFORE)),),
        ),
        ("access", 0, "ends"),
        "CREW opens nothing any more",
    ),
    "an access code that is late": (
        sensible(
            GENERAL,
            a_slot("crew", public=False, sale=Window(ends=SOON)),
            access_codes=(AccessCode("CREW", ("crew",), Window(starts=LATER)),),
        ),
        ("access", 0),
        "never opens anything",
    ),
    "no way of paying": (sensible(GENERAL, providers=()), ("payments",), "no way of paying"),
    "nobody to take cash": (
        sensible(
            GENERAL, staff=(a_cashier(role=Role.STEWARD), a_cashier("Noor", role=Role.STEWARD))
        ),
        ("staff",),
        "nobody may take cash",
    ),
    "no organiser": (sensible(GENERAL, staff=(a_cashier(),)), ("staff",), "organiser's screen"),
}


@pytest.mark.parametrize("name", NONSENSE)
def test_nonsense_is_named_where_it_stands(name: str) -> None:
    event, path, words = NONSENSE[name]
    found = [caution.words for caution in cautions(event, NOW) if caution.path == path]
    assert any(words in said for said in found), cautions(event, NOW)


def test_a_sensible_event_is_let_be() -> None:
    event = sensible(
        a_slot("early", pool="hall", sale=Window(ends=BEFORE)),
        a_slot(pool="hall", sale=Window(ends=LATER), valid=Window(ends=LATER)),
        a_slot("crew", public=False, pool="hall", hall="dome"),
        free("workshop", requires=("early", "general"), entry=EntryPolicy.DAILY),
        a_slot("fair", valid=Window(NOW, LATER), entry=EntryPolicy.DAILY, hall="dome"),
        pools=(Pool("hall", "Hall", 25),),
        halls=(Hall("dome", "Dome", 19),),
        goodies=(Goodie("shirt", "T-shirt", 9),),
        discounts=(Discount("HALF", 50), Discount("LESS", amount=usd(100), slot_keys=("early",))),
        access_codes=(AccessCode("CREW", ("crew",)),),
        providers=tuple(ProviderName),
        emptied_at=time(5),
    )
    assert cautions(event, NOW) == ()


def test_nothing_due_needs_no_way_of_paying() -> None:
    assert cautions(replace(sensible(free()), providers=()), NOW) == ()


def test_a_warning_names_file_line_and_key(tmp_path: Path) -> None:
    (tmp_path / "en.md").write_text("# Conduct")
    file = tmp_path / "event.toml"
    file.write_text(
        """[event]
key = "a"
name = "A"
currency = "EUR"
timezone = "Europe/Madrid"
[conduct]
en = "en.md"
[[slots]]
key = "general"
name = "General"
price = 1
capacity = 0
"""
    )
    _, warnings = check_event(file, NOW)
    assert [str(warning) for warning in warnings] == [
        f"{file}:1: warning: staff: nobody may take cash: no cashier, supervisor or organiser",
        f"{file}:1: warning: staff: nobody may see the organiser's screen",
        f"{file}:12: warning: slots[1].capacity: everybody sees general, and nobody can buy it",
    ]
