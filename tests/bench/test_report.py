import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench.report import Report, percentile


def fill(report: Report) -> None:
    report.add(engine="A", store="file", case="alone", metric="p50", value=0.12345, unit="ms")
    report.add(engine="B", store="server", case="alone", metric="p50", value=2, unit="ms")
    report.add(engine="B", store="server", case="crowd", metric="speed", value=12345.6, unit="1/s")


def test_with_json_each_figure_is_one_line_as_soon_as_it_is_known(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = Report("ledger", as_json=True)
    fill(report)
    report.print_table(Path("folder"))
    figures = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [figure["engine"] for figure in figures] == ["A", "B", "B"]
    assert figures[0] == {
        "bench": "ledger",
        "engine": "A",
        "store": "file",
        "case": "alone",
        "metric": "p50",
        "value": 0.1235,
        "unit": "ms",
    }


def test_people_get_a_table_with_a_column_for_each_engine(
    capsys: pytest.CaptureFixture[str],
) -> None:
    report = Report("ledger", as_json=False)
    fill(report)
    assert capsys.readouterr().out == ""
    report.print_table(Path("folder"))
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert rows[1:3] == [["A", "B"], ["file", "server"]]
    assert rows[4] == ["alone:", "p50", "(ms)", "0.123", "2"]
    assert rows[5] == ["crowd:", "speed", "(1/s)", "-", "12,350"]


def test_a_figure_can_be_asked_for_again() -> None:
    report = Report("ledger", as_json=False)
    fill(report)
    assert report.value("B", "alone", "p50") == 2
    assert report.value("A", "crowd", "speed") is None


def test_percentiles() -> None:
    values = [float(value) for value in range(200, 0, -1)]
    assert percentile(values, 50) == 101
    assert percentile(values, 99) == 199
    assert percentile([7.0], 99) == 7


def test_the_dispatcher_lists_the_benchmarks() -> None:
    command = [sys.executable, "-m", "tests.bench", "--help"]
    root = Path(__file__).parents[2]
    shown = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert "ledger" in shown.stdout
