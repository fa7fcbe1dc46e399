"""What the door says about each reason: why, and what would make it right."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from kiosk.domain.admission import Reason, Verdict
from kiosk.domain.events import EntryPolicy, Window
from kiosk.screens.verdicts import SYMBOLS, DoorWords
from kiosk.words import LANGUAGES, Words
from tests.kiosk.factories import NOW, a_slot, an_event

EVENT = an_event(a_slot(), a_slot("party", name="Party", category="", place="Roof terrace"))
DAILY = EntryPolicy.DAILY
EARLIER = NOW - timedelta(hours=1)
HOSTILE = "[@click=app.quit]x[/] {place} 🎟 \u202e"


def words(language: str = "en") -> DoorWords:
    return DoorWords(Words(language, ZoneInfo(EVENT.timezone)), EVENT, NOW)


@pytest.mark.parametrize(
    ("verdict", "sentence"),
    [
        (Verdict(Reason.ADMITTED, entry=1), "first entry"),
        (Verdict(Reason.ADMITTED, entry=3), "entry 3"),
        (Verdict(Reason.LEFT), "out again"),
        (Verdict(Reason.ALREADY_IN, at=EARLIER, terminal="South"), "since 05:00, South"),
        (
            Verdict(Reason.ALREADY_IN, at=EARLIER, policy=EntryPolicy.FREE),
            "since 05:00; once scanned out, it admits again",
        ),
        (Verdict(Reason.NOT_INSIDE), "this ticket let nobody in"),
        (Verdict(Reason.NOT_INSIDE, at=EARLIER, terminal="South"), "left 05:00, South"),
        (Verdict(Reason.NO_RETURN, at=EARLIER), "left 05:00; it admits only once"),
        (Verdict(Reason.NO_RETURN, policy=DAILY), "it admits again tomorrow"),
        (
            Verdict(Reason.NO_RETURN, policy=DAILY, valid=Window(ends=NOW + timedelta(hours=9))),
            "it admits only once",
        ),
        (
            Verdict(Reason.NO_RETURN, policy=DAILY, valid=Window(ends=NOW + timedelta(days=2))),
            "it admits again tomorrow",
        ),
        (Verdict(Reason.HALL_FULL, hall="Dome"), "Dome takes nobody until somebody leaves"),
        (
            Verdict(Reason.WRONG_SLOT, slot_key="party"),
            "good, but for another door: Party, Roof terrace",
        ),
        (Verdict(Reason.WRONG_SLOT), "good, but for another door"),
        (Verdict(Reason.REVOKED), "it was taken back: the desk can tell why"),
        (Verdict(Reason.UNDONE, at=EARLIER), "the admission of 05:00 is taken back"),
        (Verdict(Reason.UNDONE), "that admission is taken back"),
        (Verdict(Reason.NOTHING_TO_UNDO), "no admission of this ticket stands"),
    ],
)
def test_a_verdict_says_why_and_what_would_make_it_right(verdict: Verdict, sentence: str) -> None:
    assert words().because(verdict) == sentence


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_headline_a_sentence_and_a_symbol(language: str, reason: Reason) -> None:
    verdict = Verdict(reason, hall=HOSTILE, terminal=HOSTILE, at=EARLIER, slot_key="party")
    face = words(language).face(verdict)
    assert face.symbol == SYMBOLS[reason.colour]
    assert face.headline
    assert all(face.lines)


def test_what_people_named_is_said_as_they_named_it() -> None:
    said = words().because(Verdict(Reason.ALREADY_IN, at=EARLIER, terminal=HOSTILE))
    assert said == f"since 05:00, {HOSTILE}"
    assert HOSTILE in words().because(Verdict(Reason.HALL_FULL, hall=HOSTILE))
