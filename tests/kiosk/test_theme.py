"""The colours: readable in each theme, and the same names in all."""

import pytest

from kiosk.widgets.theme import PALETTES, Palette, theme

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


def contrast(one: str, other: str) -> float:
    """The contrast ratio of WCAG 2."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of `#rrggbb`."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
