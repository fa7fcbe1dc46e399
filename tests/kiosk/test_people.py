"""What people call themselves, and what is no name and no address."""

import pytest

from kiosk.domain.errors import InvalidEmail, InvalidName
from kiosk.domain.people import Attendee, checked_email, checked_name


@pytest.mark.parametrize(
    "name",
    [
        "Ada",
        "[/]",
        "[@click=app.quit]x[/]",
        "李小龍",
        "مُحَمَّد بن موسى",
        "👩‍👩‍👧 O'Neil-\u200dSmith",
        "n" * 200,
        "\\",
    ],
)
def test_names_of_all_kinds_stay_as_they_are(name: str) -> None:
    assert checked_name(f"  {name}\n") == name


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("", "empty"),
        (" \t ", "empty"),
        ("n" * 201, "too_long"),
        ("a\x1b[2Jb", "control_character"),
        ("a\x00b", "control_character"),
        ("a\x9bb", "control_character"),
        ("a\ud800b", "control_character"),
    ],
)
def test_what_is_no_name_says_why(name: str, reason: str) -> None:
    with pytest.raises(InvalidName) as refused:
        checked_name(name)
    assert refused.value.reason == reason


@pytest.mark.parametrize(
    ("typed", "email"),
    [
        (" ada@example.org ", "ada@example.org"),
        ("Ada.L+go@Example.ORG", "Ada.L+go@example.org"),
        ("ada@bücher.example.com", "ada@bücher.example.com"),
    ],
)
def test_addresses_get_their_normal_form(typed: str, email: str) -> None:
    assert checked_email(typed) == email


@pytest.mark.parametrize(
    "typed", ["", "ada", "ada@", "@example.org", "a b@example.org", "a@b..org"]
)
def test_what_is_no_address_is_refused_with_a_reason(typed: str) -> None:
    with pytest.raises(InvalidEmail) as refused:
        checked_email(typed)
    assert refused.value.reason


def test_an_attendee_is_checked_whole() -> None:
    assert Attendee.of(" Ada ", "ada@example.org ") == Attendee("Ada", "ada@example.org")


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("Ada Lovelace", "A•• L•••••••"),
        ("Ada", "A••"),
        ("Ó Cinnéide", "Ó C•••••••"),
        ("E\u0301milie du Châtelet", "E\u0301••••• d• C•••••••"),
        ("a" + "\u0301" * 100, "a\u0301\u0301"),
        ("n" * 200, "n" + "•" * 8),
        (" ".join("abcdefgh"), "a b c d"),
        ("[@click=app.quit]x[/] [/]", "[•••••••• [••"),
        ("李小龍", "李••"),
        ("\u202eadA", "a••"),
        ("\u200d", "•"),
        ("👩‍👩‍👧 Smith", "👩•• S••••"),
    ],
)
def test_a_masked_name_shows_how_each_word_begins(name: str, masked: str) -> None:
    assert Attendee(name, "ada@example.org").masked == Attendee(masked, "a•••@example.org")
