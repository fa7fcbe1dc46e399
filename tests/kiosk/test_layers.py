"""What the linter reads in the text, seen at run time."""

import subprocess
import sys

import pytest


def loaded_by(statement: str) -> set[str]:
    """The names of the top-level packages that a fresh interpreter has loaded after it."""
    report = (
        f"import sys; {statement}; print(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    )
    answer = subprocess.run(
        [sys.executable, "-c", report], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


@pytest.mark.parametrize(
    ("statement", "unwanted"),
    [
        ("import kiosk.services.kiosk, kiosk.services.sales", {"textual", "rich", "alembic"}),
        ("import kiosk.bootstrap", {"textual", "rich", "alembic", "web3"}),
        ("import kiosk.start", {"textual", "sqlmodel", "sqlalchemy", "alembic"}),
        ("import kiosk.app", {"sqlmodel", "sqlalchemy", "alembic", "qrcode", "PIL", "argon2"}),
        ("import kiosk.domain.chart, kiosk.domain.event_file", {"sqlmodel", "sqlalchemy"}),
        ("import kiosk.api.server", {"textual", "rich", "sqlmodel", "sqlalchemy", "tigerbeetle"}),
        ("import kiosk.services.kiosk, kiosk.domain.webhooks", {"starlette", "uvicorn"}),
        ("import ledger.chains", {"kiosk", "sqlmodel"}),
    ],
)
def test_importing_a_layer_loads_none_above_it(statement: str, unwanted: set[str]) -> None:
    assert not unwanted & loaded_by(statement)
