"""`kiosk staff`, `kiosk terminal` and `kiosk audit`: what they say, and what they change."""

import csv
import io
import logging
import re
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from kiosk.__main__ import main
from kiosk.commands.audit import COLUMNS
from kiosk.domain.staff_codes import read_badge
from kiosk.settings import DEMO_EVENT
from tests.kiosk.playing import HOSTILE

Said = pytest.CaptureFixture[str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A data folder with an embedded ledger; its log ends with the test."""
    home = tmp_path / "home"
    monkeypatch.setenv("KIOSK_HOME", str(home))
    monkeypatch.setenv("KIOSK_LEDGER", "embedded")
    before = list(logging.root.handlers)
    yield home
    for handler in set(logging.root.handlers) - set(before):
        handler.close()
    logging.root.handlers[:] = before


@pytest.fixture
def opened(home: Path, capsys: Said) -> Path:
    """A data folder whose demo event was opened before."""
    assert main(["event", "load", str(DEMO_EVENT)]) == 0
    capsys.readouterr()
    return home


def said(capsys: Said, *words: str, status: int = 0) -> str:
    """What a command prints, wherever."""
    assert main(words) == status
    printed = capsys.readouterr()
    return printed.out + printed.err


def test_a_badge_is_shown_and_saved_as_a_file_that_is_its_owners_alone(
    opened: Path, tmp_path: Path, capsys: Said
) -> None:
    file = tmp_path / "robin.png"
    shown = said(capsys, "staff", "badge", "Robin")
    assert "▀" in shown
    assert "\x1b" not in shown, "not a terminal: no colours"
    said(capsys, "staff", "badge", "Robin", "--save", str(file))

    [code] = zxingcpp.read_barcodes(Image.open(file))
    assert read_badge(code.text)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    again = said(capsys, "staff", "badge", "Robin", "--save", str(file), status=1)
    assert "robin.png" in again, "a file that is there stays"


def test_a_badge_is_made_void(opened: Path, capsys: Said) -> None:
    assert said(capsys, "staff", "void", "Robin") == "Robin has no badge\n"
    said(capsys, "staff", "badge", "Robin")
    assert said(capsys, "staff", "void", "Robin") == "Robin's badges are void\n"


@pytest.mark.parametrize("name", ["Nobody", *HOSTILE.values()])
def test_who_does_not_work_here_gets_no_badge(opened: Path, name: str, capsys: Said) -> None:
    assert "expected one of: Robin, Kim, Sasha, Noor" in said(
        capsys, "staff", "badge", "--", name, status=1
    )


def test_badges_need_the_event_to_be_opened_first(home: Path, capsys: Said) -> None:
    assert "`kiosk event load` opens it" in said(capsys, "staff", "badge", "Robin", status=1)


def test_a_terminal_is_invited_listed_and_sent_out(home: Path, capsys: Said) -> None:
    assert re.match(r"[0-9A-X]{4}-[0-9A-X]{4}  lets door 2 in", invite(capsys, "door 2"))
    assert re.match(r"door 2  not let in yet, a code is good until \d\d:\d\d\n", listed(capsys))

    said(capsys, "terminal", "revoke", "door 2")
    said(capsys, "staff", "unlock", "door 2")

    assert listed(capsys) == "door 2  not let in yet\n"


def invite(capsys: Said, name: str) -> str:
    return said(capsys, "terminal", "invite", name)


def listed(capsys: Said) -> str:
    return said(capsys, "terminal", "list")


def test_search_is_switched_off_and_on(home: Path, capsys: Said) -> None:
    invite(capsys, "door-2")
    assert "may not find" in said(capsys, "terminal", "search", "door-2", "off")
    assert "may find" in said(capsys, "terminal", "search", "door-2", "on")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("terminal", "invite", ""), "expected 1 to 64 printable"),
        (("terminal", "revoke", "[/]"), "no terminal called '[/]'"),
        (("terminal", "search", "nowhere", "on"), "no terminal called 'nowhere'"),
        (("staff", "unlock", "nowhere"), "no terminal called 'nowhere'"),
        (("audit", "--since", "yesterday"), "expected a day as 2027-03-12"),
    ],
)
def test_what_cannot_be_done_says_what_was_expected(
    home: Path, words: tuple[str, ...], complaint: str, capsys: Said
) -> None:
    assert complaint in said(capsys, *words, status=1)


def test_all_of_it_is_on_record(opened: Path, capsys: Said) -> None:
    invite(capsys, "=1+1")
    said(capsys, "staff", "badge", "Robin")

    opening, *lines = said(capsys, "audit").splitlines()
    assert "capacity_changed" in opening
    assert "general-regular +50" in opening
    assert [line.split("  ")[1:4] for line in lines] == [
        ["command line", "terminal_invited", "=1+1"],
        ["command line", "badge_issued", "Robin"],
    ]
    assert said(capsys, "audit", "--since", "2999-01-01T10:00") == ""
    table = list(csv.reader(io.StringIO(said(capsys, "audit", "--csv", "--since", "2020-01-01"))))
    assert tuple(table[0]) == COLUMNS
    assert table[2][-1] == "'=1+1", "a spreadsheet calculates nothing"
    assert len(table) == 4


def elsewhere(folder: Path, key: str, zone: str) -> Path:
    """The demo event as if it were somewhere else."""
    text = DEMO_EVENT.read_text().replace("America/Chicago", zone)
    for conduct in DEMO_EVENT.parent.glob("demo.conduct.*.md"):
        (folder / conduct.name).write_text(conduct.read_text())
    file = folder / f"{key}.toml"
    file.write_text(text.replace('key = "demo"', f'key = "{key}"'))
    return file


def test_times_are_those_where_the_event_is_and_name_their_zone(
    home: Path, tmp_path: Path, capsys: Said
) -> None:
    tokyo = elsewhere(tmp_path, "tokyo", "Asia/Tokyo")
    assert said(capsys, "audit") == ""
    assert "Tokyo" not in said(capsys, "event", "load", str(tokyo))

    [line] = said(capsys, "audit").splitlines()
    assert re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d JST  command line  ", line)
    [line] = said(capsys, "--event", str(DEMO_EVENT), "audit").splitlines()
    assert re.search(r" C[SD]T  command line", line)
    # Of two places, neither is where all of it happened.
    said(capsys, "event", "load", str(elsewhere(tmp_path, "lima", "America/Lima")))
    lines = said(capsys, "audit", "--since", "2020-01-01").splitlines()
    assert [" UTC  " in line for line in lines] == [True, True]
