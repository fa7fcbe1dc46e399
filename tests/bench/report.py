"""What benchmarks print: a table for people, or one JSON object a line."""

import json
import os
import platform
import sys
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number."""

    bench: str
    engine: str
    """Which ledger engine, or client of one."""
    store: str
    """Which store or data file it was measured on."""
    case: str
    metric: str
    value: float
    unit: str

    @property
    def row(self) -> tuple[str, str, str]:
        """What figures of several engines have in common."""
        return self.case, self.metric, self.unit


class Report:
    """Collects figures, or prints each at once as JSON."""

    def __init__(self, bench: str, *, as_json: bool) -> None:
        self._bench = bench
        self._as_json = as_json
        self._figures: list[Figure] = []

    def add(
        self, *, engine: str, store: str, case: str, metric: str, value: float, unit: str
    ) -> None:
        """Take one figure."""
        figure = Figure(self._bench, engine, store, case, metric, float(f"{value:.4g}"), unit)
        self._figures.append(figure)
        if self._as_json:
            print(json.dumps(asdict(figure)), flush=True)

    def value(self, engine: str, case: str, metric: str) -> float | None:
        """A figure taken before, None if it was not."""
        for figure in self._figures:
            if (figure.engine, figure.case, figure.metric) == (engine, case, metric):
                return figure.value
        return None

    def note(self, text: str) -> None:
        """Tell people how far it is, or why something is missing; not part of the figures."""
        print(text, file=sys.stderr, flush=True)

    def print_table(self, folder: Path) -> None:
        """The whole table, unless the figures were printed as JSON."""
        if self._as_json:
            return
        engines = list(dict.fromkeys(figure.engine for figure in self._figures))
        stores = {figure.engine: figure.store for figure in self._figures}
        cells = {(figure.row, figure.engine): figure.value for figure in self._figures}
        rows = [["", *engines], ["", *(stores[engine] for engine in engines)]]
        for row in dict.fromkeys(figure.row for figure in self._figures):
            case, metric, unit = row
            values = [_shown(cells.get((row, engine))) for engine in engines]
            rows.append([f"{case}: {metric} ({unit})", *values])
        print(f"{self._bench} on {_machine()}, files in {folder}")
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for number, (first, *others) in enumerate(rows):
            padded = [text.rjust(width) for text, width in zip(others, widths[1:], strict=True)]
            print("  ".join([first.ljust(widths[0]), *padded]).rstrip())
            if number == 1:
                print("-" * (sum(widths) + 2 * len(others)))


def percentile(values: list[float], percent: int) -> float:
    """The value below which `percent` of a hundred are."""
    ordered = sorted(values)
    return ordered[min(len(ordered) * percent // 100, len(ordered) - 1)]


def _shown(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def _machine() -> str:
    return f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
