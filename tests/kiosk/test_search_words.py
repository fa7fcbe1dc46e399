"""Who is found by what: beginnings of words, however they are spelled."""

import pytest

from kiosk.domain.codes import number_range, parse_number_start
from kiosk.domain.people import Attendee
from kiosk.domain.search import WORDS_MAX, Findable, TooShort, Wanted
from tests.kiosk.playing import HOSTILE


def finds(typed: str, name: str, email: str = "someone@example.org") -> bool:
    """As the store does it."""
    wanted, findable = Wanted.of(typed), Findable.of(Attendee(name, email))
    begin = [any(word.startswith(one) for word in findable.words) for one in wanted.words]
    assert begin == [f" {one}" in findable.text for one in wanted.words]
    return all(begin)


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("ada", "Ada Lovelace"),
        ("LOVE", "Ada Lovelace"),
        ("love ada", "Ada Lovelace"),
        ("ad lov", "Ada Lovelace"),
        ("muller", "Jürgen Müller"),
        ("Müll", "MULLER"),
        ("strasse", "Straße"),
        ("lodz", "Łódź"),
        ("soren", "Søren"),
        ("obrien", "Conan O'Brien"),
        ("o'brien", "Conan OBrien"),
        ("o\N{RIGHT SINGLE QUOTATION MARK}brien", "Conan O'Brien"),
        ("jones", "Smith-Jones"),
        ("istan", "İstanbul"),
        ("李小明", "李小明"),
        ("김철", "김철수"),
        ("नमस्ते", "नमस्ते"),
        ("ecalevol", "\u202eecalevol"),
        ("zero", "Ze\u200dro"),
    ],
)
def test_people_are_found_by_the_beginning_of_any_word_of_their_name(typed: str, name: str) -> None:
    assert finds(typed, name)


@pytest.mark.parametrize("typed", ["ada.l", "ADA.L@Example.ORG", "ada.l@ex", "lovelace99"])
def test_people_are_found_by_their_address(typed: str) -> None:
    email = "lovelace99@example.org" if "99" in typed else "Ada.L@example.org"
    assert finds(typed, "The Countess", email)


@pytest.mark.parametrize("typed", ["lace", "adam", "ada hopper", "ada@elsewhere.org"])
def test_others_are_not(typed: str) -> None:
    assert not finds(typed, "Ada Lovelace", "ada@example.org")


@pytest.mark.parametrize("typed", ["", "  ", "ad", "a b c", "[/]", "-.-.-.-", "é", "%%%", "🎟🎟🎟"])
def test_too_little_is_not_searched_for(typed: str) -> None:
    with pytest.raises(TooShort):
        Wanted.of(typed)


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_have_few_words_and_are_found_by_their_address(name: str) -> None:
    assert finds("someone@", name)
    assert len(Findable.of(Attendee(name, "someone@example.org")).words) <= WORDS_MAX + 2


def test_a_name_of_many_words_is_found_by_the_first_of_them() -> None:
    name = " ".join(f"n{at:02}" for at in range(50))
    assert finds("n15", name)
    assert not finds("n16", name)


@pytest.mark.parametrize(
    ("typed", "start"),
    [
        ("0123", "0123"),
        ("ab-cd ", "ABCD"),
        ("o1i", "011"),
        ("0123-4567-89AX", "0123456789AX"),
        ("0123-4567-89AX-0", None),
        ("anyone", None),
        ("müller", None),
        ("", None),
    ],
)
def test_what_may_be_the_beginning_of_a_ticket_number(typed: str, start: str | None) -> None:
    assert parse_number_start(typed) == start


def test_all_numbers_that_begin_alike_lie_in_one_range() -> None:
    assert number_range("AB") == ("AB0000000000", "ABXXXXXXXXXX")
    assert number_range("0123456789AX") == ("0123456789AX",) * 2
