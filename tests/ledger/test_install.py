"""Installing the server from a web server of our own: whole and checked, or not at all."""

import resource
import socket
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from ledger.binary import Version, installed_path
from ledger.download import DownloadError
from ledger.engine import LedgerError
from ledger.install import (
    CHECKSUMS,
    RELEASES_URL_VARIABLE,
    InstallError,
    Release,
    checked_sha256,
    install,
    release_for_this_machine,
)
from tests.ledger.fake_binaries import speaking, write_script, zipped
from tests.ledger.release_server import Published, release_server

ASSET = "tigerbeetle-x86_64-linux.zip"
GOOD = zipped({"tigerbeetle": speaking("0.17.4")})
OLD_SCRIPT = speaking("0.17.0")


@pytest.fixture
def published(monkeypatch: pytest.MonkeyPatch) -> Iterator[Published]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with release_server() as published:
        monkeypatch.setenv(RELEASES_URL_VARIABLE, published.url)
        yield published


@pytest.fixture(params=["empty folder", "over an installed server"])
def folder(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder, without a server and with one."""
    folder = tmp_path / "home" / "ledger"
    if request.param != "empty folder":
        write_script(installed_path(folder), OLD_SCRIPT)
    return folder


def release_of(body: bytes) -> Release:
    return Release(ASSET, sha256(body).hexdigest())


def contents(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder.parent)): path.read_text() if path.is_file() else ""
        for path in folder.parent.rglob("*")
    }


def refused(folder: Path, release: Release, archive: Path | None = None) -> str:
    """Install, which must fail and leave everything as it was; what the error said."""
    before = contents(folder)
    with pytest.raises(LedgerError) as caught:
        install(folder, release, archive=archive)
    assert contents(folder) == before
    return str(caught.value)


def test_a_good_release_is_fetched_checked_tried_and_put_in_place(
    published: Published, folder: Path
) -> None:
    published.body = GOOD
    seen: list[tuple[int, int | None]] = []
    installed = install(
        folder, release_of(GOOD), progress=lambda done, length: seen.append((done, length))
    )
    assert (installed.path, installed.version) == (installed_path(folder), Version(0, 17, 4))
    assert installed.path.read_text() == speaking("0.17.4")
    assert [path.name for path in installed.path.parent.iterdir()] == ["tigerbeetle"]
    assert published.asked == [f"/0.17.0/{ASSET}"]
    assert seen[-1] == (len(GOOD), len(GOOD))


def test_a_release_in_a_file_needs_no_network(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path / "fetched.zip"
    archive.write_bytes(GOOD)
    assert install(folder, release_of(GOOD), archive=archive).version == Version(0, 17, 4)
    assert archive.read_bytes() == GOOD


def test_a_wrong_hash_is_refused_and_both_hashes_are_named(
    published: Published, folder: Path
) -> None:
    published.body = GOOD + b"tampered with"
    said = refused(folder, release_of(GOOD))
    assert sha256(published.body).hexdigest() in said
    assert sha256(GOOD).hexdigest() in said


def test_a_wrong_hash_of_a_file_is_refused(folder: Path, tmp_path: Path) -> None:
    archive = tmp_path.parent / f"{tmp_path.name}.zip"
    archive.write_bytes(GOOD + b"tampered with")
    assert "SHA-256" in refused(folder, release_of(GOOD), archive)


def test_a_download_that_breaks_off_is_refused(published: Published, folder: Path) -> None:
    published.body, published.claimed_length = GOOD[:-10], len(GOOD)
    said = refused(folder, release_of(GOOD))
    assert f"broke off after {len(GOOD) - 10:,} of {len(GOOD):,} bytes" in said


def test_what_is_not_a_zip_is_refused(published: Published, folder: Path) -> None:
    published.body = b"<html>sign in to the hotel's network</html>"
    assert "not a sound zip archive" in refused(folder, release_of(published.body))


def test_a_zip_with_damaged_content_is_refused(published: Published, folder: Path) -> None:
    damaged = bytearray(GOOD)
    damaged[45] ^= 0xFF
    published.body = bytes(damaged)
    assert "not a sound zip archive" in refused(folder, release_of(published.body))


@pytest.mark.parametrize("name", ["../tigerbeetle", "a/../../b", "/etc/passwd", "..\\x"])
def test_a_zip_with_a_path_outside_is_refused(
    published: Published, folder: Path, name: str
) -> None:
    published.body = zipped({"tigerbeetle": speaking("0.17.4"), name: "x"})
    assert "leads outside" in refused(folder, release_of(published.body))


def test_a_zip_without_the_server_is_refused(published: Published, folder: Path) -> None:
    published.body = zipped({"README": "x", "nested/tigerbeetle": speaking("0.17.4")})
    assert "contains no 'tigerbeetle'" in refused(folder, release_of(published.body))


def test_a_server_that_does_not_run_is_refused(published: Published, folder: Path) -> None:
    published.body = zipped({"tigerbeetle": b"\x7fELF for another machine"})
    assert "cannot be run" in refused(folder, release_of(published.body))


def test_a_server_that_is_too_old_is_refused(published: Published, folder: Path) -> None:
    published.body = zipped({"tigerbeetle": speaking("0.16.78")})
    said = refused(folder, release_of(published.body))
    assert "0.16.78" in said
    assert "0.17.0" in said


def test_an_answer_of_404_is_told(published: Published, folder: Path) -> None:
    published.status = 404
    assert "answers 404" in refused(folder, release_of(GOOD))


def test_no_network_is_told_with_the_way_out(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        # Bound and never listening: connections are refused, and nobody else gets the port.
        monkeypatch.setenv(RELEASES_URL_VARIABLE, f"http://127.0.0.1:{bound.getsockname()[1]}")
        said = refused(folder, release_of(GOOD))
    assert "cannot be reached" in said
    assert "--from FILE" in said


def test_more_than_any_release_has_is_not_fetched(published: Published, folder: Path) -> None:
    published.claimed_length = 10**12
    published.body = b"x"
    assert "larger than" in refused(folder, release_of(GOOD))


def test_only_web_addresses_are_fetched(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setenv(RELEASES_URL_VARIABLE, "file:///etc")
    with pytest.raises(DownloadError, match="no web address"):
        install(folder, release_of(GOOD))


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path, published: Published) -> None:
    published.body = GOOD
    (tmp_path / "ledger").write_text("a file where the folder should be")
    with pytest.raises(InstallError, match="could not be installed"):
        install(tmp_path / "ledger", release_of(GOOD))


def test_a_full_disk_is_told(published: Published, folder: Path) -> None:
    published.body = GOOD
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
    try:
        said = refused(folder, release_of(GOOD))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "could not be installed" in said


def test_a_missing_file_is_told(folder: Path, tmp_path: Path) -> None:
    assert "nowhere.zip" in refused(folder, release_of(GOOD), tmp_path / "nowhere.zip")


def test_hexadecimal_digits_may_be_of_either_case() -> None:
    digest = sha256(GOOD).hexdigest()
    assert checked_sha256(digest.upper()) == digest


@pytest.mark.parametrize("text", ["", "abc", "g" * 64, "0" * 63, "0" * 65, " " + "0" * 63])
def test_what_is_no_hash_is_refused(text: str) -> None:
    with pytest.raises(InstallError, match="64 hexadecimal digits"):
        checked_sha256(text)


@pytest.mark.parametrize(
    ("machine", "asset"),
    [
        (("Linux", "x86_64"), "tigerbeetle-x86_64-linux.zip"),
        (("Linux", "aarch64"), "tigerbeetle-aarch64-linux.zip"),
        (("Darwin", "arm64"), "tigerbeetle-universal-macos.zip"),
    ],
)
def test_each_machine_has_its_release_and_an_unknown_checksum_must_be_stated(
    monkeypatch: pytest.MonkeyPatch, machine: tuple[str, str], asset: str
) -> None:
    monkeypatch.setattr("platform.system", lambda: machine[0])
    monkeypatch.setattr("platform.machine", lambda: machine[1])
    assert release_for_this_machine("A" * 64) == Release(asset, "a" * 64)
    if asset in CHECKSUMS:
        assert release_for_this_machine().sha256.startswith("32f93835")
    else:
        with pytest.raises(InstallError, match="--sha256 HEX"):
            release_for_this_machine()


def test_a_machine_without_a_release_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.system", lambda: "Plan9")
    with pytest.raises(InstallError, match="no release for Plan9"):
        release_for_this_machine("a" * 64)
