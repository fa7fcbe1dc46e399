"""Money is whole, and of one currency."""

from decimal import Decimal

import pytest

from kiosk.domain.money import CURRENCIES, Money, parse_amount, zero


def test_amounts_of_one_currency_add_subtract_and_compare() -> None:
    two, four = Money(200, "USD"), Money(400, "USD")
    assert two + two == four
    assert four - two == two
    assert two < four <= four
    assert two
    assert not zero("USD")


@pytest.mark.parametrize("mix", [Money.__add__, Money.__sub__, Money.__lt__])
def test_currencies_never_mix(mix: object) -> None:
    assert callable(mix)
    with pytest.raises(ValueError, match="do not mix"):
        mix(Money(1, "USD"), Money(1, "EUR"))


@pytest.mark.parametrize(
    ("written", "currency", "minor"),
    [
        ("4.00", "USD", 400),
        ("4", "USD", 400),
        ("0", "EUR", 0),
        ("500", "JPY", 500),
        ("1.234", "KWD", 1234),
    ],
)
def test_an_amount_is_read_exactly(written: str, currency: str, minor: int) -> None:
    money = parse_amount(Decimal(written), currency)
    assert money == Money(minor, currency)
    assert money is not None
    assert money.decimal == Decimal(written)


@pytest.mark.parametrize("written", ["-1", "4.001", "NaN", "Infinity", "1e99999", "1e-99999"])
def test_what_is_no_amount_is_none(written: str) -> None:
    assert parse_amount(Decimal(written), "USD") is None


def test_an_amount_reads_well_in_a_log() -> None:
    assert [str(Money(400, "USD")), str(Money(500, "JPY"))] == ["4.00 USD", "500 JPY"]


def test_currencies_have_numbers_of_their_own() -> None:
    assert len({currency.number for currency in CURRENCIES.values()}) == len(CURRENCIES)
    assert all(3 < currency.number < 1000 for currency in CURRENCIES.values())
