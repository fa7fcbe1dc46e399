"""Secrets are made once, and nobody else reads them."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from kiosk.store.keys import SigningKeys


def test_a_webhook_secret_is_made_once_and_kept(folder: Path) -> None:
    secret = SigningKeys(folder / "keys").webhook_secret("sandbox")
    assert len(secret) == 32
    assert SigningKeys(folder / "keys").webhook_secret("sandbox") == secret
    assert SigningKeys(folder / "keys").webhook_secret("stripe") != secret


def test_only_its_owner_reads_a_secret(folder: Path) -> None:
    SigningKeys(folder / "keys").webhook_secret("sandbox")
    [file] = (folder / "keys").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_terminals_that_start_together_agree_on_a_secret(folder: Path) -> None:
    with ThreadPoolExecutor(8) as terminals:
        made = terminals.map(lambda _: SigningKeys(folder).webhook_secret("sandbox"), range(8))
        assert len(set(made)) == 1
