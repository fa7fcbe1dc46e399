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


def test_a_door_waits_as_long_as_it_is_told() -> None:
    assert Settings.read({"KIOSK_DOOR_DEADLINE": "0.8"}).door_deadline_seconds == 0.8
    for bad in ("0", "-1", "61", "nan", "inf", "soon", "[/]"):
        with pytest.raises(SettingsError, match=r"KIOSK_DOOR_DEADLINE.*for example 1\.5"):
            Settings.read({"KIOSK_DOOR_DEADLINE": bad})


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("", None),
        ("none", ()),
        ("lp -d 'front desk'", ("lp", "-d", "front desk")),
    ],
)
def test_a_command_prints(text: str, command: tuple[str, ...] | None) -> None:
    assert Settings.read({"KIOSK_PRINT_COMMAND": text}).print_command == command


def test_a_print_command_that_is_none_says_what_was_expected() -> None:
    with pytest.raises(SettingsError, match=r"KIOSK_PRINT_COMMAND.*for example lp -d front-desk"):
        Settings.read({"KIOSK_PRINT_COMMAND": "lp -d 'front"})


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


def test_http_is_for_this_machine_until_somebody_says_otherwise() -> None:
    settings = Settings.read({})
    assert (settings.http_host, settings.http_port) == ("127.0.0.1", 0)
    assert settings.public_url is None
    settings = Settings.read(
        {
            "KIOSK_HTTP_HOST": "0.0.0.0",
            "KIOSK_HTTP_PORT": "8027",
            "KIOSK_PUBLIC_URL": "https://kiosk.example.org/one/",
        }
    )
    assert (settings.http_host, settings.http_port) == ("0.0.0.0", 8027)
    assert settings.public_url == "https://kiosk.example.org/one"


@pytest.mark.parametrize(
    "port", ["-1", "65536", "http", "\N{FULLWIDTH DIGIT EIGHT}", "80.0", " ", "9" * 5000]
)
def test_a_port_that_is_none_is_refused(port: str) -> None:
    with pytest.raises(SettingsError, match=r"KIOSK_HTTP_PORT.*from 0 to 65535"):
        Settings.read({"KIOSK_HTTP_PORT": port})


@pytest.mark.parametrize(
    "url",
    [
        "kiosk.example.org",
        "ftp://kiosk.example.org",
        "http://",
        "http://[::1",
        "http://kiosk:99999",
        "https://kiosk.example.org/?a=b",
        "https://kiosk.example.org/#a",
        "https://kiosk example.org",
        "https://kiosk.example.org/\n",
    ],
)
def test_an_address_that_no_phone_can_open_is_refused(url: str) -> None:
    with pytest.raises(SettingsError, match=r"KIOSK_PUBLIC_URL.*phones can open"):
        Settings.read({"KIOSK_PUBLIC_URL": url})
