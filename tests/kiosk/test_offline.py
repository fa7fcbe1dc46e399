"""The verdict of a door that can ask nobody: never green, and red for nothing but what is known."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from kiosk.domain import codes
from kiosk.domain.admission import Colour, Gate, NeedsConduct, Reason, Scan, Verdict, Way
from kiosk.domain.events import EntryPolicy, Event, Window
from kiosk.domain.knowledge import ACCEPTED_BYTES, KnownClaim, KnownHolder, Stay
from kiosk.domain.lane import QueuedScan
from kiosk.domain.offline import Local, judge
from kiosk.domain.orders import OrderState
from kiosk.domain.presented import Named, read_named
from kiosk.domain.tickets import Payload
from tests.kiosk.factories import ADA, NOW, a_slot, an_event

KEY: Final = Ed25519PrivateKey.generate()
NUMBER: Final = codes.ticket_number(4711)
ANYTIME: Final = Window()
IN: Final = Scan("CODE", 1)
OUT: Final = Scan("CODE", 1, way=Way.OUT)
HOUR: Final = timedelta(hours=1)


def the_event(**changes: object) -> Event:
    """An event of one slot, which has its number from the store."""
    slot = replace(a_slot(number=1), **changes)  # type: ignore[arg-type]  # keywords of a dataclass
    return an_event(slot, id=1)


EVENT: Final = the_event()
ACCEPTED: Final = EVENT.conduct["es"].digest[:ACCEPTED_BYTES]


def known(**changes: object) -> KnownClaim:
    """A paid ticket of somebody who has accepted the Code of Conduct."""
    claim = KnownClaim(
        id=7,
        ticket_number=NUMBER,
        version=2,
        slot_number=1,
        state=OrderState.PAID,
        holder=KnownHolder(8, ADA.half_hidden, ACCEPTED),
    )
    return replace(claim, **changes)  # type: ignore[arg-type]  # keywords of a dataclass


def signed(version: int = 2, slot_number: int = 1) -> Named:
    """A ticket with our signature."""
    return Named(payload=Payload(7, version, slot_number, ANYTIME))


def verdict(
    claim: KnownClaim | None,
    ticket: Named | None = None,
    scan: Scan = IN,
    *queued: QueuedScan,
    event: Event = EVENT,
) -> Verdict:
    said = judge(event, ticket or signed(), scan, Local("north", claim, queued), NOW)
    assert isinstance(said, Verdict)
    return said


def test_nothing_known_against_it_is_grey_with_what_is_known() -> None:
    said = verdict(known(note="Likes cats"))
    assert (said.reason, said.colour) == (Reason.HISTORY_UNKNOWN, Colour.GREY)
    assert (said.holder, said.claim_id, said.slot_key) == (ADA.half_hidden, 7, "general")
    assert said.ticket_number == codes.format_number(NUMBER)
    assert said.note == "Likes cats"


BAD: Final[dict[str, tuple[KnownClaim, Named, Scan, Reason]]] = {
    "older version": (known(), signed(1), IN, Reason.REPLACED),
    "refunded": (known(state=OrderState.REFUNDED), signed(), IN, Reason.REFUNDED),
    "revoked": (known(revoked="chargeback"), signed(), IN, Reason.REVOKED),
    "for another door": (
        known(),
        signed(),
        replace(IN, gate=Gate(frozenset({"workshop"}))),
        Reason.WRONG_SLOT,
    ),
    "in": (known(stay=Stay(NOW - HOUR, "south")), signed(), IN, Reason.ALREADY_IN),
    "out": (
        known(stay=Stay(NOW - HOUR, "south", NOW, "east")),
        signed(),
        IN,
        Reason.NO_RETURN,
    ),
    "out already": (
        known(stay=Stay(NOW - HOUR, "south", NOW, "east")),
        signed(),
        OUT,
        Reason.NOT_INSIDE,
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_known_to_be_bad_is_refused(name: str) -> None:
    claim, ticket, scan, reason = BAD[name]
    assert verdict(claim, ticket, scan).reason is reason


def test_an_earlier_entry_is_told_with_when_and_where() -> None:
    said = verdict(known(stay=Stay(NOW - HOUR, "south")))
    assert (said.at, said.terminal) == (NOW - HOUR, "south")
    gone = verdict(known(stay=Stay(NOW - HOUR, "south", NOW, "east")))
    assert (gone.at, gone.terminal) == (NOW, "east")


@pytest.mark.parametrize(
    ("window", "reason"),
    [
        (Window(starts=NOW + HOUR), Reason.NOT_VALID_YET),
        (Window(ends=NOW), Reason.NOT_VALID_ANY_MORE),
    ],
)
@pytest.mark.parametrize("claim", [known(), None], ids=["known", "unknown"])
def test_the_wrong_day_is_refused_known_or_not(
    claim: KnownClaim | None, window: Window, reason: Reason
) -> None:
    assert verdict(claim, event=the_event(valid=window)).reason is reason


@pytest.mark.parametrize(
    ("policy", "hours_ago", "left", "reason"),
    [
        (EntryPolicy.SINGLE, 24, True, Reason.NO_RETURN),
        (EntryPolicy.DAILY, 1, True, Reason.NO_RETURN),
        (EntryPolicy.DAILY, 24, True, Reason.HISTORY_UNKNOWN),
        (EntryPolicy.DAILY, 24, False, Reason.HISTORY_UNKNOWN),
        (EntryPolicy.FREE, 1, True, Reason.HISTORY_UNKNOWN),
        (EntryPolicy.FREE, 24, False, Reason.ALREADY_IN),
    ],
)
def test_policies_hold_offline(
    policy: EntryPolicy, hours_ago: int, left: bool, reason: Reason
) -> None:
    entered = NOW - hours_ago * HOUR
    stay = Stay(entered, "south", entered if left else None)
    assert verdict(known(stay=stay), event=the_event(entry=policy)).reason is reason


def test_what_this_lane_queued_counts_as_if_it_had_been_told() -> None:
    inside = QueuedScan(replace(IN, nonce=2), 7, NOW - HOUR)
    outside = QueuedScan(replace(OUT, nonce=3), 7, NOW)
    free = the_event(entry=EntryPolicy.FREE)

    said = verdict(known(), signed(), IN, inside)
    assert (said.reason, said.at, said.terminal) == (Reason.ALREADY_IN, NOW - HOUR, "north")
    assert verdict(None, signed(), IN, inside).reason is Reason.ALREADY_IN
    assert verdict(known(), signed(), OUT, inside).reason is Reason.HISTORY_UNKNOWN
    assert verdict(known(), signed(), IN, inside, outside, event=free).colour is Colour.GREY


def test_whoever_is_not_known_to_be_in_may_leave() -> None:
    assert verdict(known(), signed(), OUT).reason is Reason.HISTORY_UNKNOWN
    assert verdict(None, signed(), OUT).reason is Reason.HISTORY_UNKNOWN


def test_a_good_signature_of_an_unknown_ticket_is_grey_and_names_nobody() -> None:
    said = judge(EVENT, signed(), IN, Local("north", None, has_accepted=True), NOW)
    assert isinstance(said, Verdict)
    assert (said.reason, said.holder, said.ticket_number) == (Reason.HISTORY_UNKNOWN, None, None)
    assert (said.claim_id, said.slot_key) == (7, "general")


def test_a_newer_version_than_known_is_somebody_elses_perhaps() -> None:
    asked = judge(EVENT, signed(3), IN, Local("north", known()), NOW)
    assert asked == NeedsConduct("CODE", "", None, "general", 7)
    # But what was done with the ticket was done with all its versions.
    stayed = known(stay=Stay(NOW - HOUR, "south"))
    assert verdict(stayed, signed(3)).reason is Reason.ALREADY_IN


def test_a_slot_that_this_event_file_has_not_is_grey() -> None:
    said = verdict(None, signed(slot_number=99))
    assert (said.reason, said.claim_id) == (Reason.HISTORY_UNKNOWN, 7)


def test_a_number_that_nobody_told_us_of_has_no_signature_to_go_by() -> None:
    assert verdict(None, Named(number=NUMBER)).reason is Reason.UNKNOWN
    assert verdict(known(), Named(number=NUMBER)).reason is Reason.HISTORY_UNKNOWN


def test_who_has_not_accepted_the_text_as_it_reads_now_is_asked() -> None:
    stranger = known(holder=KnownHolder(8, ADA.half_hidden, b"another text"[:ACCEPTED_BYTES]))

    asked = judge(EVENT, signed(), IN, Local("north", stranger), NOW)
    number = codes.format_number(NUMBER)
    assert asked == NeedsConduct("CODE", number, ADA.half_hidden, "general", 7)
    accepted = judge(EVENT, signed(), IN, Local("north", stranger, has_accepted=True), NOW)
    assert isinstance(accepted, Verdict)
    # Leaving, and being refused, are no occasions for it.
    assert verdict(stranger, signed(), OUT).reason is Reason.HISTORY_UNKNOWN
    assert verdict(stranger, signed(1)).reason is Reason.REPLACED


def test_only_our_signature_makes_a_ticket() -> None:
    payload = Payload(7, 2, 1, ANYTIME)
    code = payload.signed(KEY)
    public = KEY.public_key()

    assert read_named(code, public) == Named(payload=payload)
    assert read_named(f" {code.lower()} ", public) == Named(payload=payload)
    assert read_named(codes.format_number(NUMBER), public) == Named(number=NUMBER)
    assert read_named(NUMBER[:-1] + ("0" if NUMBER[-1] != "0" else "1"), public) is Reason.TYPO
    assert read_named(code, Ed25519PrivateKey.generate().public_key()) is Reason.NOT_OURS
    for text in ("", "hello", "🎟" * 99, code[:-1], "[/]"):
        assert read_named(text, public) is Reason.NOT_OURS


def test_names_and_addresses_are_kept_half_hidden() -> None:
    assert (ADA.half_hidden.name, ADA.half_hidden.email) == ("Ada L.", "a•••@example.org")
    assert replace(ADA, name="Björk").half_hidden.name == "Björk"
    assert replace(ADA, name="  Ana María  de la O ").half_hidden.name == "Ana O."
    assert ADA.half_hidden.half_hidden == ADA.half_hidden
