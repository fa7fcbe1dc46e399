"""One line of text names a ledger, or the error says what would."""

from pathlib import Path

import pytest

from ledger.engine import LedgerError
from ledger.settings import LedgerSettings

HOME = Path("/home/ledger")


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("auto", LedgerSettings("auto", HOME)),
        (" embedded ", LedgerSettings("embedded", HOME)),
        ("node:/srv/ledger", LedgerSettings("node", Path("/srv/ledger"))),
        ("auto:/srv/a:b", LedgerSettings("auto", Path("/srv/a:b"))),
        ("sqlite:/srv/x.db", LedgerSettings("embedded", HOME, file=Path("/srv/x.db"))),
        (
            "tigerbeetle://127.0.0.1:3000/0",
            LedgerSettings("cluster", HOME, addresses="127.0.0.1:3000"),
        ),
        (
            "tigerbeetle://10.0.0.1:3000,[::1]:3001,db.example:3002/340282366920938463463374607431768211455",
            LedgerSettings(
                "cluster",
                HOME,
                addresses="10.0.0.1:3000,[::1]:3001,db.example:3002",
                cluster_id=2**128 - 1,
            ),
        ),
    ],
)
def test_a_ledger_is_named_by_one_line_of_text(text: str, settings: LedgerSettings) -> None:
    assert LedgerSettings.parse(text, folder=HOME) == settings


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nodes",
        "node:",
        "sqlite",
        "sqlite:",
        "postgresql://x/y",
        "tigerbeetle:127.0.0.1:3000/0",
        "tigerbeetle://127.0.0.1:3000",
        "tigerbeetle://127.0.0.1:3000/",
        "tigerbeetle://127.0.0.1:3000/-1",
        "tigerbeetle://127.0.0.1:3000/seven",
        f"tigerbeetle://127.0.0.1:3000/{2**128}",
        "tigerbeetle:///0",
        "tigerbeetle://127.0.0.1/0",
        "tigerbeetle://127.0.0.1:0/0",
        "tigerbeetle://127.0.0.1:65536/0",
        "tigerbeetle://:3000/0",
        "tigerbeetle://127.0.0.1:3000,/0",
    ],
)
def test_what_names_no_ledger_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(LedgerError, match=r"for example tigerbeetle://127\.0\.0\.1:3000/0"):
        LedgerSettings.parse(text, folder=HOME)


@pytest.mark.parametrize("text", ["auto", "node", "embedded"])
def test_a_kind_without_any_folder_is_refused(text: str) -> None:
    with pytest.raises(LedgerError, match="needs a folder"):
        LedgerSettings.parse(text)
