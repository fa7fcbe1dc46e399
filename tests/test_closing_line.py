"""The last line of a test run names what ran and what was missing."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pytest

from tests import conftest
from tests.conftest import WANTS, closing_line
from tests.resources import Resource

ROOT = Path(__file__).parents[1]
ONE_TEST = "tests/ledger/test_contract_chains.py::test_two_chains_in_a_row_are_two"


def report(outcome: Literal["passed", "failed", "skipped"], *wanted: str) -> pytest.TestReport:
    """What pytest says of a test that wants these."""
    return pytest.TestReport(
        nodeid="test",
        location=("test.py", 1, "test"),
        keywords={},
        outcome=outcome,
        longrepr=None,
        when="call",
        user_properties=[(WANTS, each) for each in wanted],
    )


@pytest.fixture(params=["1.2.3", None], ids=["found", "missing"])
def version(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str | None:
    """Of the only resource that tests of this run want."""
    found: str | None = request.param
    resource = Resource("server", "Thing", lambda: found, "buy one")
    monkeypatch.setattr(conftest, "RESOURCES", (resource,))
    return found


def test_it_names_what_ran_and_what_was_missing(version: str | None) -> None:
    outcome: Literal["passed", "skipped"] = "passed" if version else "skipped"
    line = closing_line([report("passed"), report("failed"), report(outcome, "server")])
    if version:
        assert (
            line == "Ran: 2 tests with embedded SQLite, 1 test with Thing 1.2.3. Missing: nothing."
        )
    else:
        assert line == (
            "Ran: 2 tests with embedded SQLite. Missing: Thing (buy one; 1 test skipped)."
        )


def test_without_a_server_its_tests_are_skipped_and_the_last_line_says_so(tmp_path: Path) -> None:
    environment = {**os.environ, "PATH": str(tmp_path), "PYTHONPATH": str(ROOT)}
    environment.pop("KIOSK_TIGERBEETLE", None)
    # With workers, as scripts/test has it.
    command = [sys.executable, "-m", "pytest", ONE_TEST, "-n", "2", "-m", "not long"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == 0, run.stdout
    assert run.stdout.splitlines()[-1] == (
        "Ran: 2 tests with embedded SQLite. Missing: TigerBeetle server "
        "(set KIOSK_TIGERBEETLE or PATH; 2 tests skipped)."
    )


def test_a_server_that_is_named_but_not_there_is_an_error(tmp_path: Path) -> None:
    environment = {**os.environ, "KIOSK_TIGERBEETLE": str(tmp_path), "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "pytest", ONE_TEST, "-n", "0"]
    run = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    assert run.returncode == pytest.ExitCode.USAGE_ERROR
    assert "KIOSK_TIGERBEETLE is" in run.stderr
