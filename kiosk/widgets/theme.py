"""The three themes: ink, paper for a door in the sun, and contrast.

One accent, tiger, marks what to do next and nothing else; the verdicts own their colours.
"""

from collections.abc import Iterator
from dataclasses import asdict, dataclass

from textual.app import App
from textual.theme import Theme

from kiosk.widgets.sheets import Sheets


@dataclass(frozen=True, slots=True)
class Palette:
    """Every colour a screen may use; all as `#rrggbb`."""

    ground: str
    surface: str
    raised: str
    ink: str
    quiet: str
    lifted_quiet: str
    line: str
    tiger: str
    tiger_text: str
    on_tiger: str
    alert: str
    hurry: str
    fine: str
    verdict_green: str
    verdict_amber: str
    verdict_red: str
    verdict_grey: str
    on_verdict: str

    def text_pairs(self) -> list[tuple[str, str]]:
        """Every text colour with every background it is written on, as field names."""
        on_all = ("ink", "lifted_quiet", "tiger_text", "alert", "hurry", "fine")
        pairs = [(text, under) for text in on_all for under in ("ground", "surface", "raised")]
        verdicts = ("verdict_green", "verdict_amber", "verdict_red", "verdict_grey")
        pairs += [("on_verdict", verdict) for verdict in verdicts]
        return [*pairs, ("quiet", "ground"), ("on_tiger", "tiger")]


INK = Palette(
    ground="#12141c",
    surface="#1b1f2a",
    raised="#242938",
    ink="#e8e6df",
    quiet="#9aa0b0",
    lifted_quiet="#b4bac8",
    line="#3a4052",
    tiger="#ff9f1c",
    tiger_text="#ff9f1c",
    on_tiger="#12141c",
    alert="#ff9d9d",
    hurry="#ffd166",
    fine="#3ddc97",
    verdict_green="#3ddc97",
    verdict_amber="#ffd166",
    # Two steps lighter than #ff5d5d, which stays just under 7:1 even with black on it.
    verdict_red="#ff6161",
    verdict_grey="#8b97a8",
    on_verdict="#000000",
)

PAPER = Palette(
    ground="#f7f4ec",
    surface="#efebe0",
    raised="#e3ddcd",
    ink="#1a1c22",
    quiet="#4d5160",
    lifted_quiet="#3f4250",
    line="#b8b09b",
    tiger="#ff9f1c",
    tiger_text="#673700",
    on_tiger="#12141c",
    alert="#8a1010",
    hurry="#563d00",
    fine="#00492c",
    verdict_green="#3ddc97",
    verdict_amber="#ffd166",
    verdict_red="#ff6161",
    verdict_grey="#8b97a8",
    on_verdict="#000000",
)

CONTRAST = Palette(
    ground="#000000",
    surface="#000000",
    raised="#1a1a1a",
    ink="#ffffff",
    quiet="#d0d0d0",
    lifted_quiet="#e0e0e0",
    line="#ffffff",
    tiger="#ffff00",
    tiger_text="#ffff00",
    on_tiger="#000000",
    alert="#ffb3b3",
    hurry="#ffff00",
    fine="#7dffb8",
    verdict_green="#00ff88",
    verdict_amber="#ffff00",
    verdict_red="#ff8080",
    verdict_grey="#c0c0c0",
    on_verdict="#000000",
)

PALETTES = {"ink": INK, "paper": PAPER, "contrast": CONTRAST}


def theme(name: str) -> Theme:
    """The Textual theme of a palette; its fields are CSS variables, `on_tiger` as `$on-tiger`."""
    palette = PALETTES[name]
    return Theme(
        name=name,
        dark=name != "paper",
        primary=palette.tiger,
        accent=palette.tiger,
        warning=palette.hurry,
        error=palette.alert,
        success=palette.fine,
        foreground=palette.ink,
        background=palette.ground,
        surface=palette.surface,
        panel=palette.raised,
        text_alpha=1.0,
        variables={key.replace("_", "-"): value for key, value in asdict(palette).items()}
        | {
            "input-cursor-background": palette.tiger,
            "input-cursor-foreground": palette.on_tiger,
            "input-selection-background": palette.line,
            "scrollbar": palette.line,
            "scrollbar-hover": palette.quiet,
            "scrollbar-active": palette.tiger,
            "scrollbar-background": palette.ground,
            "scrollbar-background-hover": palette.ground,
            "scrollbar-background-active": palette.ground,
            "scrollbar-corner-color": palette.ground,
        },
    )


THEMES = {name: theme(name) for name in PALETTES}


def dress(app: App[None], name: str = "ink") -> None:
    """Give a new app the three themes, and put on the one named."""
    for each in THEMES.values():
        app.register_theme(each)
    # By no change of theme, for which all sheets would be parsed twice before the first screen.
    app.set_reactive(App.theme, name)
    app.stylesheet = Sheets(variables=app.get_css_variables())


def learn_palettes(app: App[None]) -> Iterator[None]:
    """Parse the sheets of a dressed app in every palette, step by step."""
    assert isinstance(app.stylesheet, Sheets)
    for each in THEMES.values():
        colours = each.to_color_system().generate() | each.variables
        yield from app.stylesheet.learn(app.get_theme_variable_defaults() | colours)
