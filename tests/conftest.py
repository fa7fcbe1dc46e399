"""Skip what this machine cannot run, and say at the very end what ran and what was missing."""

from collections import Counter
from collections.abc import Generator, Iterable

import pytest

from kiosk.pauses import spare_what_is_there
from ledger.engine import LedgerError
from tests.resources import RESOURCES, Resource

WANTS = "wants"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note what each test wants; skip those that want what is missing."""
    for resource in RESOURCES:
        for item in items:
            if item.get_closest_marker(resource.marker):
                item.user_properties.append((WANTS, resource.marker))
                if _version(resource) is None:
                    reason = f"no {resource.name}: {resource.remedy}"
                    item.add_marker(pytest.mark.skip(reason=reason))


def pytest_collection_finish() -> None:
    """Look through what was loaded no more: it takes a quarter of the time of a test of screens."""
    spare_what_is_there()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Close with one line, after pytest's own count: the last line is the one people read."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # Under xdist only the controller has a terminal.
    if isinstance(reporter, pytest.TerminalReporter) and not session.config.option.collectonly:
        outcomes = ("passed", "failed", "error", "skipped", "xfailed", "xpassed")
        reports = [report for outcome in outcomes for report in reporter.getreports(outcome)]
        reporter.write_line(
            closing_line(report for report in reports if isinstance(report, pytest.TestReport))
        )


def closing_line(reports: Iterable[pytest.TestReport]) -> str:
    """What ran with what, and what was missing."""
    ran: Counter[object] = Counter()
    skipped: Counter[object] = Counter()
    for report in reports:
        wanted = [value for name, value in report.user_properties if name == WANTS]
        (skipped if report.skipped else ran).update(wanted or [None])
    parts = [f"{_tests(ran[None])} with embedded SQLite"]
    missing = []
    for resource in RESOURCES:
        if ran[resource.marker]:
            version = _version(resource)
            parts.append(f"{_tests(ran[resource.marker])} with {resource.name} {version}")
        elif skipped[resource.marker] and _version(resource) is None:
            left_out = f"{_tests(skipped[resource.marker])} skipped"
            missing.append(f"{resource.name} ({resource.remedy}; {left_out})")
    return f"Ran: {', '.join(parts)}. Missing: {', '.join(missing) or 'nothing'}."


def _version(resource: Resource) -> str | None:
    try:
        return resource.version()
    except LedgerError as error:
        raise pytest.UsageError(str(error)) from error


def _tests(number: int) -> str:
    return "1 test" if number == 1 else f"{number} tests"
