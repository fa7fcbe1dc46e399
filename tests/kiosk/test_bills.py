"""Which bills are spent first, and what is torn: the examples everyone knows, to the letter."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.bills import (
    Bill,
    InsufficientTokens,
    InvalidAmount,
    balance,
    checked_amount,
    choose,
    in_spending_order,
)
from kiosk.domain.tokens import CONDITIONS, ExpiryRule, Origin, Receipt, Token

JUNE_7 = datetime(2023, 6, 7, 12, tzinfo=UTC)
NEVER = None


def on(month: int, day: int) -> datetime:
    """Midnight of a day in 2023."""
    return datetime(2023, month, day, tzinfo=UTC)


def a_bill(number: int, amount: int, expires_at: datetime | None = NEVER) -> Bill:
    """A bill; of higher numbers are those that came later."""
    return Bill(number, amount, expires_at, on(6, number), age=number)


PEPPERS = [
    a_bill(1, 5),
    a_bill(2, 3, on(7, 2)),
    a_bill(3, 10, on(7, 3)),
    a_bill(6, 5, on(7, 6)),
]


def taken(bills: list[Bill], amount: int, now: datetime = JUNE_7) -> list[tuple[int, int]]:
    """Bills by their numbers, with what is taken of each."""
    return [(part.bill.id, part.amount) for part in choose(bills, amount, now)]


def test_eleven_of_peppers_tokens_are_three_and_eight() -> None:
    assert taken(PEPPERS, 11) == [(2, 3), (3, 8)]


def test_of_three_purchases_seven_are_the_first_whole_and_two_of_the_second() -> None:
    bills = [a_bill(1, 5), a_bill(2, 5), a_bill(3, 5)]
    assert taken(bills, 7) == [(1, 5), (2, 2)]


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (1, [(2, 1)]),
        (3, [(2, 3)]),
        (13, [(2, 3), (3, 10)]),
        (18, [(2, 3), (3, 10), (6, 5)]),
        (19, [(2, 3), (3, 10), (6, 5), (1, 1)]),
        (23, [(2, 3), (3, 10), (6, 5), (1, 5)]),
    ],
)
def test_what_expires_first_goes_first_and_never_last(
    amount: int, expected: list[tuple[int, int]]
) -> None:
    assert taken(PEPPERS, amount) == expected


def test_of_bills_that_expire_together_the_oldest_goes_first() -> None:
    bills = [a_bill(5, 1, on(7, 1)), a_bill(4, 1, on(7, 1)), a_bill(3, 1), a_bill(2, 1)]
    assert [bill.id for bill in in_spending_order(bills)] == [4, 5, 2, 3]


def test_expired_bills_are_not_spent_and_not_counted() -> None:
    at_the_second = on(7, 3)
    assert taken(PEPPERS, 6, at_the_second) == [(6, 5), (1, 1)]
    assert balance(PEPPERS, at_the_second) == 10
    assert balance(PEPPERS, at_the_second - timedelta(microseconds=1)) == 20


def test_too_little_says_how_much_there_is_and_what_has_gone() -> None:
    with pytest.raises(InsufficientTokens) as refused:
        choose(PEPPERS, 11, on(7, 3))
    assert (refused.value.wanted, refused.value.available, refused.value.expired) == (11, 10, 13)


def test_only_a_bill_taken_whole_with_nothing_on_its_way_is_emptied() -> None:
    bills = [a_bill(1, 5), Bill(2, 5, NEVER, on(6, 2), age=2, on_its_way=1), a_bill(3, 5)]
    assert [part.empties for part in choose(bills, 12, JUNE_7)] == [True, False, False]


@pytest.mark.parametrize("amount", [0, -1, 10**15 + 1])
def test_amounts_have_bounds(amount: int) -> None:
    with pytest.raises(InvalidAmount):
        checked_amount(amount)


def a_receipt(at: datetime, expires_at: datetime | None = NEVER) -> Receipt:
    """Three tokens from somebody."""
    return Receipt(at, Origin.TRANSFER, 3, expires_at)


THIRTY_DAYS = ExpiryRule(within=timedelta(days=30))


def a_token(*rules: ExpiryRule) -> Token:
    """A token with rules of expiry."""
    return Token("beer", "Beer", 1000, rules)


def test_what_comes_on_june_2_and_lives_thirty_days_expires_on_july_2() -> None:
    assert a_token(THIRTY_DAYS).expires_at(a_receipt(on(6, 2))) == on(7, 2)


@pytest.mark.parametrize(
    ("before", "after"),
    [(on(6, 20), on(6, 20)), (on(9, 1), on(7, 2)), (NEVER, on(7, 2))],
)
def test_a_rule_sets_or_shortens_and_never_lengthens(
    before: datetime | None, after: datetime
) -> None:
    assert a_token(THIRTY_DAYS).expires_at(a_receipt(on(6, 2), before)) == after


def test_a_rule_may_ask_for_a_condition() -> None:
    first_week = ExpiryRule(
        within=timedelta(days=30), conditions=(CONDITIONS["first_week_of_month"],)
    )
    assert a_token(first_week).expires_at(a_receipt(on(6, 7))) == on(7, 7)
    assert a_token(first_week).expires_at(a_receipt(on(6, 8))) is None


def test_a_rule_may_be_for_one_origin() -> None:
    airdrops = ExpiryRule(until=on(6, 30), origins=frozenset({Origin.AIRDROP}))
    assert a_token(airdrops).expires_at(a_receipt(on(6, 2))) is None
    assert a_token(airdrops).expires_at(Receipt(on(6, 2), Origin.AIRDROP, 1, None)) == on(6, 30)


def test_a_rule_may_be_python() -> None:
    by_amount = ExpiryRule(hook=lambda receipt: receipt.at + timedelta(days=receipt.amount))
    assert a_token(by_amount, THIRTY_DAYS).expires_at(a_receipt(on(6, 2))) == on(6, 5)
    silent = ExpiryRule(hook=lambda receipt: None)
    assert a_token(silent).expires_at(a_receipt(on(6, 2))) is None


def test_expiry_is_in_whole_seconds_as_on_the_ledger() -> None:
    assert a_token(THIRTY_DAYS).expires_at(a_receipt(on(6, 2) + timedelta(microseconds=7))) == on(
        7, 2
    )
