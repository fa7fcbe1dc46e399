"""The server lives in the process of the app: on a free port, silent, until told to end."""

import asyncio
import logging
import signal
import socket
from pathlib import Path

import pytest
from httpx import AsyncClient, ConnectError

from kiosk.api.addresses import CannotListen, listening, network_address
from kiosk.api.sandbox import Agreement, Sandbox
from kiosk.api.server import serving
from kiosk.api.transport import post
from kiosk.domain.providers import EventKind
from kiosk.settings import Settings
from tests.fakes import FakeClock
from tests.kiosk.api.doubles import REFERENCE, SECRET, Merchant, a_request


@pytest.fixture
def settings(folder: Path) -> Settings:
    """A free port on loopback."""
    return Settings(home=folder)


async def test_a_payment_on_the_page_reaches_the_merchant(
    settings: Settings, clock: FakeClock, merchant: Merchant, folder: Path
) -> None:
    with listening(settings) as listener:
        agreement = Agreement.at(listener, SECRET)
        sandbox = await Sandbox.open(folder / "sandbox.sqlite", agreement, clock)
        async with serving(listener, merchant, sandbox), AsyncClient() as phone:
            url = await sandbox.create(a_request())
            form = {"token": sandbox.page_token(REFERENCE), "outcome": "succeeded"}
            shown = await phone.post(url, data=form, follow_redirects=True)
            assert "Paid" in shown.text
            await asyncio.wait_for(merchant.taken.wait(), 10)
        await sandbox.close()
    [event] = merchant.events
    assert (event.kind, event.reference) == (EventKind.SUCCEEDED, REFERENCE)


async def test_it_says_nothing_and_leaves_signals_and_logging_alone(
    settings: Settings, merchant: Merchant, capfd: pytest.CaptureFixture[str]
) -> None:
    handlers = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
    with listening(settings) as listener:
        async with serving(listener, merchant), AsyncClient() as client:
            assert (await client.get(f"{listener.base_url}/")).status_code == 404
            merchant.fault = LookupError("a fault of ours")
            url = f"{listener.base_url}/webhooks/sandbox"
            assert (await client.post(url, content=b"{}")).status_code == 500
            now = [signal.getsignal(each) for each in (signal.SIGINT, signal.SIGTERM)]
            assert now == handlers
            assert logging.getLogger("uvicorn").handlers == []
    assert capfd.readouterr() == ("", "")


async def test_a_fault_of_ours_is_in_the_log(
    settings: Settings, merchant: Merchant, caplog: pytest.LogCaptureFixture
) -> None:
    merchant.fault = LookupError("a fault of ours")
    with listening(settings) as listener:
        async with serving(listener, merchant):
            assert await post(f"{listener.base_url}/webhooks/sandbox", {}, b"{}") == 500
    assert "a fault of ours" in caplog.text


async def test_at_its_end_nothing_is_left(settings: Settings, merchant: Merchant) -> None:
    before = asyncio.all_tasks()
    with listening(settings) as listener:
        url = listener.base_url
        async with AsyncClient() as client:
            async with serving(listener, merchant):
                assert (await client.get(url)).status_code == 404
            # The client keeps its connection open: nobody waits for it.
            assert asyncio.all_tasks() == before
            with pytest.raises(ConnectError):
                await client.get(url)
    with listening(Settings(home=settings.home, http_port=listener_port(url))) as again:
        assert again.base_url == url


async def test_the_end_of_the_app_is_not_the_servers_fault(
    settings: Settings, merchant: Merchant
) -> None:
    with listening(settings) as listener, pytest.raises(LookupError, match="of the app"):
        async with serving(listener, merchant):
            raise LookupError("of the app")


async def test_several_terminals_have_a_port_each(settings: Settings) -> None:
    with listening(settings) as one, listening(settings) as other:
        assert one.port != other.port


def test_a_port_in_use_is_said_in_words(settings: Settings) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with (
            pytest.raises(CannotListen, match=r"cannot listen on 127\.0\.0\.1.*KIOSK_HTTP_PORT"),
            listening(Settings(home=settings.home, http_port=port)),
        ):
            pass


def test_an_address_of_another_machine_is_said_in_words(settings: Settings) -> None:
    elsewhere = Settings(home=settings.home, http_host="192.0.2.1")
    with pytest.raises(CannotListen, match=r"192\.0\.2\.1"), listening(elsewhere):
        pass


def test_on_loopback_only_this_machine_finds_it(settings: Settings) -> None:
    with listening(settings) as listener:
        assert listener.base_url == listener.local_url == f"http://127.0.0.1:{listener.port}"


def test_on_all_addresses_a_phone_is_told_the_one_of_the_network(settings: Settings) -> None:
    with listening(Settings(home=settings.home, http_host="0.0.0.0")) as listener:
        assert listener.base_url == f"http://{network_address()}:{listener.port}"
        assert listener.local_url == f"http://127.0.0.1:{listener.port}"


def test_the_organiser_may_know_better(settings: Settings) -> None:
    public = Settings(home=settings.home, public_url="https://kiosk.example.org/one")
    with listening(public) as listener:
        assert listener.base_url == "https://kiosk.example.org/one"
        assert listener.local_url == f"http://127.0.0.1:{listener.port}"


def test_the_address_of_the_network_is_one_of_this_machine() -> None:
    with socket.create_server((network_address(), 0)):
        pass


async def test_who_does_not_speak_http_has_not_answered() -> None:
    async def babble(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"220 mail.example.org\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(babble, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(ConnectionError, match="no answer in HTTP"):
            await post(f"http://127.0.0.1:{port}/", {}, b"{}")
    with pytest.raises(OSError, match="refused"):
        await post(f"http://127.0.0.1:{port}/", {}, b"{}")


async def test_a_webhook_follows_no_redirection() -> None:
    asked = []

    async def redirect(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(b"HTTP/1.1 307 Elsewhere\r\nLocation: /other\r\nContent-Length: 0\r\n\r\n")
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(redirect, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        assert await post(f"http://127.0.0.1:{port}/", {}, b"{}") == 307
    assert len(asked) == 1


def listener_port(url: str) -> int:
    """The port in an address."""
    return int(url.rpartition(":")[2])
