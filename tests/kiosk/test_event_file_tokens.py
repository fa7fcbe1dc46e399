"""Tokens in event files: limits, rules of expiry, and rules in Python."""

from datetime import UTC, datetime, timedelta

import pytest

from kiosk.domain.errors import EventFileError
from kiosk.domain.event_file import parse_event
from kiosk.domain.tokens import HookFailed, Limits, Origin, Receipt, Token
from tests.kiosk.test_event_file import GOOD

BEER = """
[[tokens]]
key = "beer"
name = "Beer"
supply = 500
transfer_max = 20
daily_max = 50
balance_max = 100
gift_hours = 36
"""
RULES = """
[[tokens.expiry]]
within_days = 30
origins = ["transfer"]
when = ["first_week_of_month"]

[[tokens.expiry]]
until = 2027-03-14T23:00:00

[[tokens.expiry]]
hook = "expiry.py:by_amount"
"""
HOOKS = """\
from datetime import timedelta

def by_amount(receipt):
    return receipt.at + timedelta(days=receipt.amount) if receipt.amount < 10 else None

def naive(receipt):
    return receipt.at.replace(tzinfo=None)

def broken(receipt):
    return receipt.nothing

number = 5
"""
FILES = {
    "en.md": "# Be kind",
    "expiry.py": HOOKS,
    "wrong.py": "def by_amount(:",
    "raises.py": "1/0",
}


def tokens(text: str) -> tuple[Token, ...]:
    return parse_event(GOOD + text, "event.toml", FILES.get).tokens


def a_receipt(amount: int = 20, origin: Origin = Origin.TRANSFER) -> Receipt:
    return Receipt(datetime(2027, 3, 2, tzinfo=UTC), origin, amount, None)


def test_a_token_and_its_limits() -> None:
    [beer] = tokens(BEER)
    assert (beer.key, beer.name, beer.supply) == ("beer", "Beer", 500)
    assert beer.limits == Limits(balance_max=100, transfer_max=20, daily_max=50)
    assert beer.gift_life == timedelta(hours=36)
    assert beer.expires_at(a_receipt()) is None


def test_a_token_may_have_a_contract_on_a_chain() -> None:
    address = "0x52908400098527886E0F7030069857D2E4169EE7"
    [beer] = tokens(f'{BEER}contract = "{address}"')
    assert beer.contract == address
    [beer] = tokens(BEER)
    assert beer.contract == ""


def test_the_first_rule_to_expire_counts() -> None:
    [beer] = tokens(BEER + RULES)
    end = datetime(2027, 3, 14, 22, tzinfo=UTC)
    assert beer.expires_at(a_receipt()) == end
    assert beer.expires_at(a_receipt(3)) == datetime(2027, 3, 5, tzinfo=UTC)
    [lasting] = tokens(BEER + RULES.replace("2027-03-14", "2028-03-14"))
    assert lasting.expires_at(a_receipt()) == a_receipt().at + timedelta(days=30)


@pytest.mark.parametrize(
    ("before", "after", "key", "expected"),
    [
        ("supply = 500", "supply = 0", "tokens[1].supply", "a whole number from 1 to"),
        ("gift_hours = 36", "gift_hours = 0", "tokens[1].gift_hours", "a whole number from 1 to"),
        ("supply = 500", "suply = 500", "tokens[1].suply", "did you mean supply?"),
        ("supply = 500", 'supply = 5\ncontract = "0x[/]"', "tokens[1].contract", "like 0x5290"),
        ('"transfer"', '"theft"', "tokens[1].expiry[1].origins", "some of purchase, transfer"),
        ('"first_week_of_month"', '"friday"', "tokens[1].expiry[1].when", "some of first_week"),
        ("within_days = 30", "", "tokens[1].expiry[1]", "within_days, until or hook"),
        ("expiry.py:by_amount", "expiry.py", "tokens[1].expiry[3].hook", "a file and a function"),
        ("expiry.py:", "missing.py:", "tokens[1].expiry[3].hook", "a file and a function"),
        ("expiry.py:", "wrong.py:", "tokens[1].expiry[3].hook", "Python that runs"),
        ("expiry.py:", "raises.py:", "tokens[1].expiry[3].hook", "ZeroDivisionError"),
        ("by_amount", "absent", "tokens[1].expiry[3].hook", "there is none"),
        ("by_amount", "number", "tokens[1].expiry[3].hook", "there is none"),
    ],
)
def test_each_fault_is_named_with_what_was_expected(
    before: str, after: str, key: str, expected: str
) -> None:
    with pytest.raises(EventFileError) as refused:
        tokens((BEER + RULES).replace(before, after))
    [fault] = [one for one in refused.value.faults if one.key == key]
    assert expected in fault.expected


@pytest.mark.parametrize(("function", "why"), [("naive", "aware"), ("broken", "AttributeError")])
def test_a_rule_in_python_that_fails_says_how(function: str, why: str) -> None:
    [beer] = tokens(BEER + RULES.replace("by_amount", function))
    with pytest.raises(HookFailed, match=why):
        beer.expires_at(a_receipt())
