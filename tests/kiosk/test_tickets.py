"""What a ticket's QR says: small, signed, and worthless once anything in it is changed."""

from datetime import UTC, datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import ALPHABET
from kiosk.domain.events import Window
from kiosk.domain.tickets import TEXT_MAX, Payload, issue, read_code
from tests.kiosk.factories import a_claim, a_slot

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
instants = st.none() | st.datetimes(
    datetime(1971, 1, 1), datetime(2105, 12, 31), timezones=st.just(UTC)
).map(lambda at: at.replace(microsecond=0))
payloads = st.builds(
    Payload,
    claim_id=st.integers(1, 2**128 - 2),
    version=st.integers(1, 2**16 - 1),
    slot_number=st.integers(1, 2**16 - 1),
    valid=st.builds(Window, instants, instants),
)


@given(payloads)
def test_a_payload_survives_the_way_through_a_qr(payload: Payload) -> None:
    text = payload.signed(KEY)

    read = read_code(f" {text.lower()}\r")

    assert read is not None
    assert read.payload == payload
    assert read.is_signed_by(KEY.public_key())
    assert len(text) <= TEXT_MAX
    assert set(text) <= set(ALPHABET)


@given(payloads, st.data())
def test_any_changed_symbol_is_refused(payload: Payload, data: st.DataObject) -> None:
    text = payload.signed(KEY)
    at = data.draw(st.integers(0, len(text) - 1))
    symbol = data.draw(st.sampled_from([one for one in ALPHABET if one != text[at]]))

    read = read_code(text[:at] + symbol + text[at + 1 :])

    assert read is None or not read.is_signed_by(KEY.public_key())


def test_another_key_signs_nothing_for_us() -> None:
    read = read_code(Payload(1, 1, 1, Window()).signed(Ed25519PrivateKey.generate()))
    assert read is not None
    assert not read.is_signed_by(KEY.public_key())


@pytest.mark.parametrize("cut", [slice(1), slice(-1), slice(1, None)])
def test_a_part_of_a_code_is_no_code(cut: slice) -> None:
    assert read_code(Payload(1, 1, 1, Window()).signed(KEY)[cut]) is None


def test_a_ticket_says_nothing_about_the_person_and_is_the_same_each_time() -> None:
    claim, slot = a_claim(), a_slot()

    ticket = issue(claim, slot, KEY)

    assert ticket == issue(claim, slot, KEY)
    assert ticket.number == "0123-4567-89AX"
    read = read_code(ticket.code)
    assert read is not None
    assert read.payload == Payload(claim.id, claim.version, claim.slot_number, slot.valid)
