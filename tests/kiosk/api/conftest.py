"""A sandbox, and the merchant it sends webhooks to."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kiosk.api.sandbox import Sandbox
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import NOW, Merchant, Wire, open_sandbox


@pytest.fixture
def clock() -> FakeClock:
    """The time of kiosk and sandbox."""
    return FakeClock(NOW)


@pytest.fixture
def merchant(clock: FakeClock) -> Merchant:
    """Who takes the webhooks."""
    return Merchant(clock)


@pytest.fixture
def wire(merchant: Merchant) -> Wire:
    """What carries the webhooks."""
    return Wire(merchant)


@pytest.fixture
async def sandbox(folder: Path, clock: FakeClock, wire: Wire) -> AsyncIterator[Sandbox]:
    """A sandbox on an empty file; nothing runs in the background."""
    opened = await open_sandbox(folder, clock, wire)
    yield opened
    await opened.close()
