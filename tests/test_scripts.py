"""The scripts run our code on the locked packages, wherever and by whomever they are started."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """A virtual environment that is this one, with the lock it was made from."""
    venv = tmp_path / "venv"
    python = venv / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
    python.chmod(0o755)
    shutil.copy(ROOT / "requirements.txt", venv)
    return {**os.environ, "KIOSK_VENV": str(venv), "KIOSK_HOME": str(tmp_path / "home")}


@pytest.fixture
def impostors(tmp_path: Path) -> Path:
    """A folder with modules called as ours are, and as those are that we use."""
    folder = tmp_path / "impostors"
    for name in ("kiosk", "ledger", "tigerbeetle", "platformdirs", "signal"):
        (folder / name).mkdir(parents=True)
        (folder / name / "__init__.py").write_text("raise SystemExit(f'{__name__}: not ours')")
    return folder


def test_modules_in_the_current_folder_are_not_taken_for_ours(
    environment: dict[str, str], impostors: Path
) -> None:
    assert "Data folder" in ledger_status(environment, impostors)


def test_modules_on_the_users_python_path_are_not_taken_for_ours(
    environment: dict[str, str], impostors: Path, tmp_path: Path
) -> None:
    environment |= {"PYTHONPATH": str(impostors), "PYTHONHOME": str(impostors)}
    assert "Data folder" in ledger_status(environment, tmp_path)


def ledger_status(environment: dict[str, str], folder: Path) -> str:
    """What `scripts/kiosk ledger status` prints when it is run in `folder`."""
    answer = subprocess.run(
        [ROOT / "scripts" / "kiosk", "ledger", "status"],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return answer.stdout + answer.stderr
