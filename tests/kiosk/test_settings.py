"""Settings come from the command line, then the environment, then what suits everybody."""

from pathlib import Path

import pytest

from kiosk.settings import Arguments, Settings, SettingsError
from ledger.settings import LedgerSettings

ENVIRONMENT = {
    "KIOSK_HOME": "/srv/kiosk",
    "KIOSK_EVENT": "/srv/event.toml",
    "KIOSK_LEDGER": "embedded",
    "KIOSK_DATABASE": "postgresql+psycopg://db/kiosk",
    "KIOSK_TERMINAL": "door-2",
}


def test_without_a_word_everything_has_a_default() -> None:
    settings = Settings.read({})
    assert settings.home.is_absolute()
    assert settings.terminal
    assert (settings.event_file, settings.ledger) == (None, "auto")
    assert (settings.database_url, settings.mode) == (None, "attendee")


def test_the_environment_says_what_differs() -> None:
    assert Settings.read(ENVIRONMENT) == Settings(
        home=Path("/srv/kiosk"),
        event_file=Path("/srv/event.toml"),
        ledger="embedded",
        database_url="postgresql+psycopg://db/kiosk",
        terminal="door-2",
    )


def test_the_command_line_comes_first() -> None:
    arguments = Arguments(
        home="/tmp/other",
        event="/tmp/event.toml",
        ledger="node",
        database="sqlite:///x",
        terminal="till 1",
        mode="door",
    )
    assert Settings.read(ENVIRONMENT, arguments) == Settings(
        home=Path("/tmp/other"),
        event_file=Path("/tmp/event.toml"),
        ledger="node",
        database_url="sqlite:///x",
        terminal="till 1",
        mode="door",
    )


def test_an_empty_variable_says_nothing() -> None:
    assert Settings.read(dict.fromkeys(ENVIRONMENT, "")) == Settings.read({})


def test_paths_may_be_relative_or_start_at_the_users_home(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    settings = Settings.read({"KIOSK_HOME": "~/data", "KIOSK_EVENT": "event.toml"})
    assert (settings.home, settings.event_file) == (tmp_path / "data", tmp_path / "event.toml")


def test_the_ledger_lives_in_a_folder_of_its_own() -> None:
    settings = Settings.read({"KIOSK_HOME": "/srv/kiosk"})
    assert settings.ledger_settings() == LedgerSettings("auto", Path("/srv/kiosk/ledger"))
    assert settings.log_file == Path("/srv/kiosk/kiosk.log")


@pytest.mark.parametrize("name", [" ", "a\nb", "\x1b[2J", "x" * 65])
def test_a_terminal_name_that_cannot_be_shown_is_refused(name: str) -> None:
    with pytest.raises(SettingsError, match="expected 1 to 64 printable characters"):
        Settings.read({"KIOSK_TERMINAL": name})
