"""How the screens look, some dozen pictures: a change here is a change people see."""

from collections.abc import Callable

import pytest
from textual.pilot import Pilot
from textual.widgets import Input

from kiosk.app import KioskApp
from tests.kiosk.door_scenes import DOOR_SCENES
from tests.kiosk.scenes import SCENES, Scene
from tests.kiosk.wallet_scenes import WALLET_SCENES


@pytest.fixture(autouse=True)
def still(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing blinks, and nothing moves."""
    monkeypatch.setattr(Input, "cursor_blink", False)
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")


@pytest.mark.parametrize(
    "scene", SCENES + DOOR_SCENES + WALLET_SCENES, ids=lambda scene: scene.name
)
def test_a_screen_looks_as_it_was_drawn(scene: Scene, snap_compare: Callable[..., bool]) -> None:
    fakes = scene.fakes()

    async def go(pilot: Pilot[None]) -> None:
        await scene.go(pilot, fakes)

    assert snap_compare(KioskApp(fakes.services), terminal_size=scene.size, run_before=go)
