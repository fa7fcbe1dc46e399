"""A webhook counts only if whoever has the secret signed exactly this, just now."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.webhooks import SIGNATURES_MAX, BadSignature, sign, verify

SECRET = b"secret"
STAMP = 1893456000
AT = datetime.fromtimestamp(STAMP, UTC)
BODY = b'{"id":"evt_1"}'
# As `openssl dgst -sha256 -hmac` computes them.
MAC = "6476ebb48afc03a122ea01f06ab5a6a121f514e7175fe4d6796202cdd2af88ab"
GOOD = f"t={STAMP},v1={MAC}"
OTHER = "0" * 64


@pytest.mark.parametrize(
    ("secret", "stamp", "body", "header"),
    [
        (SECRET, STAMP, BODY, GOOD),
        (b"k", 0, b"", "t=0,v1=6b4a4b8b3c40f1e8f53a3d36682e5f99f7ad2ac1df1c93dfe336f329167641e7"),
    ],
)
def test_a_signature_is_the_hmac_of_timestamp_and_body(
    secret: bytes, stamp: int, body: bytes, header: str
) -> None:
    assert sign(secret, stamp, body) == header
    verify(secret, header, body, datetime.fromtimestamp(stamp, UTC))


@pytest.mark.parametrize(
    "header",
    [
        f"t={STAMP},v1={OTHER},v1={MAC}",
        f"t={STAMP},v1={MAC},v1={OTHER}",
        f"v1={MAC},t={STAMP}",
        f"t={STAMP}, v1={MAC}",
        f"t={STAMP},v0={OTHER},v1={MAC},v2=later",
    ],
)
def test_one_good_signature_among_several_is_enough(header: str) -> None:
    verify(SECRET, header, BODY, AT)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("", "found none"),
        ("nonsense", "one timestamp"),
        (f"v1={MAC}", "one timestamp"),
        (f"t={STAMP},t={STAMP},v1={MAC}", "one timestamp"),
        (f"t=,v1={MAC}", "one timestamp"),
        (f"t=-{STAMP},v1={MAC}", "one timestamp"),
        (f"t={STAMP}.0,v1={MAC}", "one timestamp"),
        (f"t=١٢٣,v1={MAC}", "one timestamp"),
        (f"t={'9' * 5000},v1={MAC}", "age of the world"),
        (f"t={STAMP}", "signatures v1="),
        (f"t={STAMP}," + ",".join([f"v1={MAC}"] * (SIGNATURES_MAX + 1)), "signatures v1="),
        (f"t={STAMP},v2={MAC}", "signatures v1="),
        (f"t={STAMP},v1=", "no signature fits"),
        (f"t={STAMP},v1={OTHER}", "no signature fits"),
        (f"t={STAMP},v1={MAC[:-1]}", "no signature fits"),
        (f"t={STAMP},v1={MAC.upper()}", "no signature fits"),
        (f"t={STAMP},v1=é{MAC[1:]}", "no signature fits"),
        (f"t={STAMP + 1},v1={MAC}", "no signature fits"),
        (f"t=0{STAMP},v1={MAC}", "no signature fits"),
    ],
)
def test_anything_else_is_refused_and_says_why(header: str, why: str) -> None:
    with pytest.raises(BadSignature, match=why):
        verify(SECRET, header, BODY, AT)


def test_another_secret_is_refused() -> None:
    with pytest.raises(BadSignature, match="no signature fits"):
        verify(b"Secret", GOOD, BODY, AT)


@pytest.mark.parametrize("seconds", [-300, -299.5, 0, 299.5, 300])
def test_clocks_may_be_five_minutes_apart(seconds: float) -> None:
    verify(SECRET, GOOD, BODY, AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("seconds", [-86400, -301, -300.001, 300.001, 301, 86400])
def test_an_older_or_newer_webhook_is_refused(seconds: float) -> None:
    with pytest.raises(BadSignature, match="300 seconds"):
        verify(SECRET, GOOD, BODY, AT + timedelta(seconds=seconds))


def test_the_tolerance_can_be_narrowed() -> None:
    later = AT + timedelta(seconds=11)
    verify(SECRET, GOOD, BODY, later, tolerance_seconds=11)
    with pytest.raises(BadSignature):
        verify(SECRET, GOOD, BODY, later, tolerance_seconds=10)


@given(st.binary(min_size=1), st.integers(0, 10**11), st.binary(max_size=200))
def test_what_was_signed_is_verified(secret: bytes, stamp: int, body: bytes) -> None:
    verify(secret, sign(secret, stamp, body), body, datetime.fromtimestamp(stamp, UTC))


@given(st.binary(min_size=1, max_size=200), st.data())
def test_any_changed_byte_of_the_body_is_refused(body: bytes, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(body) - 1))
    changed = bytearray(body)
    changed[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(BadSignature):
        verify(SECRET, sign(SECRET, STAMP, body), bytes(changed), AT)


@given(st.data())
def test_any_changed_digit_of_the_signature_is_refused(data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 63))
    digit = data.draw(st.sampled_from([each for each in "0123456789abcdef" if each != MAC[at]]))
    with pytest.raises(BadSignature):
        verify(SECRET, f"t={STAMP},v1={MAC[:at]}{digit}{MAC[at + 1 :]}", BODY, AT)


@given(st.text(max_size=200))
def test_no_header_breaks_the_reader(header: str) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, header, BODY, AT)
