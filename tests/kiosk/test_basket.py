"""What may be bought together: tables of baskets, and why one is refused."""

from collections.abc import Mapping
from datetime import timedelta

import pytest

from kiosk.domain.basket import (
    Shares,
    check,
    opened_by,
    order_max,
    shared,
    tickets_of,
    unsure,
)
from kiosk.domain.errors import (
    BasketFault,
    EmptyBasket,
    NoneWanted,
    NotOnSale,
    RequiredSlotMissing,
    SaleState,
    TooManyTickets,
    UnknownSlot,
)
from kiosk.domain.events import AccessCode, Window
from kiosk.domain.people import Attendee
from tests.kiosk.factories import ADA, GRACE, NOW, a_slot, an_event

SOON, LATER = NOW + timedelta(days=1), NOW + timedelta(days=2)
EVENT = an_event(
    a_slot("early", sale=Window(ends=NOW)),
    a_slot("regular"),
    a_slot("sponsor", public=False),
    a_slot("crew", public=False, order_max=1),
    a_slot("workshop", requires=("regular", "sponsor")),
    a_slot("party", sale=Window(SOON, LATER), order_max=3),
    a_slot("lunch", order_max=2),
    order_max=4,
    access_codes=(
        AccessCode("GOLD-2027", ("sponsor",)),
        AccessCode("CREW", ("crew", "sponsor"), Window(ends=LATER)),
        AccessCode("NEXT", ("sponsor",), Window(starts=SOON)),
    ),
)


def said(fault: BasketFault) -> tuple[object, ...]:
    """A refusal as what it is and what it tells."""
    match fault:
        case NotOnSale():
            return (NotOnSale, fault.slot_key, fault.state)
        case TooManyTickets():
            return (TooManyTickets, fault.slot_key, fault.most, fault.wanted)
        case RequiredSlotMissing():
            return (RequiredSlotMissing, fault.slot_key, fault.requires)
        case NoneWanted():
            return (NoneWanted, fault.slot_key, fault.count)
        case UnknownSlot():
            return (UnknownSlot, fault.slot_key)
        case _:
            return (type(fault),)


@pytest.mark.parametrize(
    "basket",
    [
        {"regular": 1},
        {"regular": 4},
        {"regular": 2, "workshop": 2},
        {"workshop": 1, "regular": 1},
        {"lunch": 2},
    ],
    ids=str,
)
def test_a_basket_that_may_be_bought(basket: Mapping[str, int]) -> None:
    assert check(EVENT, basket, NOW) == ()


NEEDS_ADMISSION = (RequiredSlotMissing, "workshop", ("regular", "sponsor"))


@pytest.mark.parametrize(
    ("basket", "faults"),
    [
        ({}, [(EmptyBasket,)]),
        ({"nowhere": 1}, [(UnknownSlot, "nowhere")]),
        ({"regular": 0}, [(NoneWanted, "regular", 0)]),
        ({"regular": -1}, [(NoneWanted, "regular", -1)]),
        ({"early": 1}, [(NotOnSale, "early", SaleState.ENDED)]),
        ({"party": 1}, [(NotOnSale, "party", SaleState.UPCOMING)]),
        ({"sponsor": 1}, [(NotOnSale, "sponsor", SaleState.NOT_PUBLIC)]),
        ({"workshop": 1}, [NEEDS_ADMISSION]),
        ({"workshop": 1, "lunch": 1}, [NEEDS_ADMISSION]),
        ({"lunch": 3}, [(TooManyTickets, "lunch", 2, 3)]),
        ({"regular": 5}, [(TooManyTickets, None, 4, 5)]),
        ({"regular": 3, "lunch": 2}, [(TooManyTickets, None, 4, 5)]),
        (
            {"early": 1, "lunch": 3, "workshop": 1},
            [
                (NotOnSale, "early", SaleState.ENDED),
                (TooManyTickets, "lunch", 2, 3),
                NEEDS_ADMISSION,
                (TooManyTickets, None, 4, 5),
            ],
        ),
    ],
    ids=str,
)
def test_every_fault_of_a_basket_is_named_with_what_a_screen_says(
    basket: Mapping[str, int], faults: list[tuple[object, ...]]
) -> None:
    assert [said(fault) for fault in check(EVENT, basket, NOW)] == faults


