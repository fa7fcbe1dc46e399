"""Where the server is looked for, and what its version means."""

from pathlib import Path

import pytest

from ledger.binary import Version, find_binary, installed_path, read_version, require_version
from ledger.engine import LedgerError
from tests.ledger.fake_binaries import speaking, write_script


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A data folder on a machine without any server."""
    monkeypatch.delenv("KIOSK_TIGERBEETLE", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    return tmp_path / "ledger"


def test_the_variable_comes_before_the_folder_and_the_folder_before_the_path(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert find_binary(nowhere) is None
    on_path = write_script(tmp_path / "path" / "tigerbeetle", speaking("0.17.1"))
    assert find_binary(nowhere) == on_path
    assert find_binary() == on_path
    installed = write_script(installed_path(nowhere), speaking("0.17.2"))
    assert find_binary(nowhere) == installed
    assert find_binary() == on_path
    named = write_script(tmp_path / "elsewhere" / "tb", speaking("0.17.3"))
    monkeypatch.setenv("KIOSK_TIGERBEETLE", str(named))
    assert find_binary(nowhere) == named


def test_a_variable_that_names_nothing_to_run_is_an_error_and_not_passed_over(
    nowhere: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write_script(installed_path(nowhere), speaking("0.17.2"))
    for value in (tmp_path / "missing", tmp_path):
        monkeypatch.setenv("KIOSK_TIGERBEETLE", str(value))
        with pytest.raises(LedgerError, match="KIOSK_TIGERBEETLE is"):
            find_binary(nowhere)


@pytest.mark.parametrize("version", ["0.17.0", "0.17.9", "0.18.0", "1.0.0", "0.100.0"])
def test_a_server_of_the_clients_release_or_newer_will_do(tmp_path: Path, version: str) -> None:
    binary = write_script(tmp_path / "tigerbeetle", speaking(version))
    assert str(require_version(binary)) == version


@pytest.mark.parametrize("version", ["0.16.99", "0.9.20"])
def test_an_older_server_is_refused_with_both_versions_and_what_to_do(
    tmp_path: Path, version: str
) -> None:
    binary = write_script(tmp_path / "tigerbeetle", speaking(version))
    with pytest.raises(LedgerError, match=rf"{version}.*0\.17\.0.*kiosk ledger install"):
        require_version(binary)


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("#!/bin/sh\necho hello\n", "does not look like a TigerBeetle server"),
        ("#!/bin/sh\necho TigerBeetle version 0.17.0; exit 9\n", "ended with 9"),
        ("#!/does/not/exist\n", "cannot be run"),
    ],
)
def test_what_is_no_server_is_told(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(LedgerError, match=words):
        read_version(write_script(tmp_path / "tigerbeetle", script))


def test_a_server_that_does_not_answer_is_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.binary.VERSION_DEADLINE_SECONDS", 0.1)
    with pytest.raises(LedgerError, match="timed out"):
        read_version(write_script(tmp_path / "tigerbeetle", "#!/bin/sh\nexec sleep 60\n"))


def test_versions_are_ordered_by_number() -> None:
    assert Version(0, 9, 9) < Version(0, 17, 0) < Version(0, 17, 10) < Version(1, 0, 0)
