"""The two rows over the door: who works where, and how the door goes."""

from dataclasses import dataclass

from rich.cells import cell_len
from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from kiosk.widgets.plain import cut, fit


@dataclass(frozen=True, slots=True)
class DoorHeadFace:
    """What the rows say."""

    where: str
    clock: str
    figures: str = ""
    leads_to: str = ""
    """Where the door leads, if not everywhere."""
    is_online: bool = True


class DoorHead(Widget):
    """At the left what matters most, at the right what may be cut."""

    DEFAULT_CSS = """
    DoorHead { dock: top; width: 100%; height: 2; padding: 0 2; background: $ground; }
    """

    def __init__(self, face: DoorHeadFace) -> None:
        super().__init__()
        self._face = face

    def show(self, face: DoorHeadFace) -> None:
        """Say something else."""
        if face != self._face:
            self._face = face
            self.refresh()

    def render(self) -> RenderResult:
        width, face = self.content_size.width, self._face
        lamp = ("●", "$fine") if face.is_online else ("◌", "$alert")
        where = fit(face.where, width - cell_len(face.clock) - 4)
        first = Content.assemble((where, "bold $ink"), "  ", (face.clock, "$ink"), " ", lamp)
        figures = cut(face.figures, width)
        rest = max(0, width - cell_len(figures) - 2)
        leads_to = fit(face.leads_to, rest, right=True)
        return Content("\n").join(
            [first, Content.assemble((figures, "$quiet"), "  ", (leads_to, "$quiet"))]
        )
