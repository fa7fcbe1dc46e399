"""The scripts run our code on the locked packages, wherever and by whomever they are started."""

import os
import shutil
import signal
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


def test_a_start_leaves_the_next_one_compiled_modules(
    environment: dict[str, str], tmp_path: Path
) -> None:
    compiled = tmp_path / "compiled"
    environment |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPYCACHEPREFIX": str(compiled)}
    assert "Data folder" in ledger_status(environment, tmp_path)
    assert list(compiled.rglob("__main__.*.pyc"))


def test_a_relative_path_of_the_environment_is_one_from_here(
    environment: dict[str, str], tmp_path: Path
) -> None:
    assert "Data folder" in ledger_status(environment | {"KIOSK_VENV": "venv"}, tmp_path)


class FirstStarts:
    """Starts of a kiosk that has no environment yet, with a Python that waits when it installs."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._gate = folder / "gate"
        os.mkfifo(self._gate)
        self._done = folder / "done"
        self._done.touch()
        self._python = folder / "python3"
        self._python.write_text(
            f"""#!/bin/sh
case "$*" in
    "-m venv "*) echo venv >>"{self._done}"; mkdir -p "$3/bin"; cp "$0" "$3/bin/python" ;;
    "-m pip install "*) echo installing; read -r _ <"{self._gate}"; echo install >>"{self._done}" ;;
    "-m pip "*) ;;
    *) exec "{sys.executable}" "$@" ;;
esac
"""
        )
        self._python.chmod(0o755)

    def start(self) -> "subprocess.Popen[str]":
        """One more; what it says on its way is on its standard error."""
        own = {"KIOSK_VENV": str(self._folder / "new" / "venv"), "KIOSK_PYTHON": str(self._python)}
        return subprocess.Popen(
            [ROOT / "scripts" / "kiosk", "--version"],
            env=os.environ | own,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def let_install(self) -> None:
        """Let the one that is installing go on."""
        self._gate.write_text("go on\n")

    def done(self) -> list[str]:
        """What was done to the environment."""
        return self._done.read_text().split()


def until_it_says(kiosk: "subprocess.Popen[str]", words: str) -> None:
    """Wait until it says so."""
    assert kiosk.stderr is not None
    assert any(words in line for line in kiosk.stderr)


def test_of_two_first_starts_at_once_one_installs(tmp_path: Path) -> None:
    starts = FirstStarts(tmp_path)
    with starts.start() as first:
        until_it_says(first, "installing")
        with starts.start() as second:
            until_it_says(second, "waiting for it")
            starts.let_install()
            assert (first.wait(), second.wait()) == (0, 0)
    assert starts.done() == ["venv", "install"]


def test_an_installation_that_was_killed_is_taken_up_again(tmp_path: Path) -> None:
    starts = FirstStarts(tmp_path)
    with starts.start() as killed:
        until_it_says(killed, "installing")
        os.killpg(killed.pid, signal.SIGKILL)
    with starts.start() as second:
        until_it_says(second, "installing")
        starts.let_install()
        assert second.wait() == 0
    assert starts.done() == ["venv", "install"]


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


@pytest.mark.parametrize("lock", ["requirements.txt", "scripts/requirements-ethereum.txt"])
def test_the_locks_agree_and_name_no_index(lock: str) -> None:
    locked, developing = (
        {line.split()[0] for line in (ROOT / name).read_text().splitlines() if "==" in line}
        for name in (lock, "scripts/requirements-dev.txt")
    )
    assert locked <= developing
    assert "://" not in (ROOT / lock).read_text()
