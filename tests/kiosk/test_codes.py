"""Text that scanners and fingers cannot get wrong unnoticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.domain.codes import (
    ALPHABET,
    decode,
    encode,
    format_number,
    is_number_intact,
    parse_number,
    ticket_number,
)

numbers = st.integers(0, 2**55 - 1).map(ticket_number)


def test_the_alphabet_is_safe_on_every_keyboard_and_in_a_qr() -> None:
    assert len(set(ALPHABET)) == 32
    assert not set(ALPHABET) & set("IOYZ")
    assert ALPHABET.upper() == ALPHABET


@given(st.binary(max_size=100))
def test_what_is_encoded_is_decoded_in_either_case(data: bytes) -> None:
    text = encode(data)
    assert set(text) <= set(ALPHABET)
    assert decode(text) == decode(text.lower()) == data


@given(st.text(ALPHABET, max_size=160))
def test_each_value_has_one_text(text: str) -> None:
    data = decode(text)
    assert data is None or encode(data) == text


@given(st.text(max_size=20))
def test_other_text_is_no_code(text: str) -> None:
    data = decode(text)
    assert data is None or encode(data) == text.upper()


def test_a_letter_that_grows_in_upper_case_is_no_code() -> None:
    assert decode("ßAAAAAAA") is None
    assert parse_number("ß123456789A") is None


@given(numbers)
def test_a_number_is_read_as_it_is_written_by_people(number: str) -> None:
    shown = format_number(number)
    lookalike = shown.lower().replace("0", "o").replace("1", "i")
    assert [len(group) for group in shown.split("-")] == [4, 4, 4]
    assert parse_number(f" {shown} ") == parse_number(lookalike) == number
    assert is_number_intact(number)


@given(numbers, st.integers(0, 11), st.sampled_from(ALPHABET))
def test_one_wrong_symbol_is_noticed(number: str, at: int, symbol: str) -> None:
    wrong = number[:at] + symbol + number[at + 1 :]
    assert is_number_intact(wrong) == (wrong == number)


@given(numbers, st.integers(0, 11), st.integers(0, 11))
def test_two_exchanged_symbols_are_noticed(number: str, one: int, other: int) -> None:
    symbols = list(number)
    symbols[one], symbols[other] = symbols[other], symbols[one]
    wrong = "".join(symbols)
    assert is_number_intact(wrong) == (wrong == number)


@pytest.mark.parametrize(
    "typed", ["", "1234", "1234-5678-9ABC-D", "1234 5678 9AB!", "ÄÖÜ456789ABC"]
)
def test_what_cannot_be_a_number_is_not_one(typed: str) -> None:
    assert parse_number(typed) is None


def test_a_letter_outside_the_alphabet_is_a_typo() -> None:
    assert parse_number("YYYY-YYYY-YYYY") == "YYYYYYYYYYYY"
    assert not is_number_intact("YYYYYYYYYYYY")
