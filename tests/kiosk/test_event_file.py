"""Event files: read exactly, and every fault named with file, line, key and expectation."""

from contextlib import suppress
from datetime import UTC, datetime, time

import pytest

from kiosk.domain.errors import EventFileError
from kiosk.domain.event_file import parse_event
from kiosk.domain.event_sense import cautions
from kiosk.domain.events import (
    AccessCode,
    Discount,
    EntryPolicy,
    Event,
    Goodie,
    Hall,
    Per,
    Pool,
    ProviderName,
    Role,
    Window,
)
from kiosk.domain.money import Money
from kiosk.services.event_files import load_event
from kiosk.settings import DEMO_EVENT
from tests.kiosk.factories import NOW, PIN, pin_hash

GOOD = f"""\
[event]
key = "gopherfest"
name = "GopherFest"
currency = "USD"
timezone = "Europe/Madrid"

[conduct]
en = "en.md"

[[slots]]
key = "general"
name = "General Admission"
price = 4.50
capacity = 200
sale_starts = 2027-01-01T00:00:00
sale_ends = 2027-03-28T12:00:00
valid_ends = 2027-07-01T18:00:00

[[slots]]
key = "sponsor"
name = "General Admission"
category = "Sponsor"
price = 0
capacity = 50
public = false

[[staff]]
name = "Kim"
role = "cashier"
pin_hash = "{pin_hash(PIN)}"
"""
WHOLE = (
    GOOD.replace(
        "[conduct]",
        "tickets_per_order = 6\ntransfer_until = 2027-06-30T12:00:00\n"
        "emptied_at = 05:30:00\n\n[conduct]",
    )
    .replace("capacity = 200", 'capacity = 200\npool = "hall"\nper_order = 4\nhall = "dome"')
    .replace("public = false", 'public = false\nrequires = ["general"]\nentry = "daily"')
    + """
[payments]
sandbox = true
cash = false

[[pools]]
key = "hall"
name = "Great Hall"
capacity = 220

[[halls]]
key = "dome"
name = "Dome"
limit = 150

[[goodies]]
key = "shirt"
name = "T-shirt"
count = 60
per = "ticket"
slots = ["general", "sponsor"]

[[goodies]]
key = "sticker"
name = "Sticker"
count = 5

[[discounts]]
code = "student"
percent = 50
slots = ["general"]
uses = 20
ends = 2027-02-01T00:00:00

[[discounts]]
code = "FRIEND"
amount = 1.50

[[access]]
code = "gold-1"
slots = ["sponsor"]
starts = 2027-01-01T00:00:00
"""
)
CONDUCT = "\n# Code of Conduct\n\nBe kind.\n"


def parse(text: str) -> Event:
    return parse_event(text, "event.toml", {"en.md": CONDUCT, "blank.md": " \n"}.get)


def faults(text: str) -> list[tuple[int, str, str]]:
    with pytest.raises(EventFileError) as refused:
        parse(text)
    assert {fault.file for fault in refused.value.faults} == {"event.toml"}
    return [(fault.line, fault.key, fault.expected) for fault in refused.value.faults]


def line_of(text: str, part: str) -> int:
    return text[: text.index(part)].count("\n") + 1


def test_a_good_file_is_read_exactly() -> None:
    event = parse(GOOD)

    general, sponsor = event.slots
    assert (event.key, event.currency, event.hold_seconds) == ("gopherfest", "USD", 300)
    assert (general.price, general.capacity, general.public) == (Money(450, "USD"), 200, True)
    assert general.category == general.place == ""
    assert (sponsor.title, sponsor.public) == ("General Admission · Sponsor", False)
    assert sponsor.sale == sponsor.valid == Window()
    assert event.conduct["en"].title == "Code of Conduct"
    assert event.conduct["en"].markdown == CONDUCT
    assert (event.staff[0].name, event.staff[0].role) == ("Kim", Role.CASHIER)


def test_a_file_may_leave_out_what_has_a_default() -> None:
    event = parse(GOOD)
    assert (event.order_max, event.transfer_until, event.emptied_at) == (10, None, None)
    assert event.providers == (ProviderName.CASH,)
    assert (*event.pools, *event.goodies, *event.discounts, *event.access_codes) == ()
    assert (event.slots[0].pool, event.slots[0].order_max) == (None, None)
    assert (event.slots[0].hall, event.slots[0].entry) == (None, EntryPolicy.SINGLE)


