"""Draw the README's pictures from the real screens: `python -m tests.screenshots [FOLDER]`."""

import asyncio
import re
from argparse import ArgumentParser
from pathlib import Path

from kiosk.app import KioskApp
from tests.kiosk.scenes import SCENES, Scene
from tests.kiosk.wallet_scenes import WALLET_SCENES

FOLDER = Path(__file__).parents[1] / "assets" / "screens"
IN_README = {
    "welcome-large",
    "choose",
    "pay",
    "phone",
    "ticket",
    "admitted",
    "already-in-large",
    "organiser-large",
    "wallet",
}


async def draw(scene: Scene, folder: Path) -> None:
    """Draw one scene."""
    fakes = scene.fakes()
    app = KioskApp(fakes.services)
    app.animation_level = "none"
    async with app.run_test(size=scene.size) as pilot:
        await scene.go(pilot, fakes)
        drawn = app.export_screenshot(simplify=True)
    (folder / f"{scene.name}.svg").write_text(self_contained(drawn))


def self_contained(drawn: str) -> str:
    """The picture without fonts from elsewhere: any monospace will do."""
    without = re.sub(r"@font-face \{.*?\}\s*", "", drawn, flags=re.DOTALL)
    return without.replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")


async def main(folder: Path) -> None:
    """Draw them all."""
    folder.mkdir(parents=True, exist_ok=True)
    for scene in SCENES + WALLET_SCENES:
        if scene.name in IN_README:
            await draw(scene, folder)


if __name__ == "__main__":
    parser = ArgumentParser(description="Draw the README's pictures from the real screens.")
    parser.add_argument("folder", type=Path, nargs="?", default=FOLDER, help="where to")
    asyncio.run(main(parser.parse_args().folder))
