"""Buy a ticket in the real terminal this runs in; then show it until the terminal is closed.

Arguments: a data folder, and the address of a socket that is told the code once it is drawn.
"""

import asyncio
import socket
import sys
from pathlib import Path

from textual.pilot import Pilot

from kiosk.app import KioskApp
from kiosk.bootstrap import services
from kiosk.settings import Settings
from tests.kiosk.playing import decoded, picture_of
from tests.kiosk.test_main_job import buy_ticket

CASHIER_PIN = "2222"


async def main(folder: Path, address: str) -> None:
    """Run the app on the shipped event."""

    async def buy(pilot: Pilot[object]) -> None:
        await buy_ticket(pilot, CASHIER_PIN)
        [code] = decoded(picture_of(pilot))
        with socket.socket(socket.AF_UNIX) as told:
            told.connect(address)
            told.sendall(code.encode())
        await asyncio.Event().wait()

    async with services(Settings(home=folder, ledger="embedded")) as opened:
        await KioskApp(opened).run_async(auto_pilot=buy)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
