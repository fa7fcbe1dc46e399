"""`kiosk` as people type it: what it prints, and how it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from hashlib import sha256
from pathlib import Path

import pytest

from kiosk.commands import ledger
from kiosk.settings import Settings
from ledger.node import accepts
from tests.ledger.fake_binaries import speaking, write_script, zipped
from tests.ledger.release_server import release_server

ROOT = Path(__file__).parents[2]
RELEASE = zipped({"tigerbeetle": speaking("0.17.4")})
CHECKSUM = sha256(RELEASE).hexdigest()

Environment = dict[str, str]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A data folder that does not keep its gigabyte."""
    home = tmp_path / "home"
    yield home
    shutil.rmtree(home, ignore_errors=True)


@pytest.fixture
def environment(home: Path) -> Environment:
    """What a terminal without a server finds."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KIOSK_")}
    return kept | {"KIOSK_HOME": str(home), "PYTHONPATH": str(ROOT), "no_proxy": "127.0.0.1"}


def without_server(environment: Environment) -> Environment:
    return environment | {"PATH": "/nowhere"}


def kiosk(environment: Environment, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "kiosk", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_whoever_has_read_enough_hears_no_complaint(environment: Environment) -> None:
    event = ROOT / "assets" / "events" / "demo.toml"
    with subprocess.Popen(
        [sys.executable, "-m", "kiosk", "event", "check", str(event)],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        assert running.stderr.read() == ""
    assert running.returncode == 141


def test_help_names_every_option_and_loads_no_screens_database_or_ledger(
    environment: Environment,
) -> None:
    script = (
        "import sys\n"
        "from kiosk.__main__ import main\n"
        "try: main(['--help'])\n"
        "except SystemExit as end: assert end.code == 0\n"
        "print(sorted({'textual', 'sqlmodel', 'tigerbeetle', 'asyncio'} & set(sys.modules)))\n"
    )
    answer = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, check=True
    )
    *said, loaded = answer.stdout.splitlines()
    assert loaded == "[]"
    for option in ("--home", "--event", "--ledger", "--mode", "--version", "ledger", "KIOSK_HOME"):
        assert any(option in line for line in said), option


def test_the_version_is_one_line(environment: Environment) -> None:
    answer = kiosk(environment, "--version")
    assert answer.returncode == 0
    assert re.fullmatch(r"kiosk \d+\.\d+\.\d+\n", answer.stdout)


@pytest.mark.parametrize(
    "words",
    [
        ("--mode", "kitchen"),
        ("--ledger", "postgresql://x"),
        ("ledger",),
        ("ledger", "install", "--sha256", "abc"),
        ("--frobnicate",),
    ],
)
def test_what_is_asked_wrongly_ends_with_2_and_touches_nothing(
    environment: Environment, home: Path, words: tuple[str, ...]
) -> None:
    answer = kiosk(environment, *words)
    assert answer.returncode == 2
    assert "error:" in answer.stderr
    assert not home.exists()


@pytest.mark.parametrize(
    ("variables", "words", "said"),
    [
        ({"KIOSK_LEDGER": "odd"}, ("ledger", "status"), "'odd' names no ledger"),
        ({"KIOSK_LEDGER": "embedded"}, ("ledger", "start"), "no server to start"),
        ({"KIOSK_TERMINAL": "\x1b[31m"}, ("ledger", "status"), "terminal's name"),
        ({"KIOSK_HOME": "/dev/null/home"}, ("ledger", "status"), "/dev/null/home"),
        (
            {"KIOSK_EVENT": "/none.toml"},
            (),
            "/none.toml:1: expected an event file, and there is no",
        ),
        ({"KIOSK_TIGERBEETLE": "/none"}, ("ledger", "start"), "KIOSK_TIGERBEETLE is '/none'"),
        ({"PATH": "/nowhere"}, ("ledger", "start"), "kiosk ledger install"),
        ({}, ("ledger", "install", "--from", "/none.zip"), "/none.zip"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line_without_a_traceback(
    environment: Environment, variables: Environment, words: tuple[str, ...], said: str
) -> None:
    answer = kiosk(environment | variables, *words)
    assert answer.returncode == 1
    assert len(answer.stderr.splitlines()) == 1
    assert answer.stderr.startswith("kiosk: ")
    assert said in answer.stderr


def test_an_error_is_in_the_log_with_where_it_came_from(
    environment: Environment, home: Path
) -> None:
    kiosk(without_server(environment), "ledger", "start")
    assert "Traceback" in (home / "kiosk.log").read_text()


def test_a_server_is_installed_from_the_network_and_found_from_then_on(
    environment: Environment, home: Path
) -> None:
    environment = without_server(environment)
    assert "none found" in kiosk(environment, "ledger", "status").stdout
    with release_server() as published:
        published.body = RELEASE
        mirror = environment | {"KIOSK_TIGERBEETLE_RELEASES": published.url}
        answer = kiosk(mirror, "ledger", "install", "--sha256", CHECKSUM.upper())
    server = home / "ledger" / "bin" / "tigerbeetle"
    assert answer.stdout == f"Installed TigerBeetle 0.17.4 as {server}\n"
    assert answer.stderr == ""
    said = kiosk(environment, "ledger", "status").stdout
    assert f"TigerBeetle 0.17.4, {server}" in said
    assert "TigerBeetle node" in said


def test_progress_is_shown_on_a_terminal(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with release_server() as published:
        published.body = RELEASE
        monkeypatch.setenv("KIOSK_TIGERBEETLE_RELEASES", published.url)
        ledger.install(Settings(home), archive=None, sha256=CHECKSUM)
    assert re.fullmatch(r"\rFetching the server: 0\.0 of 0\.0 MB\n", capsys.readouterr().err)


def test_a_server_is_installed_from_a_file_and_one_named_elsewhere_is_pointed_out(
    environment: Environment, tmp_path: Path
) -> None:
    archive = tmp_path / "release.zip"
    archive.write_bytes(RELEASE)
    other = write_script(tmp_path / "other", speaking("0.17.5"))
    answer = kiosk(
        environment | {"KIOSK_TIGERBEETLE": str(other)},
        *("ledger", "install", "--from", str(archive), "--sha256", CHECKSUM),
    )
    assert answer.returncode == 0
    assert f"so {other} is used instead" in answer.stdout


def test_a_release_that_is_not_what_was_expected_ends_with_1(
    environment: Environment, tmp_path: Path, home: Path
) -> None:
    archive = tmp_path / "release.zip"
    archive.write_bytes(RELEASE)
    answer = kiosk(environment, "ledger", "install", "--from", str(archive), "--sha256", "0" * 64)
    assert answer.returncode == 1
    assert CHECKSUM in answer.stderr
    assert not (home / "ledger").exists()


MakeStart = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def start(environment: Environment) -> Iterator[MakeStart]:
    """Runs `kiosk ledger start`, and ends what still runs."""
    with ExitStack() as stack:

        def make() -> subprocess.Popen[str]:
            made = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "kiosk", "ledger", "start"],
                    env=environment,
                    stdout=subprocess.PIPE,
                    text=True,
                )
            )
            stack.callback(made.kill)
            return made

        yield make


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


@pytest.mark.server
def test_a_server_in_the_foreground_says_where_it_listens_and_stops_when_told(
    start: MakeStart, environment: Environment, home: Path
) -> None:
    first = start()
    line = first_line(first)
    assert line.endswith(f"run by process {first.pid}")
    address = line.partition(" listens at ")[2].partition(",")[0]
    assert accepts(address)
    second = start()
    assert first_line(second) == line
    assert (
        f"Running      {address}, production mode" in kiosk(environment, "ledger", "status").stdout
    )
    assert (home / "kiosk.log").exists()
    second.send_signal(signal.SIGTERM)
    assert second.wait() == 0
    assert accepts(address)
    first.send_signal(signal.SIGTERM)
    assert first.wait() == 0
    assert not accepts(address)
    assert "Running      no" in kiosk(environment, "ledger", "status").stdout
