"""What arrives from a scanner: the code it ends with, and how well the scanner types."""

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import format_number, ticket_number
from kiosk.domain.scans import TEST_TEXT, Ending, Hearing, is_ticket, last_code, report_on
from kiosk.domain.signed_codes import NamingCode
from kiosk.domain.staff_codes import badge_code, member_id
from kiosk.domain.tickets import TEXT_SYMBOLS, issue
from kiosk.domain.wallet_codes import wallet_code
from tests.kiosk.factories import a_claim, a_slot

KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
TICKET = issue(a_claim(id=1), a_slot(), KEY).code
NUMBER = format_number(ticket_number(0x123456789ABCDE))
GERMAN = str.maketrans("YZ-", "ZYß")
FRENCH = str.maketrans("AQZWM1234567890-", "QAWZ,&é\"'(-è_çà)")


def test_a_ticket_has_the_length_that_needs_no_enter() -> None:
    assert len(TICKET) == TEXT_SYMBOLS
    assert last_code(TICKET.lower()) == TICKET


@pytest.mark.parametrize("code", [badge_code(member_id(1, "Robin"), 1), wallet_code(1, 1)])
def test_badges_and_wallets_need_no_enter_either(code: NamingCode) -> None:
    text = code.signed(KEY)
    assert len(text) == TEXT_SYMBOLS
    assert last_code(f"7K2M{text}") == text


@given(st.text(max_size=300))
def test_what_was_typed_before_a_ticket_hides_it_from_nobody(before: str) -> None:
    assert last_code(before + TICKET) == TICKET


@pytest.mark.parametrize(
    ("typed", "is_one"),
    [
        (TICKET, True),
        (NUMBER, True),
        (NUMBER.replace("-", " ").lower(), True),
        (f"{NUMBER[:-1]}{'0' if NUMBER[-1] != '0' else '1'}", False),
        ("stolen ticket", False),
        ("Alan Mathison", False),
        ("AAAA-AAAA-AAAA", False),
        ("", False),
    ],
)
def test_words_as_long_as_a_ticket_number_are_words(typed: str, is_one: bool) -> None:
    assert is_ticket(typed) is is_one


@pytest.mark.parametrize("typed", ["", TICKET[1:], TICKET[:-1], TICKET + "7", "7K2M-4QX0-AB3C"])
def test_half_a_ticket_is_none(typed: str) -> None:
    assert last_code(typed) is None


@pytest.mark.parametrize(
    ("typed", "hearing"),
    [
        (TEST_TEXT, Hearing.RIGHT),
        (TEST_TEXT.lower(), Hearing.RIGHT),
        (TEST_TEXT.translate(GERMAN), Hearing.HARMLESS),
        (TEST_TEXT.translate(FRENCH), Hearing.LAYOUT),
        (TEST_TEXT[1:], Hearing.LOST),
        ("x" * 10_000, Hearing.LOST),
        ("", Hearing.LOST),
        (TICKET, Hearing.ANOTHER),
        ("7K2M-4QX0-AB3C", Hearing.ANOTHER),
    ],
)
def test_the_test_says_how_the_scanner_types(typed: str, hearing: Hearing) -> None:
    assert report_on(typed, Ending.ENTER).hearing is hearing


def test_the_test_names_the_symbols_that_arrive_as_others() -> None:
    report = report_on(TEST_TEXT.translate(GERMAN), Ending.SILENCE)
    assert report.wrong == (("-", "ß"), ("Y", "Z"), ("Z", "Y"))
    assert report.ending is Ending.SILENCE


def test_the_test_tells_a_scanner_that_sends_everything_twice() -> None:
    twice = report_on(TEST_TEXT * 2, Ending.SILENCE)
    assert (twice.hearing, twice.twice) == (Hearing.RIGHT, True)
    assert report_on(TEST_TEXT, Ending.ENTER, again=True).twice
    assert not report_on(TEST_TEXT, Ending.ENTER).twice
