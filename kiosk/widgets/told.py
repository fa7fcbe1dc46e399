"""Text that changes while it is shown."""

from textual.content import Content
from textual.visual import VisualType
from textual.widgets import Static


class Told(Static):
    """Paints nothing if it is told the same, and lays out nothing if its size stays as it is."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        # Equal contents may differ in colour.
        here = self.content
        if isinstance(content, Content) and isinstance(here, Content) and content.is_same(here):
            return
        super().update(content, layout=layout and self.styles.auto_dimensions)
