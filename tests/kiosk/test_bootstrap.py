"""A terminal opened from its settings alone, as `kiosk` does it."""

import asyncio
import re
from pathlib import Path
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from kiosk.bootstrap import services
from kiosk.domain.admission import Scan
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
        needs = await opened.admission.scan(Scan(ticket.code, nonce=7))

    assert paid.state is OrderState.PAID
    assert needs.holder == ADA
    assert (opened.terminal, opened.ledger_engine) == ("north", "SQLite embedded")
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


async def test_a_payment_on_the_pay_page_becomes_tickets(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", ledger="embedded", terminal="north")
    async with services(settings, FakeClock()) as opened:
        assert opened.payments.providers == ("sandbox", "tokens")
        order_id = opened.sales.new_order_id()
        await opened.sales.place(order_id, "general-regular", ADA)
        payment = await opened.payments.request(order_id, "sandbox", "en")

        page = await asyncio.to_thread(read, payment.address)
        [token] = re.findall(r'name="token" value="([^"]+)"', page)
        await asyncio.to_thread(read, payment.address, f"token={token}&outcome=succeeded".encode())

        async with asyncio.timeout(20):
            while (await opened.sales.order(order_id)).state is not OrderState.PAID:
                await asyncio.sleep(0)
        assert len(await opened.sales.tickets(order_id)) == 1


def read(url: str, form: bytes | None = None) -> str:
    """What a phone gets to see."""
    with build_opener(ProxyHandler({})).open(Request(url, form), timeout=10) as answer:
        return str(answer.read().decode())


async def test_a_file_with_faults_leaves_nothing_behind(tmp_path: Path) -> None:
    file = tmp_path / "event.toml"
    file.write_text("[event]\n")
    settings = Settings(home=tmp_path / "home", event_file=file, ledger="embedded")

    with pytest.raises(EventFileError):
        async with services(settings):
            pass

    assert not (tmp_path / "home").exists()
