"""No status is without a test: a client release that brings a new one fails here."""

import re
from pathlib import Path

import pytest

from ledger.types import CreateAccountStatus, CreateTransferStatus

# The Python client has no field that could be reserved.
UNREACHABLE = {"RESERVED_FIELD"}


@pytest.mark.parametrize(
    ("statuses", "alias"), [(CreateAccountStatus, "A"), (CreateTransferStatus, "T")]
)
def test_every_status_is_expected_by_some_test_of_the_contract(
    statuses: type[CreateAccountStatus] | type[CreateTransferStatus], alias: str
) -> None:
    sources = [path.read_text() for path in Path(__file__).parent.glob("test_contract_*.py")]
    expected = set(re.findall(rf"\b{alias}\.([A-Z][A-Z0-9_]+)", "\n".join(sources)))
    assert {status.name for status in statuses} - expected <= UNREACHABLE
