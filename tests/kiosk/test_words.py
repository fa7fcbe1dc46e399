"""Every word in every language, with the same blanks to fill in; money and time as people say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from string import Formatter
from zoneinfo import ZoneInfo

import pytest
from babel.messages.extract import extract_from_dir

import kiosk
from kiosk.domain.events import Window
from kiosk.domain.money import Money
from kiosk.words import LANGUAGES, Words, catalogue

Keywords = dict[str, tuple[int, ...] | None]
NOON = datetime(2027, 3, 12, 12, tzinfo=UTC)
DAY = timedelta(days=1)
TRANSLATED = [language for language in LANGUAGES if language != "en"]


def words(language: str = "en") -> Words:
    """A language in Chicago."""
    return Words(language, ZoneInfo("America/Chicago"))


def messages() -> set[str | tuple[str, ...]]:
    """Everything the source says through `Words`."""
    # The pay page says what its notices name third and fourth.
    said: Keywords = {"words": None, "self": None, "count": (1, 2), "_Notice": (3,)}
    return extracted(said) | extracted({"_Notice": (4,)})


def extracted(keywords: Keywords) -> set[str | tuple[str, ...]]:
    """What these functions are called with."""
    source = str(Path(kiosk.__file__).parent)
    found = extract_from_dir(source, [("**.py", "python")], keywords=keywords)
    return {message for _, _, message, _, _ in found}


def blanks(text: str) -> set[str]:
    """The names of what is filled in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_catalogue_says_everything_and_nothing_else(language: str) -> None:
    said = catalogue(language)
    assert {*said.messages, *said.plurals} == {
        message if isinstance(message, str) else message[0] for message in messages()
    }


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_fills_in_the_same_blanks(language: str) -> None:
    said = catalogue(language)
    for message in messages():
        if isinstance(message, str):
            assert blanks(said.messages[message]) == blanks(message)
        else:
            assert blanks(said.plurals[message[0]][1]) == blanks(message[1])


def test_what_a_catalogue_lacks_is_said_in_english() -> None:
    assert words("de")("Nobody has translated {this}", this="me") == "Nobody has translated me"


def test_values_are_put_in_as_they_are() -> None:
    assert words()("Hello, {name}.", name="{name} [b]") == "Hello, {name} [b]."


@pytest.mark.parametrize(
    ("language", "amount", "said"),
    [
        ("en", Money(123450, "USD"), "1,234.50 USD"),
        ("de", Money(123450, "EUR"), "1.234,50 EUR"),
        ("es", Money(400, "USD"), "4,00 USD"),
        ("en", Money(1234, "JPY"), "1,234 JPY"),
        ("en", Money(1234, "KWD"), "1.234 KWD"),
        ("en", Money(2**60, "USD"), "11,529,215,046,068,469.76 USD"),
        ("en", Money(0, "USD"), "free"),
        ("de", Money(0, "USD"), "kostenlos"),
    ],
)
def test_money_is_exact_and_named(language: str, amount: Money, said: str) -> None:
    assert words(language).money(amount) == said


def test_a_headline_names_the_sum_without_its_currency() -> None:
    assert words("de").bare_sum(Money(123450, "EUR")) == "1.234,50"


@pytest.mark.parametrize(
    ("later", "said"),
    [
        (timedelta(), "06:00"),
        (DAY, "Saturday 06:00"),
        (-DAY, "Thursday 06:00"),
        (9 * DAY, "Sun 21 Mar 07:00"),
    ],
)
def test_a_time_is_said_from_where_one_stands(later: timedelta, said: str) -> None:
    assert words().when(NOON + later, NOON) == said


@pytest.mark.parametrize(
    ("language", "later", "said"),
    [
        ("en", timedelta(hours=1), "today at 07:00"),
        ("en", timedelta(hours=15), "at 21:00 tonight"),
        ("en", timedelta(hours=20), "at 02:00 tonight"),
        ("en", timedelta(hours=23), "tomorrow at 05:00"),
        ("en", timedelta(hours=44), "on Sunday at 03:00"),
        ("en", 9 * DAY, "on 21 March at 07:00"),
        ("en", 400 * DAY, "on 15 Apr 2028 at 07:00"),
        ("es", timedelta(hours=20), "esta noche a las 02:00"),
        ("de", 9 * DAY, "am 21. März um 07:00"),
    ],
)
def test_what_comes_is_said_with_its_day(language: str, later: timedelta, said: str) -> None:
    assert words(language).ahead(NOON + later, NOON) == said


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        (timedelta(hours=1), "today 05:00"),
        (DAY, "yesterday 06:00"),
        (3 * DAY, "Tuesday 06:00"),
        (9 * DAY, "3 March"),
        (90 * DAY, "12 Dec 2026"),
    ],
)
def test_what_was_is_said_with_its_day(earlier: timedelta, said: str) -> None:
    assert words().ago(NOON - earlier, NOON) == said


@pytest.mark.parametrize(
    ("window", "said"),
    [
        (Window(), "any time"),
        (Window(NOON), "from Fri 12 Mar 06:00"),
        (Window(None, NOON), "until Fri 12 Mar 06:00"),
        (Window(NOON, NOON + timedelta(hours=3)), "Fri 12 Mar 06:00 – 09:00"),
        (Window(NOON, NOON + 2 * DAY), "Fri 12 Mar – Sun 14 Mar"),
        (Window(NOON, NOON + timedelta(hours=20)), "Fri 12 Mar 06:00 – 02:00"),
    ],
)
def test_a_window_is_said_as_days_or_as_hours_of_a_day(window: Window, said: str) -> None:
    assert words().window(window) == said


def test_numbers_and_plurals() -> None:
    assert words().count("1 left", "{n} left", 1) == "1 left"
    assert words().count("1 left", "{n} left", 12400) == "12,400 left"
    assert words("de").count("1 left", "{n} left", 12400) == "noch 12.400"
