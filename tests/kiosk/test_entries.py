"""How often a ticket admits: steps add up, and policies allow the next one or say why not."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.admission import Gate, Reason, Way
from kiosk.domain.chart import TransferCode
from kiosk.domain.chart_places import step_id, take_back
from kiosk.domain.chart_presence import take_step
from kiosk.domain.entries import (
    EntryRule,
    History,
    Standing,
    Step,
    StepKind,
    Whereabouts,
    Wish,
    step_kind,
    way_refusal,
)
from kiosk.domain.events import EntryPolicy, Hall
from ledger.types import TransferFlags
from tests.kiosk.factories import NOW, a_claim, a_slot, an_event

ENTER, RETURN, LEAVE, UNDO = StepKind.ENTER, StepKind.RETURN, StepKind.LEAVE, StepKind.UNDO
SINGLE, DAILY, FREE = EntryPolicy
CHICAGO = ZoneInfo("America/Chicago")
EVENT = an_event(a_slot(number=1, hall="dome"), halls=(Hall("dome", "Dome", 5, number=3),), id=7)
CLAIM = a_claim()


def steps(kinds: Iterable[StepKind]) -> list[Step]:
    """Steps an hour apart, each by a scan of its own."""
    return [
        Step(at, kind, at, 1, NOW + timedelta(hours=at), NOW + timedelta(hours=at))
        for at, kind in enumerate(kinds, 1)
    ]


@pytest.mark.parametrize(
    ("taken", "entered", "left", "is_inside"),
    [
        ((), None, None, False),
        ((ENTER,), 1, None, True),
        ((ENTER, LEAVE), 1, 2, False),
        ((ENTER, LEAVE, RETURN), 3, None, True),
        ((ENTER, UNDO), None, None, False),
        ((ENTER, LEAVE, UNDO), None, None, False),
        ((ENTER, LEAVE, RETURN, UNDO), 1, 4, False),
        ((ENTER, RETURN, UNDO), 1, 3, False),
        ((ENTER, LEAVE, RETURN, UNDO, UNDO), None, None, False),
        ((ENTER, UNDO, ENTER), 3, None, True),
        ((StepKind.PASS_ON, ENTER), 2, None, True),
    ],
)
def test_steps_add_up(
    taken: tuple[StepKind, ...], entered: int | None, left: int | None, is_inside: bool
) -> None:
    standing = Standing.after(steps(taken))
    assert (standing.entered and standing.entered.number) == entered
    assert (standing.left and standing.left.number) == left
    assert (standing.is_redeemed, standing.is_inside) == (entered is not None, is_inside)
    assert standing.next_number == len(taken) + 1
    kind = step_kind(standing, Way.IN)
    assert kind is (RETURN if standing.is_redeemed else ENTER)


IN_AT = NOW.replace(hour=18)
"""Noon in Chicago."""
SAME_DAY, NEXT_DAY = IN_AT + timedelta(hours=11), IN_AT + timedelta(hours=13)
INSIDE, AWAY = Whereabouts(IN_AT, is_inside=True), Whereabouts(IN_AT)
NOBODY = Whereabouts()


@pytest.mark.parametrize(
    ("policy", "of", "at", "refusal"),
    [
        *((policy, NOBODY, NOW, None) for policy in EntryPolicy),
        *((policy, INSIDE, SAME_DAY, Reason.ALREADY_IN) for policy in EntryPolicy),
        (SINGLE, INSIDE, NEXT_DAY, Reason.ALREADY_IN),
        (SINGLE, AWAY, NEXT_DAY, Reason.NO_RETURN),
        (DAILY, AWAY, SAME_DAY, Reason.NO_RETURN),
        (DAILY, AWAY, NEXT_DAY, None),
        (DAILY, INSIDE, NEXT_DAY, None),
        (FREE, AWAY, SAME_DAY, None),
        (FREE, INSIDE, NEXT_DAY, Reason.ALREADY_IN),
    ],
)
def test_a_policy_lets_in_or_says_why_not(
    policy: EntryPolicy, of: Whereabouts, at: datetime, refusal: Reason | None
) -> None:
    assert way_refusal(EntryRule(policy, CHICAGO), of, Way.IN, at) is refusal


@pytest.mark.parametrize("policy", EntryPolicy)
def test_whoever_is_inside_may_leave_and_nobody_else(policy: EntryPolicy) -> None:
    rule = EntryRule(policy, CHICAGO)
    assert way_refusal(rule, INSIDE, Way.OUT, NEXT_DAY) is None
    assert way_refusal(rule, AWAY, Way.OUT, SAME_DAY) is Reason.NOT_INSIDE
    assert way_refusal(rule, NOBODY, Way.OUT, NOW) is Reason.NOT_INSIDE


def test_a_gate_leads_to_its_slots_or_to_all() -> None:
    assert Gate().leads_to("general")
    assert Gate(frozenset({"general"})).leads_to("general")
    assert not Gate(frozenset({"party"})).leads_to("general")


def test_rivals_are_others_who_ask_for_the_next_step() -> None:
    mine, theirs = (Wish(CLAIM.id, 2, RETURN, nonce, 1) for nonce in (7, 8))
    late = Wish(CLAIM.id, 1, ENTER, 9, 1)
    history = History(Standing.after(steps((ENTER,))), (late, mine, theirs))
    assert history.rival(7, 1) == theirs
    assert history.rival(8, 1) == mine
    assert History(history.standing, (late, mine)).rival(7, 1) is None


@pytest.mark.parametrize(
    ("before", "kind", "codes", "amounts"),
    [
        ((), ENTER, ("REDEEM", "ENTER"), (1, 1)),
        ((ENTER, LEAVE), RETURN, ("RETURN", "ENTER"), (0, 1)),
        ((ENTER,), RETURN, ("RETURN", "LEAVE", "ENTER"), (0, 1, 1)),
        ((ENTER,), LEAVE, ("LEAVE",), (1,)),
        ((ENTER,), UNDO, ("UNDO", "LEAVE"), (1, 1)),
        ((ENTER, LEAVE), UNDO, ("UNDO",), (1,)),
        ((ENTER, LEAVE, RETURN), UNDO, ("UNDO", "LEAVE"), (0, 1)),
    ],
)
def test_a_step_is_one_chain_whose_first_transfer_decides(
    before: tuple[StepKind, ...], kind: StepKind, codes: tuple[str, ...], amounts: tuple[int, ...]
) -> None:
    standing = Standing.after(steps(before))
    wish = Wish(CLAIM.id, standing.next_number, kind, nonce=99, terminal=4)

    chain = take_step(EVENT, CLAIM, standing, wish)

    assert tuple(TransferCode(one.code).name for one in chain) == codes
    assert tuple(one.amount for one in chain) == amounts
    assert chain[0].id == step_id(CLAIM.id, standing.next_number)
    linked = [bool(one.flags & TransferFlags.LINKED) for one in chain]
    assert linked == [*[True] * (len(chain) - 1), False]
    assert {(one.user_data_64, one.user_data_32) for one in chain} == {(99, 4)}


def test_a_second_attempt_asks_for_the_same_step_and_for_room_anew() -> None:
    first = Wish(CLAIM.id, 1, ENTER, 99, 4)
    again = Wish(CLAIM.id, 1, ENTER, 99, 4, attempt=2)
    one, two = (take_step(EVENT, CLAIM, Standing(), wish) for wish in (first, again))
    assert one[0] == two[0]
    assert one[1].id != two[1].id
    assert one == take_step(EVENT, CLAIM, Standing(), first)


def test_a_refund_takes_the_number_of_the_next_step() -> None:
    [place] = take_back(EVENT, [CLAIM], {CLAIM.id: 3})
    assert place.id == step_id(CLAIM.id, 3)
    assert place.code == TransferCode.TAKE_BACK
