"""Leave nothing in memory of what a person was shown."""

import gc
from typing import Final

from rich import cells

# Nothing public clears this cache, and it is bound to whole widgets' worth of drawn lines.
from textual._styles_cache import StylesCache

FORGET_SECONDS: Final = 3
"""After somebody has gone: by then what worked for them is over, and home is drawn.

The event loop keeps a timer that was cancelled until its time, and with it the screen that had it.
"""

FORGET_SECONDS_MAX: Final = 30
"""So much later at most: in a rush nobody leaves the keys alone, and to forget stops everything
for 50 ms."""


def forget_what_was_shown() -> None:
    """Let go of the screens that are gone, of what was drawn for them, and of what they said.

    Textual remembers colours by the object that drew with them, and with it the last thousand
    widgets' lines: names, numbers and codes of tickets. Rich remembers how wide texts are.
    """
    StylesCache.get_inner_outer.cache_clear()
    cells.cached_cell_len.cache_clear()
    gc.collect()