@pytest.mark.parametrize("key", ["regular", "sponsor"])
def test_what_the_attendee_owns_may_be_what_is_required(key: str) -> None:
    alone: Shares = {ADA.email: {"workshop": 1}}
    assert check(EVENT, {"workshop": 1}, NOW, shares=alone, owned={ADA.email: {key}}) == ()
    assert check(EVENT, {"workshop": 1}, NOW, shares=alone, owned={ADA.email: {"early"}}) != ()
    assert check(EVENT, {"workshop": 1}, NOW, shares=alone, owned={GRACE.email: {key}}) != ()


def test_only_a_basket_that_lacks_something_asks_what_is_owned() -> None:
    assert unsure(EVENT, {ADA.email: {"workshop": 1}}) == [ADA.email]
    assert not unsure(EVENT, {ADA.email: {"workshop": 1, "regular": 1}})
    assert not unsure(EVENT, {ADA.email: {"regular": 1}})


def test_the_tickets_of_a_basket_come_in_the_order_of_the_event() -> None:
    tickets = tickets_of(EVENT, {"lunch": 1, "workshop": 1, "regular": 2})
    assert [slot.key for slot in tickets] == ["regular", "regular", "workshop", "lunch"]


@pytest.mark.parametrize(
    ("holders", "lacks"),
    [
        ((ADA, ADA, ADA), []),
        ((ADA, GRACE, ADA), []),
        ((ADA, GRACE, GRACE), []),
        ((ADA, ADA, GRACE), [GRACE.email]),
        ((ADA, ADA, Attendee("Her daughter", ADA.email)), []),
    ],
    ids=["one person", "the first takes part", "the second", "a third", "one address"],
)
def test_each_holder_has_what_their_tickets_require(
    holders: tuple[Attendee, ...], lacks: list[str]
) -> None:
    basket = {"regular": 2, "workshop": 1}
    shares = shared(tickets_of(EVENT, basket), holders)

    faults = check(EVENT, basket, NOW, shares=shares)

    assert [fault.email for fault in faults if isinstance(fault, RequiredSlotMissing)] == lacks
    assert len(faults) == len(lacks)
    assert unsure(EVENT, shares) == lacks


@pytest.mark.parametrize(
    ("codes", "keys"),
    [
        ((), set()),
        (("GOLD-2027",), {"sponsor"}),
        ((" gold-2027 ",), {"sponsor"}),
        (("crew", "gold-2027"), {"crew", "sponsor"}),
        (("NEXT",), set()),
        (("GOLD",), set()),
        (("",), set()),
    ],
    ids=["none", "one", "blanks and case", "two", "not yet", "half of one", "blank"],
)
def test_codes_open_what_they_are_for_while_they_count(
    codes: tuple[str, ...], keys: set[str]
) -> None:
    assert opened_by(EVENT, codes, NOW) == keys
    for key in ("crew", "sponsor"):
        assert (check(EVENT, {key: 1}, NOW, codes=codes) == ()) == (key in keys)


def test_a_code_that_has_run_out_opens_nothing() -> None:
    assert opened_by(EVENT, ("CREW",), LATER) == set()


@pytest.mark.parametrize(("key", "most"), [("lunch", 2), ("party", 3), ("regular", 4)])
def test_the_stricter_of_two_limits_counts(key: str, most: int) -> None:
    assert order_max(EVENT, EVENT.slot(key)) == most


def test_a_sale_opens_at_its_start_and_is_over_at_its_end() -> None:
    assert check(EVENT, {"party": 1}, SOON) == ()
    assert check(EVENT, {"party": 1}, LATER - timedelta(microseconds=1)) == ()
    [fault] = check(EVENT, {"party": 1}, LATER)
    assert said(fault) == (NotOnSale, "party", SaleState.ENDED)
