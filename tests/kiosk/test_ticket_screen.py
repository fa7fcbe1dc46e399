"""Your tickets: one card after the other, and saved for the way home."""

import re
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from kiosk.screens.pay import PayScreen
from kiosk.screens.ticket import TicketScreen
from kiosk.screens.you import YouScreen
from kiosk.services.ticket_files import CannotSave, TicketFiles, TicketPicture, file_part
from kiosk.services.ticket_pictures import draw, not_drawn
from tests.kiosk.attendee import hand_over_cash, tell, to_choose
from tests.kiosk.fake_events import CODE, NUMBER, an_event, code_of, number_of
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import (
    EACH_HOSTILE,
    Play,
    decoded,
    picture_of,
    playing,
    sentence_of,
    text_of,
    until,
    until_screen,
    until_text,
)


async def to_three_tickets(pilot: Play, name: str = "Ada Lovelace") -> None:
    """Two for the event and one for the workshop."""
    await to_choose(pilot)
    await pilot.press("down", "right", "right", "down", "right", "enter")
    await until_screen(pilot, YouScreen)
    await tell(pilot, name)
    await until_screen(pilot, PayScreen)
    await hand_over_cash(pilot)
    await until_screen(pilot, TicketScreen)


def a_picture(**changes: str) -> TicketPicture:
    """A ticket to save, with whatever is changed."""
    parts = {"event": "GopherFest", "title": "Party", "holder": "Ada Lovelace", **changes}
    return TicketPicture(
        details=("Fri 12 Mar", "hall 3"), number_label="Number:", number=NUMBER, code=CODE, **parts
    )


def pages_of(pdf: Path) -> list[Image.Image]:
    """The pictures that are the pages of a PDF."""
    found = re.findall(rb"stream\r?\n(\xff\xd8.*?)endstream", pdf.read_bytes(), re.DOTALL)
    return [Image.open(BytesIO(page)) for page in found]


async def test_each_ticket_has_its_own_card_and_code() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_three_tickets(pilot)
        assert "← 1 of 3 →" in text_of(pilot)
        assert "General Admission · Regular" in sentence_of(pilot)
        for at, title in ((1, "General Admission"), (2, "Workshop: Profiling Go")):
            await pilot.press("right")
            await until_text(pilot, f"← {at + 1} of 3 →")
            assert decoded(picture_of(pilot)) == [code_of(at)]
            assert number_of(at) in text_of(pilot)
            assert title in sentence_of(pilot)
        await pilot.press("right")
        await until_text(pilot, "← 1 of 3 →")
        await pilot.press("left")
        await until_text(pilot, "← 3 of 3 →")


async def test_a_goodie_that_was_granted_is_on_the_card_and_no_other() -> None:
    async with playing(Fakes().services) as (_, pilot):
        await to_three_tickets(pilot)
        assert "At the desk: T-shirt" in text_of(pilot)
    async with playing(Fakes(an_event(goodies=())).services) as (_, pilot):
        await to_three_tickets(pilot)
        assert "At the desk" not in text_of(pilot)


@pytest.mark.parametrize("name", EACH_HOSTILE)
async def test_tickets_are_saved_to_look_at_and_to_print_whatever_the_holder_is_called(
    name: str, tmp_path: Path
) -> None:
    folder = tmp_path / "stick" / "tickets"
    async with playing(Fakes(tickets_folder=folder).services) as (_, pilot):
        await to_three_tickets(pilot, name)
        await pilot.press("s")
        await until_text(pilot, "✔ Saved")
        pictures = sorted(folder.glob("*.png"))
        saved = [code for path in pictures for code in decoded(Image.open(path))]
        assert sorted(saved) == sorted(map(code_of, range(3)))
        [pdf] = folder.glob("*.pdf")
        assert [decoded(page) for page in pages_of(pdf)] == [[code_of(at)] for at in range(3)]
        assert len([*folder.iterdir()]) == 4
        assert all(re.fullmatch(r"[\w-]+\.(png|pdf)", path.name) for path in folder.iterdir())
        assert [*tmp_path.iterdir()] == [tmp_path / "stick"]


async def test_saving_twice_leaves_the_same_files_and_the_mouse_saves_too(tmp_path: Path) -> None:
    async with playing(Fakes(tickets_folder=tmp_path).services) as (app, pilot):
        await to_three_tickets(pilot)
        await pilot.click(".save")
        await until_text(pilot, "✔ Saved")
        before = sorted(tmp_path.iterdir())
        await pilot.press("s", "s")
        await until(pilot, lambda: "save" not in {worker.group for worker in app.workers})
        assert sorted(tmp_path.iterdir()) == before
        assert {path.stat().st_mode & 0o777 for path in before} == {0o600}


async def test_a_place_that_cannot_be_written_is_said_and_the_tickets_stay(tmp_path: Path) -> None:
    (tmp_path / "stick").write_text("not a folder")
    fakes = Fakes(tickets_folder=tmp_path / "stick" / "tickets")
    async with playing(fakes.services) as (app, pilot):
        await to_three_tickets(pilot)
        await pilot.press("s")
        await until_text(pilot, "Not saved: Not a directory")
        assert isinstance(app.screen, TicketScreen)
        assert not app.screen.busy


async def test_a_file_that_breaks_off_leaves_nothing_half_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", no_space)
    with pytest.raises(CannotSave, match="No space left"):
        async for _ in TicketFiles(tmp_path).save("1-tickets", [a_picture()]):
            pass
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize("text", EACH_HOSTILE)
def test_a_picture_is_drawn_whatever_is_written_on_it(text: str) -> None:
    assert decoded(draw(a_picture(event=text, title=text, holder=text))) == [CODE]


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("Ada Łukasz", ""),
        ("Ἀθηνᾶ Ждан", ""),
        ("עדה לאבלייס", ""),
        ("محمد", ""),
        ("สวัสดี", ""),
        ("Ada 漢字 漢", "漢字"),
        ("👩 Ada", "👩"),
    ],
)
def test_what_cannot_be_written_is_told(name: str, missing: str) -> None:
    assert not_drawn([a_picture(holder=name), a_picture(holder=name)]) == missing


async def test_who_saves_hears_what_is_not_on_the_picture(tmp_path: Path) -> None:
    async with playing(Fakes(tickets_folder=tmp_path).services) as (_, pilot):
        await to_three_tickets(pilot, "Ada 漢字")
        await pilot.press("s")
        await until_text(pilot, "✔ Saved, without: 漢字")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("Ada Lovelace", "Ada-Lovelace"),
        ("../../etc/passwd", "etc-passwd"),
        ("Zoë\x00/..", "Zoe"),
        ("-rf *", "rf"),
        ("日本", ""),
        ("A" * 200, "A" * 40),
    ],
)
def test_what_people_typed_is_plain_in_a_file_name(text: str, part: str) -> None:
    assert file_part(text) == part
