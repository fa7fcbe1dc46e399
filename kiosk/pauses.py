"""Keep the garbage collector from stopping everything while somebody presses keys.

Looking through all that a loaded app consists of takes a quarter of a second, and a rush of buyers
makes the collector do so every other second, for nothing: almost all of what they leave goes by
itself. What remains for the collector are cycles, and these can wait.
"""

import gc
from typing import Final

YOUNG_MAX: Final = 20_000
"""Objects more than went before it looks at them; what a hundred buyers need at once is less."""
MIDDLE_MAX: Final = 1
"""Looks at the young before it looks at those that stayed too: a look takes 10 ms, not 50."""
OLD_MAX: Final = 200
"""Looks at those that stayed before it looks at all: by then nobody has been home for hours."""


def load_in_peace() -> None:
    """Look through nothing until `spare_what_is_there`: whatever is loaded stays.

    To look through it again and again is an eighth of what it takes to load.
    """
    gc.disable()


def spare_what_is_there() -> None:
    """Never look again through what is there now, and seldom through what comes."""
    gc.enable()
    gc.set_threshold(YOUNG_MAX, MIDDLE_MAX, OLD_MAX)
    gc.freeze()


def look_through() -> None:
    """Look through all that came, while nobody is here to notice, and spare it from then on."""
    gc.collect()
    gc.freeze()
