"""The colours: readable in each theme, and the same names in all."""

import pytest

from kiosk.widgets.theme import PALETTES, Palette, theme
from tests.kiosk.contrast import contrast

RATIO = 7.0


@pytest.mark.parametrize("name", PALETTES)
def test_every_text_has_a_contrast_of_seven_to_one(name: str) -> None:
    palette = PALETTES[name]
    faint = {
        (text, under): round(contrast(getattr(palette, text), getattr(palette, under)), 2)
        for text, under in palette.text_pairs()
    }
    assert {pair: ratio for pair, ratio in faint.items() if ratio < RATIO} == {}


@pytest.mark.parametrize("name", PALETTES)
def test_the_verdicts_of_a_theme_are_told_apart(name: str) -> None:
    palette = PALETTES[name]
    verdicts = {
        palette.verdict_green,
        palette.verdict_amber,
        palette.verdict_red,
        palette.verdict_grey,
    }
    assert len(verdicts) == 4


@pytest.mark.parametrize("name", PALETTES)
def test_a_theme_offers_every_colour_as_a_variable(name: str) -> None:
    variables = theme(name).variables
    assert {field.replace("_", "-") for field in Palette.__slots__} <= variables.keys()