def test_a_file_that_says_everything_is_read_exactly() -> None:
    event = parse(WHOLE)

    general, sponsor = event.slots
    assert (event.order_max, event.providers) == (6, (ProviderName.SANDBOX,))
    assert event.transfer_until == datetime(2027, 6, 30, 10, tzinfo=UTC)
    assert event.emptied_at == time(5, 30)
    assert event.pools == (Pool("hall", "Great Hall", 220),)
    assert (general.pool, general.order_max, general.requires) == ("hall", 4, ())
    assert (sponsor.pool, sponsor.order_max, sponsor.requires) == (None, None, ("general",))
    assert event.halls == (Hall("dome", "Dome", 150),)
    assert (general.hall, general.entry) == ("dome", EntryPolicy.SINGLE)
    assert (sponsor.hall, sponsor.entry) == (None, EntryPolicy.DAILY)
    assert event.goodies == (
        Goodie("shirt", "T-shirt", 60, Per.TICKET, ("general", "sponsor")),
        Goodie("sticker", "Sticker", 5),
    )
    until = Window(ends=datetime(2027, 1, 31, 23, tzinfo=UTC))
    assert event.discounts == (
        Discount("STUDENT", percent=50, slot_keys=("general",), uses_max=20, window=until),
        Discount("FRIEND", amount=Money(150, "USD")),
    )
    since = Window(starts=datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert event.access_codes == (AccessCode("GOLD-1", ("sponsor",), since),)
    assert event.discount(" friend ") == event.discounts[1]


MORE_CHANGES = [
    (
        "transfer_until = 2027-06-30T12:00:00",
        'transfer_until = "soon"',
        "event.transfer_until",
        "a local date and time",
    ),
    ("emptied_at = 05:30:00", "emptied_at = 5", "event.emptied_at", "a time of day, like 05:00:00"),
    ("tickets_per_order = 6", "self_check_in = 1", "event.self_check_in", "true or false"),
    ("tickets_per_order = 6", "tickets_per_order = 51", "event.tickets_per_order", "from 1 to 50"),
    ("sandbox = true", "sandbox = 1", "payments.sandbox", "true or false"),
    ("sandbox = true", "sandbx = true", "payments.sandbx", "did you mean sandbox?"),
    ('pool = "hall"', 'pool = "hal"', "slots[1].pool", "a pool of this file, not hal; did you"),
    ("per_order = 4", "per_order = 0", "slots[1].per_order", "from 1 to 50"),
    ('= ["general"]', '= ["generl"]', "slots[2].requires", "not generl; did you mean general?"),
    ('= ["general"]', '= ["sponsor"]', "slots[2].requires", "another slot of this file"),
    ('= ["general"]', '= "general"', "slots[2].requires", "in square brackets"),
    ('= ["general"]', "= []", "slots[2].requires", "in square brackets"),
    ('= ["general"]', '= ["general", "general"]', "slots[2].requires", "in square brackets"),
    ("capacity = 220", "capacity = -1", "pools[1].capacity", "whole number from 0"),
    ('"Great Hall"', '""', "pools[1].name", "a text"),
    ('hall = "dome"', 'hall = "doom"', "slots[1].hall", "a hall of this file, not doom; did you"),
    ('hall = "dome"', "hall = 3", "slots[1].hall", "a text"),
    ('entry = "daily"', 'entry = "twice"', "slots[2].entry", "one of single, daily, free"),
    ('entry = "daily"', 'entri = "daily"', "slots[2].entri", "did you mean entry?"),
    ("limit = 150", "limit = -1", "halls[1].limit", "whole number from 0"),
    ("limit = 150", "capacity = 150", "halls[1].capacity", "a known key: key, name, limit"),
    ("limit = 150", 'limit = 1\n[[halls]]\nkey = "dome"', "halls[2].key", "dome is taken"),
    ("count = 60", "count = 1.5", "goodies[1].count", "whole number from 0"),
    ('per = "ticket"', 'per = "person"', "goodies[1].per", "one of order, ticket"),
    ('["general", "sponsor"]', '["vip"]', "goodies[1].slots", "a slot of this file, not vip"),
    ('key = "sticker"', 'key = "shirt"', "goodies[2].key", "shirt is taken"),
    ("percent = 50", "percent = 0", "discounts[1].percent", "from 1 to 100"),
    ("percent = 50", "percent = 12.5", "discounts[1].percent", "from 1 to 100"),
    ("percent = 50", "percent = 50\namount = 1", "discounts[1]", "either percent or amount"),
    ("amount = 1.50", "", "discounts[2]", "either percent or amount"),
    ("amount = 1.50", "amount = 0", "discounts[2].amount", "more than 0"),
    ("amount = 1.50", "amount = 0.005", "discounts[2].amount", "2 decimals at most"),
    ("uses = 20", "uses = 0", "discounts[1].uses", "whole number from 1"),
    ('code = "student"', 'code = "so cheap"', "discounts[1].code", "letters of A to Z"),
    ('code = "student"', 'code = "A"', "discounts[1].code", "3 to 32"),
    ('code = "student"', 'code = "Friend"', "discounts[2].code", "FRIEND is taken"),
    ('code = "gold-1"', 'code = "friend"', "access[1].code", "FRIEND is a discount"),
    ('slots = ["sponsor"]', 'slots = ["gold"]', "access[1].slots", "not gold"),
    ("ends = 2027-02-01T00:00:00", "starts = 2027-02-01", "discounts[1].starts", "date and time"),
]


@pytest.mark.parametrize(("old", "new", "key", "expected"), MORE_CHANGES)
def test_a_fault_of_a_file_that_says_everything_is_named_with_its_line(
    old: str, new: str, key: str, expected: str
) -> None:
    text = WHOLE.replace(old, new, 1)
    [(line, said)] = [(line, said) for line, at, said in faults(text) if at == key]
    table, _, name = key.rpartition(".")
    written = text.splitlines()[line - 1]
    assert written.startswith(name if table else "[["), written
    assert expected in said


def test_attendees_check_in_without_staff_unless_the_file_says_otherwise() -> None:
    assert parse(GOOD).self_check_in
    off = GOOD.replace("[conduct]", "self_check_in = false\n\n[conduct]")
    assert not parse(off).self_check_in


def test_an_access_code_needs_something_to_open() -> None:
    [(_, key, expected)] = faults(WHOLE.replace('slots = ["sponsor"]\n', ""))
    assert (key, expected.split(",")[0]) == ("access[1]", "slots")


ODD_VALUES = (
    "1",
    "-1",
    "1.5",
    "nan",
    "inf",
    "true",
    '""',
    '"x"',
    "[]",
    "{}",
    "[[1]]",
    '["x"]',
    "[{}]",
)
ODD_TIMES = ("07:32:00", "2027-01-01", "2027-01-01T00:00:00", "2027-01-01T00:00:00Z")


@pytest.mark.parametrize("value", [*ODD_VALUES, *ODD_TIMES])
def test_no_value_of_any_key_is_too_odd_to_be_judged(value: str) -> None:
    lines = WHOLE.splitlines()
    for at, line in enumerate(lines):
        key, _, _ = line.partition(" = ")
        odd = [f"{key} = {value}"] if " = " in line else [f"odd = {value}", line]
        with suppress(EventFileError):
            event = parse("\n".join([*lines[:at], *odd, *lines[at + 1 :]]))
            assert isinstance(cautions(event, NOW), tuple)


def test_times_are_those_of_the_place_summer_and_winter() -> None:
    general = parse(GOOD).slots[0]
    assert general.sale.starts == datetime(2026, 12, 31, 23, tzinfo=UTC)
    assert general.sale.ends == datetime(2027, 3, 28, 10, tzinfo=UTC)
    assert general.valid.ends == datetime(2027, 7, 1, 16, tzinfo=UTC)


CHANGES = [
    ('key = "gopherfest"', 'key = "Gopher Fest"', "event.key", "lower-case letters"),
    ('name = "GopherFest"', 'name = " "', "event.name", "a text"),
    ('name = "GopherFest"', "name = 7", "event.name", "a text"),
    ('currency = "USD"', 'currency = "DOGE"', "event.currency", "one of AED"),
    ('currency = "USD"', 'curency = "USD"', "event.curency", "did you mean currency?"),
    ("Europe/Madrid", "Europe/Atlantis", "event.timezone", "IANA"),
    ("Europe/Madrid", "../../etc/passwd", "event.timezone", "IANA"),
    ("[conduct]", "hold_seconds = 5\n\n[conduct]", "event.hold_seconds", "from 30 to 86400"),
    ('"en.md"', '"missing.md"', "conduct.en", "Markdown file in UTF-8: missing.md"),
    ('"en.md"', '"blank.md"', "conduct.en", "Markdown file"),
    ('en = "en.md"', 'english = "en.md"', "conduct.english", "code of a language"),
    ("price = 4.50", "price = 4.505", "slots[1].price", "2 decimals at most"),
    ("price = 4.50", "price = -1", "slots[1].price", "0 or more USD"),
    ("price = 4.50", 'price = "4.50"', "slots[1].price", "like 4.00"),
    ("price = 4.50", "price = nan", "slots[1].price", "0 or more USD"),
    ("price = 4.50", "price = true", "slots[1].price", "like 4.00"),
    ("capacity = 200", "capacity = 2.5", "slots[1].capacity", "whole number from 0"),
    ("capacity = 200", "capacity = true", "slots[1].capacity", "whole number from 0"),
    ("capacity = 50", "capacity = -1", "slots[2].capacity", "whole number from 0"),
    ("public = false", 'public = "no"', "slots[2].public", "true or false"),
    ('key = "sponsor"', 'key = "general"', "slots[2].key", "general is taken"),
    ("2027-01-01T00:00:00", "2027-01-01T00:00:00Z", "slots[1].sale_starts", "without an offset"),
    ("2027-01-01T00:00:00", "2027-01-01", "slots[1].sale_starts", "date and time"),
    ("2027-01-01T00:00:00", "1066-01-01T00:00:00", "slots[1].sale_starts", "from 1971 to 2105"),
    ("2027-03-28T12:00:00", "2027-03-28T02:30:00", "slots[1].sale_ends", "Madrid skip this one"),
    ('role = "cashier"', 'role = "boss"', "staff[1].role", "one of steward, cashier"),
    (pin_hash(PIN), "1234", "staff[1].pin_hash", "argon2id"),
    ("pin_hash", "pin_hsh", "staff[1].pin_hsh", "did you mean pin_hash?"),
]


@pytest.mark.parametrize(("old", "new", "key", "expected"), CHANGES)
def test_a_fault_is_named_with_its_line(old: str, new: str, key: str, expected: str) -> None:
    [(line, said)] = [
        (line, said) for line, at, said in faults(GOOD.replace(old, new, 1)) if at == key
    ]
    assert line == line_of(GOOD, old)
    assert expected in said


def test_a_window_that_ends_before_it_starts_is_a_fault_of_its_end() -> None:
    text = GOOD.replace("2027-01-01T00:00:00", "2027-04-01T00:00:00")
    line = line_of(text, "sale_ends")
    assert faults(text) == [(line, "slots[1].sale_ends", "a time after sale_starts")]


@pytest.mark.parametrize(
    ("gone", "key", "where"),
    [
        ('name = "GopherFest"\n', "event", "[event]"),
        ("capacity = 50\n", "slots[2]", '[[slots]]\nkey = "sponsor"'),
        ('role = "cashier"\n', "staff[1]", "[[staff]]"),
    ],
)
def test_a_missing_key_is_named_at_its_table(gone: str, key: str, where: str) -> None:
    text = GOOD.replace(gone, "")
    [(line, found, expected)] = faults(text)
    assert (line, found) == (line_of(text, where), key)
    assert expected.startswith(gone.split()[0])


def test_all_faults_are_named_at_once_in_the_order_of_the_file() -> None:
    text = GOOD.replace('"USD"', '"usd"').replace("= 200", "= -1").replace('"cashier"', '"x"')
    assert [key for _, key, _ in faults(text)] == [
        "event.currency",
        "slots[1].capacity",
        "staff[1].role",
    ]


def test_an_empty_file_tells_what_belongs_in_one() -> None:
    missing = [expected for _, _, expected in faults("")]
    assert any("event" in one for one in missing)
    assert any("conduct" in one for one in missing)
    assert any("slots" in one for one in missing)


@pytest.mark.parametrize(
    "values", ["event = 1", "event = []", "slots = 3", "slots = [1]", "staff = {}"]
)
def test_a_value_in_place_of_a_table_is_a_fault(values: str) -> None:
    assert (1, values.split()[0]) in [fault[:2] for fault in faults(values)]


@pytest.mark.parametrize(
    ("text", "line"), [('[event]\nname = "', 2), ("a = 1\na = 2", 2), ("[x", 1)]
)
def test_what_is_no_toml_is_one_fault_with_its_line(text: str, line: int) -> None:
    [(found, key, expected)] = faults(text)
    assert (found, key) == (line, "")
    assert "TOML" in expected


def test_a_fault_reads_as_one_line() -> None:
    with pytest.raises(EventFileError) as refused:
        parse(GOOD.replace('"cashier"', '"boss"'))
    line = line_of(GOOD, 'role = "cashier"')
    assert str(refused.value).startswith(f"event.toml:{line}: staff[1].role: expected one of")


def test_a_file_that_is_not_there_is_a_fault() -> None:
    with pytest.raises(EventFileError, match=r"nowhere.toml:1: expected an event file"):
        load_event(DEMO_EVENT.parent / "nowhere.toml")
