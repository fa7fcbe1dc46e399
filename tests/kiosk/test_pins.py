"""Which PINs are taken, and how long who guesses has to wait: one rule for staff and wallets."""

from datetime import timedelta

import pytest

from kiosk.domain.errors import WrongPin
from kiosk.domain.pins import (
    PIN_TRIES_MAX,
    WAIT_SECONDS_MAX,
    InvalidPin,
    PinFault,
    PinsLocked,
    Tries,
    checked_pin,
    wait_seconds,
)
from tests.kiosk.factories import NOW


@pytest.mark.parametrize("typed", ["2580", " 13572 ", "19471948", "1122", "1357"])
def test_digits_that_are_no_row_are_a_pin(typed: str) -> None:
    assert checked_pin(typed) == typed.strip()


@pytest.mark.parametrize(
    ("typed", "fault"),
    [
        ("", PinFault.SHORT),
        ("258", PinFault.SHORT),
        ("258025802", PinFault.LONG),
        ("25b0", PinFault.DIGITS),
        ("25.0", PinFault.DIGITS),
        ("٢٥٨٠", PinFault.DIGITS),
        ("²²²²", PinFault.DIGITS),
        ("1111", PinFault.EASY),
        ("1234", PinFault.EASY),
        ("87654321", PinFault.EASY),
    ],
)
def test_other_texts_are_none(typed: str, fault: PinFault) -> None:
    with pytest.raises(InvalidPin) as refused:
        checked_pin(typed)
    assert refused.value.fault is fault


def test_the_wait_has_an_end() -> None:
    assert wait_seconds(10**9) == WAIT_SECONDS_MAX


def test_too_many_wrong_ones_lock_and_other_codes_only_wait() -> None:
    tries, now = Tries(), NOW
    for _ in range(PIN_TRIES_MAX):
        tries = tries.one_more_pin(now)
        now += timedelta(seconds=WAIT_SECONDS_MAX)
    assert tries.is_locked
    with pytest.raises(PinsLocked):
        tries.one_more_pin(now)
    with pytest.raises(WrongPin) as refused:
        tries.one_more(now).one_more(now + timedelta(seconds=1))
    assert refused.value.retry_seconds == WAIT_SECONDS_MAX - 1
    assert refused.value.is_early
