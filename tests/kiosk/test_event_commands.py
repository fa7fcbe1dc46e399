"""`kiosk event`: what it says of a file, and what it changes."""

from collections.abc import Callable
from pathlib import Path

import pytest

from kiosk.__main__ import main
from kiosk.settings import DEMO_EVENT

WriteEvent = Callable[..., Path]
FILE = """\
[event]
key = "club"
name = "Club"
currency = "EUR"
timezone = "Europe/Madrid"
[conduct]
en = "en.md"
[[slots]]
key = "general"
name = "General"
price = 1
capacity = {capacity}
[[staff]]
name = "Noor"
role = "organiser"
pin_hash = "$argon2id$v=19$m=64,t=1,p=1$AAAA$AAAA"
"""


@pytest.fixture
def write(tmp_path: Path) -> WriteEvent:
    """Writes an event file."""

    def write(capacity: object = 10) -> Path:
        (tmp_path / "en.md").write_text("# Conduct")
        file = tmp_path / "event.toml"
        file.write_text(FILE.format(capacity=capacity))
        return file

    return write


@pytest.fixture
def home(tmp_path: Path, log_ends: None, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an embedded ledger."""
    home = tmp_path / "home"
    monkeypatch.setenv("KIOSK_HOME", str(home))
    monkeypatch.setenv("KIOSK_LEDGER", "embedded")
    return home


def test_a_good_file_can_be_opened_and_nothing_is_created(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["event", "check", str(DEMO_EVENT)]) == 0
    assert capsys.readouterr().out == f"{DEMO_EVENT}: Gopher Night can be opened, no warnings\n"
    assert not home.exists()


def test_every_fault_is_a_line_of_its_own(
    home: Path, write: WriteEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write("-1\npool = 'hall'")
    assert main(["event", "check", str(file)]) == 1
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        f"{file}:12: slots[1].capacity: expected a whole number from 0 to 10000000",
        f"{file}:13: slots[1].pool: expected the key of a pool of this file, not hall: none",
        f"{file}: 2 faults",
    ]


def test_a_warning_does_not_keep_a_file_from_being_used(
    home: Path, write: WriteEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    file = write(0)
    assert main(["event", "check", str(file)]) == 0
    warning, verdict = capsys.readouterr().out.splitlines()
    assert warning.startswith(f"{file}:12: warning: slots[1].capacity: everybody sees general")
    assert verdict == f"{file}: Club can be opened, 1 warning"


def test_loading_creates_an_event_and_changes_it(
    home: Path, write: WriteEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    for capacity in (10, 25, 5):
        assert main(["event", "load", str(write(capacity))]) == 0
        line = capsys.readouterr().out.splitlines()[-1]
        assert line.split() == f"general slot {capacity} in all {capacity} left 0 on hold".split()


def test_what_cannot_be_changed_is_refused_in_words(
    home: Path, write: WriteEvent, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["event", "load", str(write())]) == 0
    other = write()
    other.write_text(other.read_text().replace("EUR", "USD"))

    assert main(["event", "load", str(other)]) == 1

    assert capsys.readouterr().err == "kiosk: club: its currency is EUR for ever, not USD\n"


def test_a_file_with_faults_is_not_loaded(home: Path, write: WriteEvent) -> None:
    assert main(["event", "load", str(write(-1))]) == 1
    assert [file.name for file in home.iterdir()] in ([], ["kiosk.log"])
