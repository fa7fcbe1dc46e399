"""The garbage collector keeps out of people's way."""

import gc
from collections.abc import Iterator

import pytest

from kiosk.pauses import load_in_peace, look_through, spare_what_is_there


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    thresholds = gc.get_threshold()
    yield
    gc.enable()
    gc.set_threshold(*thresholds)
    gc.unfreeze()


def test_a_rush_does_not_make_it_look_through_the_app() -> None:
    spare_what_is_there()
    before = [one["collections"] for one in gc.get_stats()]

    for _ in range(20):
        rush = [[buyer] for buyer in range(15_000)]
        rush.clear()

    after = [one["collections"] for one in gc.get_stats()]
    assert after[2] == before[2]
    assert after[0] - before[0] < 20
    assert gc.get_freeze_count() > 10_000


def test_nothing_is_looked_through_while_the_app_is_loaded() -> None:
    load_in_peace()
    before = gc.get_stats()

    loaded = [[number] for number in range(100_000)]

    assert gc.get_stats() == before
    spare_what_is_there()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(loaded)


def test_what_goes_in_circles_is_still_found() -> None:
    spare_what_is_there()
    before = gc.get_stats()[0]["collected"]

    for _ in range(50_000):
        circle: list[object] = []
        circle.append(circle)

    assert gc.get_stats()[0]["collected"] - before > 20_000


def test_what_has_been_looked_through_is_spared_from_then_on() -> None:
    spare_what_is_there()
    kept = [[number] for number in range(1000)]
    before = gc.get_freeze_count()

    look_through()

    assert gc.get_freeze_count() >= before + len(kept)
