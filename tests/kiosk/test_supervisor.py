"""An app that ends by an error comes back, and one that always does is given up."""

from io import StringIO

import pytest
from textual.worker import WorkerFailed

from kiosk.supervisor import ENDS_MAX, keep_running, prepare_for_painting
from tests.fakes import FakeClock
from tests.kiosk.fake_services import Fakes
from tests.kiosk.playing import BellApp, until


class App:
    """Ends with a code, after some time."""

    def __init__(self, clock: FakeClock, code: int, seconds: int) -> None:
        self.return_code: int | None = code
        self._clock = clock
        self._seconds = seconds

    async def run_async(self) -> None:
        self._clock.advance(seconds=self._seconds)


async def test_an_app_that_ended_by_an_error_is_started_again_behind_a_calm_page() -> None:
    clock, screen = FakeClock(), StringIO()
    apps = [App(clock, 1, 5), App(clock, 0, 5)]
    assert await keep_running(lambda: apps.pop(0), clock, screen) == 0
    assert "O N E   M O M E N T" in screen.getvalue()
    assert apps == []


async def test_an_app_that_keeps_ending_is_given_up() -> None:
    clock = FakeClock()
    made: list[App] = []

    def make() -> App:
        made.append(App(clock, 1, 2))
        return made[-1]

    assert await keep_running(make, clock, StringIO()) == 1
    assert len(made) == ENDS_MAX


async def test_an_app_that_ends_now_and_then_is_never_given_up() -> None:
    clock = FakeClock()
    apps = [*(App(clock, 1, 20) for _ in range(3 * ENDS_MAX)), App(clock, 0, 1)]
    assert await keep_running(lambda: apps.pop(0), clock, StringIO()) == 0


async def test_a_traceback_goes_to_the_log_and_not_to_the_screen(
    capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    fakes = Fakes()
    fakes.catalog.refuse(ZeroDivisionError("ours"))
    app = BellApp(fakes.services)
    with pytest.raises(WorkerFailed):
        await begin(app)
    assert app.return_code == 1
    assert "the app has ended" in caplog.text
    assert "Traceback" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("environment", "colours"),
    [
        ({"TERM": "xterm"}, "truecolor"),
        ({"TERM": "xterm-256color"}, "truecolor"),
        ({"TERM": "xterm", "COLORTERM": ""}, ""),
        ({"TERM": "linux"}, None),
        ({}, None),
    ],
)
def test_a_terminal_with_all_colours_is_given_them(
    environment: dict[str, str], colours: str | None
) -> None:
    prepare_for_painting(environment)
    assert environment.get("COLORTERM") == colours


async def begin(app: BellApp) -> None:
    """Run an app, and begin a visit."""
    async with app.run_test() as pilot:
        await pilot.press("enter")
        await until(pilot, lambda: not app.is_running)
