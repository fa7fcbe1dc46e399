"""Tokens on sale in event files: packs, stalls, and what a token is worth."""

from dataclasses import replace

import pytest

from kiosk.domain.errors import EventFileError
from kiosk.domain.event_file import parse_event
from kiosk.domain.event_sense import cautions
from kiosk.domain.events import Event, Role, Stall, TokenPack, Window
from kiosk.domain.money import Money
from kiosk.domain.toml_lines import Path
from tests.kiosk.bar import a_bar, a_pack
from tests.kiosk.factories import NOW, a_cashier, usd
from tests.kiosk.test_event_file import GOOD

DRINKS = """
[[tokens]]
key = "drink"
name = "Drink"
supply = 500
balance_max = 100
pin_above = 3
value = 4.00

[[packs]]
key = "ten-drinks"
name = "10 drinks"
token = "drink"
tokens = 10
price = 20.00
per_order = 3
sale_starts = 2027-03-01T00:00:00

[[stalls]]
key = "bar"
name = "Bar"
"""


def read(text: str) -> Event:
    return parse_event(GOOD + text, "event.toml", {"en.md": "# Be kind"}.get)


def test_packs_stalls_and_values_are_read() -> None:
    event = read(DRINKS)
    [pack] = event.packs
    starts = pack.sale.starts
    assert starts is not None
    assert pack == TokenPack("ten-drinks", "10 drinks", "drink", 10, usd(2000), Window(starts), 3)
    assert event.sold("ten-drinks") is pack
    assert event.stalls == (Stall("bar", "Bar"),)
    assert (event.place_name("bar"), event.place_name("a game")) == ("Bar", "a game")
    token = event.accepted_token
    assert token is not None
    assert (token.limits.pin_above, token.value) == (3, usd(400))


@pytest.mark.parametrize(("due", "tokens"), [(1, 1), (400, 1), (401, 2), (1200, 3)])
def test_whole_tokens_pay_what_is_due(due: int, tokens: int) -> None:
    [token] = read(DRINKS).tokens
    assert token.worth(Money(due, "USD")) == tokens


@pytest.mark.parametrize(
    ("before", "after", "key", "expected"),
    [
        ("tokens = 10", "tokens = 0", "packs[1].tokens", "a whole number from 1 to"),
        ("price = 20.00", "price = -1", "packs[1].price", "0 or more USD"),
        ("price = 20.00", "prize = 20.00", "packs[1].prize", "did you mean price?"),
        ("per_order = 3", "per_order = 0", "packs[1].per_order", "a whole number from 1 to"),
        ('token = "drink"', 'token = "drnk"', "packs[1].token", "did you mean drink?"),
        ('"ten-drinks"', '"general"', "packs[1].key", "general is a slot"),
        ('"ten-drinks"', '"Ten Drinks"', "packs[1].key", "lower-case letters"),
        ("2027-03-01T00:00:00", '"soon"', "packs[1].sale_starts", "2027"),
        ("value = 4.00", "value = 0", "tokens[1].value", "more than 0"),
        ("value = 4.00", 'value = "four"', "tokens[1].value", "an amount of money"),
        ("pin_above = 3", "pin_above = -1", "tokens[1].pin_above", "a whole number from 0 to"),
        ('key = "bar"', 'key = "[/]"', "stalls[1].key", "lower-case letters"),
        ("value = 4.00", "\n[payments]\ntokens = true", "payments.tokens", "a token with a value"),
    ],
)
def test_each_fault_is_named_with_what_was_expected(
    before: str, after: str, key: str, expected: str
) -> None:
    with pytest.raises(EventFileError) as refused:
        read(DRINKS.replace(before, after))
    [fault] = [one for one in refused.value.faults if one.key == key]
    assert expected in fault.expected


@pytest.mark.parametrize(
    ("event", "path", "words"),
    [
        (a_bar(a_pack(sale=Window(ends=NOW))), ("packs", 0, "sale_ends"), "not on sale any more"),
        (a_bar(a_pack(tokens=101)), ("packs", 0, "tokens"), "nobody can buy ten-drinks"),
        (replace(a_bar(), tokens=(), packs=(), stalls=(Stall("bar", "Bar"),)), ("stalls", 0), "no"),
        (
            a_bar(stalls=(Stall("bar", "Bar"),), staff=(a_cashier(role=Role.STEWARD),)),
            ("stalls", 0),
            "nobody may take tokens",
        ),
    ],
)
def test_nonsense_is_named_where_it_stands(event: Event, path: Path, words: str) -> None:
    said = [one.words for one in cautions(event, NOW) if one.path == path]
    assert any(words in one for one in said)
