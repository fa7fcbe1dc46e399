"""The kiosk's style sheets: parsed once in every palette, and set with as little ado as they need.

Textual parses all sheets anew whenever the palette changes, sets every rule of every widget one by
one, and for each colour has all that is inside the widget painted anew: a change of palette took a
tenth of a second.
"""

import inspect
from collections.abc import Iterator
from typing import Any, Final, TypeAlias, cast

from textual.cache import LRUCache
from textual.color import Color
from textual.css._style_properties import ColorProperty
from textual.css.model import RuleSet
from textual.css.styles import RULE_NAMES, RulesMap, StylesBase
from textual.css.stylesheet import Stylesheet
from textual.dom import DOMNode

_Rules: TypeAlias = dict[str, object]

SHEETS_MAX: Final = 1024
"""More than there are: they are read in one order, and whoever drops one parses them all."""
COLOURS: Final = frozenset(
    name
    for name in RULE_NAMES
    if isinstance(inspect.getattr_static(StylesBase, name, None), ColorProperty)
)


# A rule is like itself alone, and Textual says so in Python, for each rule and each widget.
RuleSet.__hash__ = object.__hash__  # type: ignore[method-assign]


class Sheets(Stylesheet):
    """What every widget looks like."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._palettes: dict[frozenset[tuple[str, str]], LRUCache[Any, Any]] = {}
        self._parse_cache = self._parsed(self._variables)

    def set_variables(self, variables: dict[str, str]) -> None:
        """Change the palette; what was parsed in the last one is kept."""
        self._parse_cache = LRUCache(1)
        super().set_variables(variables)
        self._parse_cache = self._parsed(variables)

    def _parsed(self, variables: dict[str, str]) -> "LRUCache[Any, Any]":
        palette = frozenset(variables.items())
        return self._palettes.setdefault(palette, LRUCache(SHEETS_MAX))

    def learn(self, variables: dict[str, str]) -> Iterator[None]:
        """Parse all that is here now in another palette, one sheet with each step."""
        other = Stylesheet(variables=variables)
        other._parse_cache = self._parsed(variables)
        for place, sheet in list(self.source.items()):
            other._parse_rules(sheet.content, place, *sheet[1:])
            yield

    def reparse(self) -> None:
        """Say everything in the palette of now."""
        self.parse()

    @classmethod
    def replace_rules(cls, node: DOMNode, rules: RulesMap, animate: bool = False) -> None:
        """Give a node these rules in place of those it has."""
        if animate:
            super().replace_rules(node, rules, animate)
            return
        base, new = node.styles.base, cast("_Rules", rules)
        old = cast("_Rules", base.get_rules())
        changed = {key for key in old.keys() | new.keys() if old.get(key) != new.get(key)}
        # One colour that is set as usual has all of them painted, and one of the bars' these too.
        colours = sorted(changed & COLOURS, key=lambda name: name.startswith("scrollbar"))
        silent = {key for key in colours[:-1] if isinstance(new.get(key), Color)}
        for key in silent:
            base.set_rule(key, new[key])
        for key in changed - silent:
            setattr(base, key, new.get(key))
        node.notify_style_update()
