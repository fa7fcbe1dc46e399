"""Skip what this machine cannot run, and say at the very end what ran and what was missing."""

from collections import Counter
from collections.abc import Generator

import pytest

from tests.resources import RESOURCES, Resource

WANTS = "wants"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Note what each test wants; skip those that want what is missing."""
    for resource in RESOURCES:
        wanting = [item for item in items if item.get_closest_marker(resource.marker)]
        for item in wanting:
            item.user_properties.append((WANTS, resource.marker))
            if resource.version() is None:
                item.add_marker(pytest.mark.skip(reason=_missing(resource)))


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> Generator[None]:
    """Close with one line, after pytest's own count: the last line is the one people read."""
    yield
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    # Under xdist only the controller has a terminal.
    if isinstance(reporter, pytest.TerminalReporter) and not session.config.option.collectonly:
        reporter.write_line(closing_line(reporter))


def closing_line(reporter: pytest.TerminalReporter) -> str:
    """What ran on what, and what was missing."""
    ran: Counter[object] = Counter()
    skipped: Counter[object] = Counter()
    for outcome in ("passed", "failed", "skipped"):
        for report in reporter.getreports(outcome):
            if isinstance(report, pytest.TestReport):
                wanted = {value for name, value in report.user_properties if name == WANTS}
                counts = skipped if outcome == "skipped" else ran
                counts.update(wanted or {None})
    run = [f"embedded SQLite ({ran[None]} tests)"] + [
        f"{resource.name} {resource.version()} ({ran[resource.marker]} tests)"
        for resource in RESOURCES
        if ran[resource.marker]
    ]
    missing = [
        f"{_missing(resource)} ({skipped[resource.marker]} tests skipped)"
        for resource in RESOURCES
        if skipped[resource.marker] and resource.version() is None
    ]
    return f"Ran: {', '.join(run)}. Missing: {', '.join(missing) or 'nothing'}."


def _missing(resource: Resource) -> str:
    return f"{resource.name}: {resource.remedy}"
