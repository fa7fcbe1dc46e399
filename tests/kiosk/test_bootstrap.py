"""A terminal opened from its settings alone, as `kiosk` does it."""

from pathlib import Path

import pytest

from kiosk.bootstrap import services
from kiosk.domain.errors import EventFileError
from kiosk.domain.orders import OrderState
from kiosk.settings import Settings
from tests.fakes import FakeClock
from tests.kiosk.factories import ADA, a_cashier, usd


async def test_a_ticket_bought_before_a_restart_admits_after_it(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", ledger="embedded", terminal="north")
    async with services(settings, FakeClock()) as opened:
        order_id = opened.sales.new_order_id()
        await opened.sales.place(order_id, "general-regular", ADA)
        paid = await opened.sales.pay_cash(order_id, usd(500), a_cashier())
        [ticket] = await opened.sales.tickets(order_id)

    async with services(settings, FakeClock()) as opened:
        assert await opened.sales.tickets(order_id) == [ticket]
        needs = await opened.admission.scan(ticket.code, nonce=7)

    assert paid.state is OrderState.PAID
    assert needs.holder == ADA
    assert (opened.terminal, opened.ledger_engine) == ("north", "SQLite embedded")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


async def test_a_file_with_faults_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "event.toml"
    file.write_text("[event]\n")
    settings = Settings(home=tmp_path / "home", event_file=file, ledger="embedded")

    with pytest.raises(EventFileError):
        async with services(settings):
            pass

    assert not (tmp_path / "home").exists()
